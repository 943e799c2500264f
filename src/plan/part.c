#include <config.h>

#include "plan/part.h"

#include "config/document.h"
#include "config/host_options.h"
#include "plan/metrics_section.h"
#include "plan/sample_section.h"
#include "plan/solvers_section.h"
#include "plan/top_values.h"
#include "plan/train_section.h"

#include <string.h>

#define AT(member) offsetof(struct fm_experiment, member)
#define BLOCK(table, member)                                                               \
    .options = (table), .block = AT(member),                                               \
    .block_bytes = sizeof(((struct fm_experiment *)0)->member)
#define PLUGIN(kind_, member)                                                              \
    .form = FM_PART_PLUGIN, .kind = (kind_), .component = AT(member)

const struct fm_part fm_parts[] = {
    {"name", FM_PART_VALUE, FM_DECIDES_NOTHING, .no_sweep = "", .read = fm_name_read},
    {"seeds", FM_PART_VALUE, FM_DECIDES_NOTHING, .default_text = "1",
     .no_sweep = "list the seeds under the key seeds", .read = fm_seeds_read},
    {"source", PLUGIN(FM_DATASET, source), .decides = FM_DECIDES_RUN,
     .default_name = "gaussian"},
    {"data", PLUGIN(FM_DATASET, data), .decides = FM_DECIDES_RUN,
     .question = "what is to be learned?"},
    {"split", FM_PART_OPTIONS, FM_DECIDES_RUN, BLOCK(fm_split_table, split), .format = 2,
     .is_later = true, .read = fm_split_read},
    {"network", PLUGIN(FM_NETWORK, network), .decides = FM_DECIDES_RUN,
     .default_name = "mlp"},
    {"path", PLUGIN(FM_PATH, path), .decides = FM_DECIDES_RUN, .default_name = "linear"},
    {"coupling", PLUGIN(FM_COUPLING, coupling), .decides = FM_DECIDES_RUN,
     .default_name = "independent"},
    {"train", FM_PART_OPTIONS, FM_DECIDES_RUN, BLOCK(fm_train_table, train), .format = 2,
     .read = fm_train_read, .is_used = fm_experiment_is_trained,
     .add_to_key = fm_train_add_to_key},
    {"sample", FM_PART_OPTIONS, FM_DECIDES_SAMPLING, BLOCK(fm_sample_table, sample),
     .read = fm_sample_read},
    {"sample.keep", FM_PART_VALUE, FM_DECIDES_SAMPLING, .default_text = "[]",
     .read = fm_keep_read, .add_to_key = fm_keep_add_to_key},
    {"sample.path", PLUGIN(FM_PATH, sample_path), .decides = FM_DECIDES_SAMPLING,
     .read = fm_sample_path_read},
    {"sample.exact", PLUGIN(FM_NETWORK, exact), .decides = FM_DECIDES_METRIC,
     .default_name = "oracle", .references = FM_REFERENCE_EXACT, .read = fm_exact_read},
    {"sample.reference", PLUGIN(FM_SOLVER, reference_solver), .decides = FM_DECIDES_METRIC,
     .default_name = "dopri5",
     .references = FM_REFERENCE_SOLVE | FM_REFERENCE_EXACT | FM_REFERENCE_DENSITY,
     BLOCK(fm_reference_table, reference), .read = fm_reference_read,
     .add_to_key = fm_reference_add_to_key},
    {"solvers", FM_PART_PLUGINS, FM_DECIDES_NOTHING, .kind = FM_SOLVER,
     .read = fm_solvers_read, .entry = fm_solvers_entry,
     .add_defaults = fm_solvers_add_defaults},
    {"metrics", FM_PART_PLUGINS, FM_DECIDES_NOTHING, .kind = FM_METRIC,
     .no_sweep = "list all of them under metrics", .read = fm_metrics_read,
     .entry = fm_metrics_entry},
    {"sweep", FM_PART_VALUE, FM_DECIDES_NOTHING, .no_sweep = ""}, /* plan/sweep.c */
    {0}};

const char *fm_part_name(const struct fm_part *part)
{
    const char *dot = strchr(part->key, '.');
    return dot ? dot + 1 : part->key;
}

bool fm_part_is_in(const struct fm_part *part, const struct fm_part *section)
{
    size_t n = strlen(section->key);
    return strncmp(part->key, section->key, n) == 0 && part->key[n] == '.';
}

bool fm_part_is_top(const struct fm_part *part)
{
    return !strchr(part->key, '.');
}

const struct fm_part *fm_part_section(const struct fm_part *part)
{
    if (fm_part_is_top(part))
        return NULL;
    const struct fm_part *section = part;
    while (!fm_part_is_in(part, section)) /* it precedes its parts */
        section--;
    return section;
}

struct fm_yaml *fm_part_node(const struct fm_part *part, const struct fm_yaml *root)
{
    const struct fm_part *section = fm_part_section(part);
    return fm_yaml_find(section ? fm_yaml_find(root, section->key) : root,
                        fm_part_name(part));
}

const struct fm_component *fm_part_component(const struct fm_part *part,
                                             const struct fm_experiment *e)
{
    return (const void *)((const char *)e + part->component);
}

const void *fm_part_block(const struct fm_part *part, const struct fm_experiment *e)
{
    return (const char *)e + part->block;
}

/* ---- the plugins of an experiment ---- */

/* Whether the experiment, or one of its metrics, uses the part. */
static bool is_needed(const struct fm_part *part, const struct fm_experiment *e)
{
    return part->references == 0 || fm_experiment_needs(e, part->references);
}

/* Whether a parent's flow makes pairs with the part: the flow is trained and then solved by the
 * reference solver, but not measured. */
static bool makes_pairs(const struct fm_part *part)
{
    return part->decides == FM_DECIDES_RUN || part->decides == FM_DECIDES_SAMPLING
           || part->kind == FM_SOLVER;
}

enum fm_status fm_parts_each_plugin(
    const struct fm_experiment *e,
    enum fm_status (*visit)(void *context, const struct fm_component *component,
                            struct fm_error *err),
    void *context, struct fm_error *err)
{
    for (const struct fm_part *part = fm_parts; part->key; part++) {
        const struct fm_component *c;
        if (part->form == FM_PART_PLUGIN && fm_part_component(part, e)->loaded
            && is_needed(part, e))
            FM_TRY(visit(context, fm_part_component(part, e), err));
        for (size_t i = 0; part->entry && (c = part->entry(e, i)); i++)
            FM_TRY(visit(context, c, err));
    }
    for (const struct fm_experiment *parent = e->parent; parent; parent = parent->parent)
        for (const struct fm_part *part = fm_parts; part->key; part++)
            if (part->form == FM_PART_PLUGIN && makes_pairs(part)
                && fm_part_component(part, parent)->loaded)
                FM_TRY(visit(context, fm_part_component(part, parent), err));
    return FM_OK;
}
