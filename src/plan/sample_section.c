#include <config.h>

#include "plan/sample_section.h"

#include "base/error.h"
#include "config/document.h"
#include "config/document_error.h"
#include "config/options.h"
#include "config/yaml_value.h"

#include <string.h>

/* ---- sample ---- */

/* The first average is the default, so a config that asks for it gets the same key as one that
 * doesn't. */
static enum fm_status read_average(const struct fm_yaml *node, struct fm_experiment *e,
                                   struct fm_error *err)
{
    const struct fm_reals *kept = &e->train.ema;
    struct fm_reals *asked = &e->sample.ema;
    if (asked->n == 0)
        return FM_OK;
    if (!fm_experiment_is_trained(e))
        return fm_yaml_fail(err, node,
                            "a closed form has no weights to average; leave ema out");
    while (e->average < kept->n && kept->values[e->average] != asked->values[0])
        e->average++;
    if (asked->n > 1 || e->average == kept->n)
        return fm_yaml_fail(err, node, "expected one of the decays in train.ema");
    asked->n = e->average > 0 ? 1 : 0;
    return FM_OK;
}

static enum fm_status check_weights(const struct fm_yaml *node,
                                    const struct fm_experiment *e, struct fm_error *err)
{
    if (e->sample.weights == FM_WEIGHTS_LAST)
        return FM_OK;
    if (!fm_experiment_is_trained(e))
        return fm_yaml_fail(
            err, node, "a closed form has no weights to choose from; leave weights out");
    if (e->train.validate_every == 0)
        return fm_yaml_fail(err, node,
                            "the best weights are unknown without validation; add "
                            "train.validate_every");
    return FM_OK;
}

enum fm_status fm_sample_read(const struct fm_reading *r, const struct fm_part *part,
                              const struct fm_yaml *node, struct fm_error *err)
{
    struct fm_experiment *e = r->experiment;
    (void)part;
    e->labels = fm_yaml_find(node, "labels");
    FM_TRY(read_average(fm_yaml_find(node, "ema"), e, err));
    return check_weights(fm_yaml_find(node, "weights"), e, err);
}

enum fm_status fm_keep_read(const struct fm_reading *r, const struct fm_part *part,
                            const struct fm_yaml *node, struct fm_error *err)
{
    struct fm_sample_options *s = &r->experiment->sample;
    bool *const flags[] = {&s->keep_x0, &s->keep_x1, &s->keep_trajectory};
    (void)part;
    if (!node)
        return FM_OK;
    if (node->kind != FM_YAML_LIST)
        return fm_yaml_fail(err, node,
                            "expected a list of x0, x1 or trajectory, as in [x0, x1]");
    for (size_t i = 0; i < node->n; i++) {
        const char *name;
        size_t k = 0;
        FM_TRY(fm_yaml_string(node->items[i], "keep", &name, err));
        while (fm_keep_names[k] && strcmp(fm_keep_names[k], name) != 0)
            k++;
        if (!fm_keep_names[k])
            return fm_yaml_fail(err, node->items[i],
                                "can't keep \"%s\"; expected x0, x1 or "
                                "trajectory",
                                name);
        *flags[k] = true;
    }
    return FM_OK;
}

enum fm_status fm_keep_add_to_key(struct fm_text *text, const struct fm_experiment *e,
                                  unsigned references, struct fm_error *err)
{
    const struct fm_sample_options *s = &e->sample;
    (void)references;
    fm_text_add(text, "[%d, %d, %d]", s->keep_x0, s->keep_x1, s->keep_trajectory);
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}

/* ---- sample.path ---- */

/* Sampling along the training path is the default, so that asking for it is dropped and keys
 * agree. */
enum fm_status fm_sample_path_read(const struct fm_reading *r, const struct fm_part *part,
                                   const struct fm_yaml *node, struct fm_error *err)
{
    struct fm_experiment *e = r->experiment;
    const struct fm_component *const paths[] = {&e->path, &e->sample_path};
    bool is_same;
    (void)part;
    if (!node)
        return FM_OK;
    for (size_t i = 0; i < 2; i++)
        if (!paths[i]->loaded->plugin->path->coefficients)
            return fm_yaml_fail(
                err, node,
                "sample.path needs paths of the form alpha(t) x1 + sigma(t) x0, "
                "here and in training; \"%s\" has another form",
                paths[i]->loaded->plugin->name);
    FM_TRY(fm_component_is_same(&e->path, &e->sample_path, &is_same, err));
    if (is_same)
        e->sample_path = (struct fm_component){0};
    return FM_OK;
}

/* ---- sample.exact, sample.reference ---- */

enum fm_status fm_exact_read(const struct fm_reading *r, const struct fm_part *part,
                             const struct fm_yaml *node, struct fm_error *err)
{
    const struct fm_plugin *plugin = r->experiment->exact.loaded->plugin;
    (void)part;
    if (!plugin->network->evaluate)
        return fm_yaml_fail(err, node,
                            "the exact velocity must be a closed form, such as "
                            "oracle; \"%s\" is trained",
                            plugin->name);
    return FM_OK;
}

/* The reference's tolerances when the config gives none: networks compute in float, closed forms in
 * double. */
static const double TOLERANCE_OF_NETWORK = 1e-6, TOLERANCE_OF_CLOSED_FORM = 1e-12;

enum fm_status fm_reference_read(const struct fm_reading *r, const struct fm_part *part,
                                 const struct fm_yaml *node, struct fm_error *err)
{
    struct fm_experiment *e = r->experiment;
    struct fm_reference_options *o = &e->reference;
    (void)part;
    FM_TRY(fm_component_solver(r->arena, &e->reference_solver, &e->reference_ready, err));
    if (!fm_solver_is_adaptive(&e->reference_ready))
        return fm_yaml_fail(err, node,
                            "the reference solver must control its step, such as "
                            "dopri5; \"%s\" can't",
                            e->reference_solver.loaded->plugin->name);
    if (o->rtol == 0)
        o->rtol =
            fm_experiment_is_trained(e) ? TOLERANCE_OF_NETWORK : TOLERANCE_OF_CLOSED_FORM;
    if (o->atol == 0)
        o->atol = o->rtol;
    return FM_OK;
}

/* The options of the reference solve.  Metrics of densities have their own tolerances. */
enum fm_status fm_reference_add_to_key(struct fm_text *text, const struct fm_experiment *e,
                                       unsigned references, struct fm_error *err)
{
    if (references & FM_REFERENCE_DENSITY) {
        fm_text_add(text, " {max_evaluations: %lld}",
                    (long long)e->reference.max_evaluations);
        return text->has_failed ? fm_out_of_memory(err) : FM_OK;
    }
    fm_text_add(text, " {format: 1");
    FM_TRY(fm_options_emit(text, fm_reference_table, &e->reference, true, err));
    fm_text_add(text, "}");
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}
