/* YAML documents as trees whose every node knows where it stands in which file, so that each
 * error can say file:line:col.  First station of the walk: text -> nodes.  The only user of
 * libyaml; scalars are typed by YAML 1.2 core rules, by the reader of the value (options.h).
 *
 * Hostile input: at most FM_YAML_MAX_BYTES of text, FM_YAML_MAX_DEPTH levels, and
 * FM_YAML_MAX_NODES nodes after aliases are expanded; duplicate keys, non-scalar keys, tags,
 * merge keys (<<), several documents, and control characters are refused with the place. */
#ifndef FM_CONFIG_DOCUMENT_H
#define FM_CONFIG_DOCUMENT_H

#include "base/arena.h"
#include "base/text.h"
#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    FM_YAML_MAX_BYTES = 1 << 20,
    FM_YAML_MAX_DEPTH = 64,
    FM_YAML_MAX_NODES = 100000
};

enum fm_yaml_kind { FM_YAML_SCALAR, FM_YAML_LIST, FM_YAML_MAP };

/* The text a node came from: a file, an override of the command line, or a default. */
struct fm_yaml_source {
    const char *name;   /* as shown in errors: the path as given, or "command line" */
    const char *folder; /* relative FM_FILE options start here */
    const char *text;   /* whole, NUL-terminated */
};

struct fm_yaml {
    enum fm_yaml_kind kind;
    const struct fm_yaml_source *source;
    unsigned line, column; /* from 1; column counts code points */
    bool is_plain;         /* a scalar without quotes */
    const char *text;      /* of a scalar; NULL otherwise */
    size_t n;              /* items of a list, entries of a map */
    struct fm_yaml **keys; /* of a map: scalars; NULL otherwise */
    struct fm_yaml **items;
};

/* Reads a file whose top level is a map.  Nodes live in arena. */
FM_MUST_USE enum fm_status fm_yaml_read(struct fm_arena *arena, const char *path,
                                        struct fm_yaml **root, struct fm_error *err);
/* The same from memory; name and folder as in fm_yaml_source.  must_be_map: whether anything
 * but a map at top level is an error.  bytes need no NUL and are copied. */
FM_MUST_USE enum fm_status fm_yaml_parse(struct fm_arena *arena, const char *name,
                                         const char *folder, const char *bytes,
                                         size_t n_bytes, bool must_be_map,
                                         struct fm_yaml **root, struct fm_error *err);

/* The value of key in a map, or NULL (also when map is NULL or no map). */
struct fm_yaml *fm_yaml_find(const struct fm_yaml *map, const char *key);

/* A copy that shares no node with the original (text and sources are shared). */
struct fm_yaml *fm_yaml_clone(struct fm_arena *arena, const struct fm_yaml *node);

/* Sets the value at a dotted key ("train.lr", "solvers.0.steps": a number indexes a list,
 * from 0), making maps on the way where nothing stands; replaces what was there.  where is
 * the node blamed in errors. */
FM_MUST_USE enum fm_status fm_yaml_set(struct fm_arena *arena, struct fm_yaml *root,
                                       const char *key, struct fm_yaml *value,
                                       const struct fm_yaml *where, struct fm_error *err);

/* Applies one command-line override "a.b=VALUE", VALUE in YAML ("[1, 2]", "1e-3").
 * FM_ERROR_CONFIG, placed as command line:1:col. */
FM_MUST_USE enum fm_status fm_yaml_override(struct fm_arena *arena, struct fm_yaml *root,
                                            const char *assignment, struct fm_error *err);

/* Writes node as YAML that reads back as the same tree: block style for maps, and flow style
 * for lists of scalars and for maps inside lists; strings are quoted where a plain scalar
 * would read otherwise.  indent: columns. */
void fm_yaml_emit(struct fm_text *text, const struct fm_yaml *node, unsigned indent);
/* One scalar string as it must stand in YAML: plain when that reads back as a string. */
void fm_yaml_emit_string(struct fm_text *text, const char *string);

/* FM_ERROR_CONFIG with "NAME:LINE:COL: error: MESSAGE\n LINE | source line\n      |  ^~~~":
 * the caret under the node's first character, tildes below the rest of a one-line scalar.
 * Long lines are cut around the caret. */
enum fm_status fm_yaml_fail(struct fm_error *err, const struct fm_yaml *node,
                            const char *format, ...) FM_FORMAT(3, 4);

#endif
