/* Canonical texts: what the keys of runs, samplings and metrics are hashes of.  A change here
 * changes every key, and with it what counts as done. */
#include <config.h>

#include "base/error.h"
#include "host/prediction.h"
#include "plan/sections.h"

enum fm_status fm_component_text(struct fm_text *text, const struct fm_component *c,
                                 bool for_key, struct fm_error *err)
{
    const struct fm_plugin *p = c->loaded->plugin;
    fm_text_add(text, "{plugin: %s", p->name);
    if (for_key)
        fm_text_add(text, ", version: %u", p->version);
    if (p->options)
        FM_TRY(fm_options_emit(text, p->options, c->options, for_key, err));
    fm_text_add(text, "}");
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}

enum fm_status fm_experiment_run_text(struct fm_text *text, const struct fm_experiment *e,
                                      struct fm_error *err)
{
    for (size_t i = 0; i < FM_N_PLUGIN_SECTIONS; i++) {
        const struct fm_plugin_section *s = &fm_plugin_sections[i];
        fm_text_add(text, "%s: ", s->key);
        FM_TRY(fm_component_text(
            text, (const struct fm_component *)(const void *)((const char *)e + s->offset),
            true, err));
        fm_text_add(text, "\n");
    }
    if (e->split.train > 0 || e->split.validation > 0 || e->split.test > 0) {
        fm_text_add(text, "split: {format: 2");
        FM_TRY(fm_options_emit(text, fm_split_table, &e->split, true, err));
        fm_text_add(text, "}\n");
    }
    if (fm_experiment_is_trained(e)) {
        fm_text_add(text, "train: {format: 2");
        FM_TRY(fm_options_emit(text, fm_train_table, &e->train, true, err));
        if (e->train.prediction != FM_PREDICTION_VELOCITY)
            fm_text_add(text, ", ends: 2"); /* how velocities follow there */
        if (e->train.validate_every > 0)
            fm_text_add(text, ", validate_every: %lld, validate_rows: %lld",
                        (long long)e->train.validate_every,
                        (long long)e->train.validate_rows);
        fm_text_add(text, "}\n");
    }
    if (e->parent) { /* and how it samples */
        fm_text_add(text, "parent: {average: %zu", e->parent->average);
        if (e->parent->sample.weights == FM_WEIGHTS_BEST)
            fm_text_add(text, ", weights: best");
        if (e->parent->sample_path.loaded) {
            fm_text_add(text, ", path: ");
            FM_TRY(fm_component_text(text, &e->parent->sample_path, true, err));
        }
        fm_text_add(text, ", solver: ");
        FM_TRY(fm_component_text(text, &e->parent->reference_solver, true, err));
        fm_text_add(text, "}\n");
        FM_TRY(fm_experiment_run_text(text, e->parent, err));
    }
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}

enum fm_status fm_experiment_sampling_text(struct fm_text *text,
                                           const struct fm_experiment *e,
                                           const struct fm_method *m, struct fm_error *err)
{
    const struct fm_sample_options *s = &e->sample;
    FM_TRY(fm_component_text(text, &m->solver, true, err));
    fm_text_add(text, "\nlabel: %s\ncontrol: {format: 2", m->label);
    FM_TRY(fm_options_emit(text, m->options.steps > 0 ? fm_fixed_table : fm_adaptive_table,
                           &m->options, true, err));
    fm_text_add(text, "}\nsample: {keep: [%d, %d, %d]", s->keep_x0, s->keep_x1,
                s->keep_trajectory);
    FM_TRY(fm_options_emit(text, fm_sample_table, s, true, err));
    fm_text_add(text, "}\n");
    if (e->sample_path.loaded) {
        fm_text_add(text, "path: ");
        FM_TRY(fm_component_text(text, &e->sample_path, true, err));
        fm_text_add(text, "\n");
    }
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}

enum fm_status fm_experiment_metric_text(struct fm_text *text,
                                         const struct fm_experiment *e,
                                         const struct fm_component *metric,
                                         struct fm_error *err)
{
    FM_TRY(fm_component_text(text, metric, true, err));
    const unsigned references = metric->loaded->plugin->metric->references;
    if (references & FM_REFERENCE_EXACT) {
        fm_text_add(text, " exact: ");
        FM_TRY(fm_component_text(text, &e->exact, true, err));
    }
    if (!(references & (FM_REFERENCE_SOLVE | FM_REFERENCE_EXACT | FM_REFERENCE_DENSITY)))
        return FM_OK;
    fm_text_add(text, " reference: ");
    FM_TRY(fm_component_text(text, &e->reference_solver, true, err));
    if (references & FM_REFERENCE_DENSITY) { /* with tolerances of its own */
        fm_text_add(text, " {max_evaluations: %lld}",
                    (long long)e->reference.max_evaluations);
        return text->has_failed ? fm_out_of_memory(err) : FM_OK;
    }
    fm_text_add(text, " {format: 1");
    FM_TRY(fm_options_emit(text, fm_reference_table, &e->reference, true, err));
    fm_text_add(text, "}");
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}
