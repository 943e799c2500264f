#include <config.h>

#include "plan/key_text.h"

#include "base/error.h"
#include "config/option_default.h"
#include "config/options.h"
#include "plan/part.h"

/* A line "path: {plugin: ...}" for each plugin that enters this key. */
static enum fm_status add_plugins(struct fm_text *text, const struct fm_experiment *e,
                                  enum fm_decides what, struct fm_error *err)
{
    for (const struct fm_part *part = fm_parts; part->key; part++) {
        if (part->decides != what || part->form != FM_PART_PLUGIN
            || !fm_part_component(part, e)->loaded)
            continue;
        fm_text_add(text, "%s: ", fm_part_name(part));
        FM_TRY(fm_component_key(text, fm_part_component(part, e), err));
        fm_text_add(text, "\n");
    }
    return FM_OK;
}

/* The values inside a section of options. */
static enum fm_status add_values(struct fm_text *text, const struct fm_experiment *e,
                                 const struct fm_part *section, struct fm_error *err)
{
    for (const struct fm_part *part = section + 1; part->key; part++)
        if (part->form == FM_PART_VALUE && fm_part_is_in(part, section)) {
            fm_text_add(text, "%s: ", fm_part_name(part));
            FM_TRY(part->add_to_key(text, e, 0, err));
        }
    return FM_OK;
}

static enum fm_status add_section(struct fm_text *text, const struct fm_experiment *e,
                                  const struct fm_part *part, struct fm_error *err)
{
    bool is_left_out = part->is_used && !part->is_used(e);
    if (part->is_later && !is_left_out)
        FM_TRY(fm_options_are_default(part->options, fm_part_block(part, e), &is_left_out,
                                      err));
    if (is_left_out)
        return FM_OK;
    fm_text_add(text, "%s: {", part->key);
    if (part->format > 0)
        fm_text_add(text, "format: %d", part->format);
    FM_TRY(add_values(text, e, part, err));
    FM_TRY(fm_options_emit(text, part->options, fm_part_block(part, e), true, err));
    if (part->add_to_key)
        FM_TRY(part->add_to_key(text, e, 0, err));
    fm_text_add(text, "}\n");
    return FM_OK;
}

/* The sections of options that enter this key. */
static enum fm_status add_sections(struct fm_text *text, const struct fm_experiment *e,
                                   enum fm_decides what, struct fm_error *err)
{
    for (const struct fm_part *part = fm_parts; part->key; part++)
        if (part->decides == what && part->form == FM_PART_OPTIONS)
            FM_TRY(add_section(text, e, part, err));
    return FM_OK;
}

/* How the parent's flow is sampled to make pairs. */
static enum fm_status add_parent(struct fm_text *text, const struct fm_experiment *parent,
                                 struct fm_error *err)
{
    fm_text_add(text, "parent: {average: %zu", parent->average);
    if (parent->sample.weights == FM_WEIGHTS_BEST)
        fm_text_add(text, ", weights: best");
    if (parent->sample_path.loaded) {
        fm_text_add(text, ", path: ");
        FM_TRY(fm_component_key(text, &parent->sample_path, err));
    }
    fm_text_add(text, ", solver: ");
    FM_TRY(fm_component_key(text, &parent->reference_solver, err));
    fm_text_add(text, "}\n");
    return FM_OK;
}

enum fm_status fm_key_text_run(struct fm_text *text, const struct fm_experiment *e,
                               struct fm_error *err)
{
    FM_TRY(add_plugins(text, e, FM_DECIDES_RUN, err));
    FM_TRY(add_sections(text, e, FM_DECIDES_RUN, err));
    if (e->parent) {
        FM_TRY(add_parent(text, e->parent, err));
        FM_TRY(fm_key_text_run(text, e->parent, err));
    }
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}

enum fm_status fm_key_text_sampling(struct fm_text *text, const struct fm_experiment *e,
                                    const struct fm_method *m, struct fm_error *err)
{
    FM_TRY(fm_component_key(text, &m->solver, err));
    fm_text_add(text, "\nlabel: %s\ncontrol: {format: 2", m->label);
    FM_TRY(fm_options_emit(text, fm_method_table(m), &m->options, true, err));
    fm_text_add(text, "}\n");
    FM_TRY(add_sections(text, e, FM_DECIDES_SAMPLING, err));
    FM_TRY(add_plugins(text, e, FM_DECIDES_SAMPLING, err));
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}

enum fm_status fm_key_text_metric(struct fm_text *text, const struct fm_experiment *e,
                                  const struct fm_component *metric, struct fm_error *err)
{
    const unsigned references = metric->loaded->plugin->metric->references;
    FM_TRY(fm_component_key(text, metric, err));
    for (const struct fm_part *part = fm_parts; part->key; part++) {
        if (part->decides != FM_DECIDES_METRIC || !(part->references & references))
            continue;
        fm_text_add(text, " %s: ", fm_part_name(part));
        FM_TRY(fm_component_key(text, fm_part_component(part, e), err));
        if (part->add_to_key)
            FM_TRY(part->add_to_key(text, e, references, err));
    }
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}
