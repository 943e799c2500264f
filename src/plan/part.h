/* The parts of an experiment: one table with a row for each section of a config, and for each
 * plugin or value with a meaning of its own inside one.  Reading, messages about unknown keys,
 * `config resolve`, keys, the parameters and plugins in the database, warnings of rebuilt plugins
 * and the sweep's refusals all go over this table; no other list of sections exists.
 *
 * A new section takes
 *   1. a member of struct fm_experiment (plan/experiment.h);
 *   2. where it has options: a struct and a table in config/host_options.h;
 *   3. a row in fm_parts (plan/part.c), where `config resolve` is to write it, that says which key
 *      it enters (decides); is_later keeps the keys of configs without the section as they are;
 *   4. where the options' ranges don't say enough: a function read, in a file of its own, as in
 *      plan/train_section.c;
 *   5. its lines in docs/config.md, and tests/configs/bad-*.yaml for each of its messages. */
#ifndef FM_PLAN_PART_H
#define FM_PLAN_PART_H

#include "base/text.h"
#include "plan/experiment.h"

/* What functions that read a part get. */
struct fm_reading {
    struct fm_arena *arena; /* for whatever the experiment keeps */
    struct fm_registry *registry;
    const struct fm_yaml *root;       /* the whole config */
    struct fm_experiment *experiment; /* the rows before are read */
};

enum fm_part_form {
    FM_PART_VALUE,   /* a value that its own function reads */
    FM_PART_OPTIONS, /* a map by a table of options */
    FM_PART_PLUGIN,  /* one plugin; its map may have options of the host, too */
    FM_PART_PLUGINS  /* a list of plugins */
};

/* Whose key the part enters: what fmrun does again when the part changes. */
enum fm_decides {
    FM_DECIDES_NOTHING,
    FM_DECIDES_RUN,
    FM_DECIDES_SAMPLING,
    FM_DECIDES_METRIC
};

struct fm_part {
    const char *key; /* "network"; a part inside a section: "sample.path" */
    enum fm_part_form form;
    enum fm_decides decides;

    /* Plugins: the kind, the default plugin, and the offset of the struct fm_component in struct
     * fm_experiment.  A part without a default is optional, or required where it has a question
     * for the user ("what is to be learned?"). */
    enum fm_kind kind;
    const char *default_name, *question;
    size_t component;
    /* Plugins that only metrics with one of these references use, or-ed FM_REFERENCE_...; 0: the
     * plugin is always used. */
    unsigned references;

    /* Options: their table, and the offset and size of their struct in struct fm_experiment. */
    const struct fm_option *options;
    size_t block, block_bytes;
    int format; /* the number before the options in the key's text; 0: none */
    /* came later: enters the key only where an option is not at its default */
    bool is_later;

    /* a value's default in YAML, for `config resolve`; NULL: none */
    const char *default_text;
    /* why a sweep can't vary it, "" without an explanation; NULL: it can */
    const char *no_sweep;

    /* Reads a value or a list of plugins.  For options and a plugin, which are bound before, checks
     * and completes them.  node: the part's, or NULL where it is absent.  NULL: nothing to do. */
    enum fm_status (*read)(const struct fm_reading *reading, const struct fm_part *part,
                           const struct fm_yaml *node, struct fm_error *err);
    /* Whether the part applies to the experiment; NULL: always. */
    bool (*is_used)(const struct fm_experiment *e);
    /* Appends to the part's text in a key: a value's whole text; for a section or plugin, what its
     * options don't say.  references: those of the metric in whose key it is, otherwise 0. */
    enum fm_status (*add_to_key)(struct fm_text *text, const struct fm_experiment *e,
                                 unsigned references, struct fm_error *err);
    /* Entry i of a list; NULL after the last. */
    const struct fm_component *(*entry)(const struct fm_experiment *e, size_t i);
    /* Adds defaults of the host's options to entry, a map; NULL: the host has none there. */
    enum fm_status (*add_defaults)(struct fm_arena *arena, struct fm_yaml *entry,
                                   struct fm_error *err);
};

/* All parts, in the order in which fmrun reads and writes them, ended by a row without key.  The
 * parts inside a section follow it. */
extern const struct fm_part fm_parts[];

/* The key inside its section: "path" for "sample.path". */
const char *fm_part_name(const struct fm_part *part);
/* Whether part is inside section. */
bool fm_part_is_in(const struct fm_part *part, const struct fm_part *section);
/* Whether part is at the top level of a config. */
bool fm_part_is_top(const struct fm_part *part);
/* The section around part; NULL at the top level. */
const struct fm_part *fm_part_section(const struct fm_part *part);
/* The part's node in a config, or NULL. */
struct fm_yaml *fm_part_node(const struct fm_part *part, const struct fm_yaml *root);

/* A plugin's component and a part's options, inside the experiment. */
const struct fm_component *fm_part_component(const struct fm_part *part,
                                             const struct fm_experiment *e);
const void *fm_part_block(const struct fm_part *part, const struct fm_experiment *e);

/* Calls visit for each plugin that the experiment's runs, samplings and metrics use, and for those
 * that make pairs with the flow of a parent.  A plugin may come several times. */
FM_MUST_USE enum fm_status fm_parts_each_plugin(
    const struct fm_experiment *e,
    enum fm_status (*visit)(void *context, const struct fm_component *component,
                            struct fm_error *err),
    void *context, struct fm_error *err);

#endif
