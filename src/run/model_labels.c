#include <config.h>

#include "run/model_labels.h"

#include "base/error.h"
#include "base/stream.h"
#include "config/document.h"
#include "config/document_error.h"
#include "host/call.h"
#include "host/metric.h"

enum fm_status fm_model_blame(enum fm_status status, const struct fm_component *c,
                              struct fm_error *err)
{
    if (status == FM_OK || !c->node || status == FM_ERROR_MEMORY)
        return status;
    struct fm_error why = *err;
    (void)fm_yaml_fail(err, c->node, "%s", why.message);
    err->status = status;
    return status;
}

/* ---- closed forms ---- */

enum fm_status fm_model_prepare(const struct fm_component *c,
                                const struct fm_services *services,
                                const struct fm_problem *problem,
                                struct fm_closed_form *form, struct fm_error *err)
{
    const struct fm_plugin *network = c->loaded->plugin;
    fm_call_begin(network->kind, network->name, "prepare");
    enum fm_status status =
        network->network->prepare(c->options, services, problem, form, err);
    fm_call_end();
    return fm_model_blame(status, c, err);
}

static bool has_label(const struct fm_mixture *m, uint32_t label)
{
    for (size_t k = 0; k < m->n_components; k++)
        if (m->labels[k] == label)
            return true;
    return false;
}

/* The components with the label, at least one, as a mixture; NULL: out of memory. */
static const struct fm_mixture *restricted(struct fm_arena *arena,
                                           const struct fm_mixture *all, uint32_t label)
{
    size_t n = 0;
    double total = 0;
    for (size_t k = 0; k < all->n_components; k++)
        if (all->labels[k] == label) {
            total += all->weights[k];
            n++;
        }
    struct fm_mixture *m = FM_NEW(arena, 1, struct fm_mixture);
    double *numbers = FM_NEW(arena, n * (1 + 2 * all->dim), double);
    if (!m || !numbers)
        return NULL;
    double *weights = numbers, *means = numbers + n, *variances = means + n * all->dim;
    *m = (struct fm_mixture){.n_components = n,
                             .dim = all->dim,
                             .weights = weights,
                             .means = means,
                             .variances = variances};
    for (size_t k = 0; k < all->n_components; k++) {
        if (all->labels[k] != label)
            continue;
        *weights++ = all->weights[k] / total;
        for (size_t j = 0; j < all->dim; j++) {
            *means++ = all->means[k * all->dim + j];
            *variances++ = all->variances[k * all->dim + j];
        }
    }
    return m;
}

enum fm_status fm_model_open_given(struct fm_arena *arena, const struct fm_model *model,
                                   const struct fm_component *c,
                                   const struct fm_services *services,
                                   struct fm_velocity *velocity, struct fm_error *err)
{
    const struct fm_mixture *data = model->problem.data;
    const size_t n = model->data.set.n_labels;
    if (n == 0 || !data || !data->labels)
        return fm_model_blame(
            fm_fail(err, FM_ERROR_CONFIG,
                    "network %s: labels: true needs data whose labels are components of a "
                    "mixture; use dataset gaussian_mixture",
                    c->loaded->plugin->name),
            c, err);
    struct fm_closed_form *given = FM_NEW(arena, n, struct fm_closed_form);
    struct fm_problem *problems = FM_NEW(arena, n, struct fm_problem);
    if (!given || !problems)
        return fm_out_of_memory(err);
    for (size_t y = 0; y < n; y++) {
        if (!has_label(data, (uint32_t)y))
            return fm_model_blame(
                fm_fail(err, FM_ERROR_CONFIG,
                        "network %s: the data have labels 0 to %zu, but no component of "
                        "their mixture has label %zu, so its velocity is unknown; use data "
                        "in which each label has a component",
                        c->loaded->plugin->name, n - 1, y),
                c, err);
        problems[y] = model->problem;
        problems[y].data = restricted(arena, data, (uint32_t)y);
        if (!problems[y].data)
            return fm_out_of_memory(err);
        FM_TRY(fm_model_prepare(c, services, &problems[y], &given[y], err));
    }
    velocity->given = given;
    velocity->n_given = n;
    return FM_OK;
}

/* ---- who asks, and who gives ---- */

bool fm_model_has_labels(const struct fm_model *model)
{
    return fm_velocity_asks_labels(&model->velocity);
}

static enum fm_status check_network(const struct fm_model *model,
                                    const struct fm_experiment *e, struct fm_error *err)
{
    const bool takes_labels = model->net && fm_net_n_labels(model->net) > 0;
    if (takes_labels && model->data.set.n_labels == 0)
        return fm_model_blame(fm_fail(err, FM_ERROR_CONFIG,
                                      "the network asks for labels of rows, and the data "
                                      "set \"%s\" gives none",
                                      e->data.loaded->plugin->name),
                              &e->network, err);
    if (takes_labels && e->parent)
        return fm_model_blame(
            fm_fail(err, FM_ERROR_CONFIG,
                    "the network asks for labels, but pairs from a parent's flow have "
                    "none"),
            &e->network, err);
    if (!takes_labels && e->train.label_dropout > 0)
        return fm_yaml_fail(err, e->label_dropout,
                            "label_dropout has no effect on a network that asks for no "
                            "labels; give mlp a label_width");
    return FM_OK;
}

static enum fm_status check_guidance(const struct fm_model *model,
                                     const struct fm_experiment *e,
                                     const struct fm_method *m, struct fm_error *err)
{
    const struct fm_yaml *node = fm_yaml_find(m->solver.node, "guidance");
    if (m->options.guidance == 1)
        return FM_OK;
    if (!fm_model_has_labels(model))
        return fm_yaml_fail(err, node,
                            "guidance has no effect on a network that asks for no labels; "
                            "give mlp a label_width");
    if (model->net && e->train.label_dropout == 0)
        return fm_yaml_fail(
            err, node,
            "guidance needs the velocity without a label, which the network "
            "learns only with label_dropout, as in train: "
            "{label_dropout: 0.1}");
    return FM_OK;
}

static enum fm_status check_sample(const struct fm_model *model,
                                   const struct fm_experiment *e, struct fm_error *err)
{
    const struct fm_ints *labels = &e->sample.labels;
    if (labels->n > 0 && !fm_model_has_labels(model))
        return fm_yaml_fail(err, e->labels,
                            "labels have no effect on a network that asks for none; give "
                            "mlp a label_width");
    for (size_t i = 0; i < labels->n; i++)
        if ((uint64_t)labels->values[i] >= model->data.set.n_labels)
            return fm_yaml_fail(err, e->labels,
                                "there is no label %lld: the data set \"%s\" has 0 to %zu",
                                (long long)labels->values[i], e->data.loaded->plugin->name,
                                model->data.set.n_labels - 1);
    return FM_OK;
}

/* A velocity with labels and one without map x0 to different end points, so they can't be
 * compared. */
static enum fm_status check_exact(const struct fm_model *model,
                                  const struct fm_experiment *e, struct fm_error *err)
{
    struct fm_component c = e->exact;
    if (!fm_experiment_needs(e, FM_REFERENCE_EXACT)
        || fm_velocity_asks_labels(&model->exact) == fm_model_has_labels(model))
        return FM_OK;
    for (size_t i = 0; i < e->n_metrics && !c.node; i++)
        if (fm_metric_needs(e->metrics[i].loaded->plugin->metric, FM_REFERENCE_EXACT))
            c.node = e->metrics[i].node;
    return fm_model_blame(
        fm_fail(err, FM_ERROR_CONFIG,
                "the network and the exact velocity must both ask for labels, or neither; "
                "here only the %s does (sample: {exact: {plugin: oracle, labels: true}})",
                fm_model_has_labels(model) ? "network" : "exact velocity"),
        &c, err);
}

enum fm_status fm_model_check_labels(const struct fm_model *model,
                                     const struct fm_experiment *e, struct fm_error *err)
{
    FM_TRY(check_network(model, e, err));
    for (size_t i = 0; i < e->n_methods; i++)
        FM_TRY(check_guidance(model, e, &e->methods[i], err));
    FM_TRY(check_sample(model, e, err));
    return check_exact(model, e, err);
}

/* ---- sampling ---- */

void fm_model_sample_labels(const struct fm_model *model, const struct fm_sample_options *o,
                            uint64_t seed, size_t n, uint32_t *labels)
{
    for (size_t i = 0; o->labels.n > 0 && i < n; i++)
        labels[i] = (uint32_t)o->labels.values[i % o->labels.n];
    if (o->labels.n == 0)
        fm_data_labels(&model->data, (struct fm_stream){seed, FM_STREAM_SAMPLE_LABEL, 0}, n,
                       0, n, labels);
}

struct fm_guidance fm_model_guidance(const struct fm_model *model, const uint32_t *labels,
                                     double weight)
{
    return (struct fm_guidance){
        .labels = labels, .none = (uint32_t)model->data.set.n_labels, .weight = weight};
}
