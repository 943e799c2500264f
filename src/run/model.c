#include <config.h>

#include "run/model.h"

#include "base/error.h"
#include "config/document_error.h"
#include "host/call.h"
#include "host/metric.h"
#include "run/model_labels.h"

static void path_at(const struct fm_problem *problem, double t, struct fm_path_point *point)
{
    const struct fm_component *path = problem->path_context;
    path->loaded->plugin->path->coefficients(path->options, 1, &t, point);
}

static void bridge_at(const struct fm_problem *problem, double t,
                      struct fm_path_bridge *bridge)
{
    const struct fm_component *path = problem->path_context;
    path->loaded->plugin->path->bridge(path->options, 1, &t, bridge);
}

/* Prepares a closed form for the model's problem. */
static enum fm_status open_form(struct fm_arena *arena, const struct fm_model *model,
                                const struct fm_component *c, struct fm_velocity *velocity,
                                struct fm_error *err)
{
    struct fm_services *services = FM_NEW(arena, 1, struct fm_services);
    struct fm_problem *problem = FM_NEW(arena, 1, struct fm_problem);
    if (!services || !problem)
        return fm_out_of_memory(err);
    *services = fm_services_make(arena);
    *problem = model->problem; /* prepare may keep it */
    velocity->dim = model->dim;
    velocity->ops = c->loaded->plugin->network;
    FM_TRY(fm_model_prepare(c, services, problem, &velocity->form, err));
    return velocity->form.is_labelled
               ? fm_model_open_given(arena, model, c, services, velocity, err)
               : FM_OK;
}

static bool is_standard_normal(const struct fm_mixture *m)
{
    bool result = m && m->n_components == 1;
    for (size_t j = 0; result && j < m->dim; j++)
        result = m->means[j] == 0 && m->variances[j] == 1;
    return result;
}

/* Checks requirements of solvers and metrics that depend on the open data sets. */
static enum fm_status check_needs(struct fm_arena *arena, const struct fm_model *model,
                                  const struct fm_experiment *e, struct fm_error *err)
{
    for (size_t i = 0; i < e->n_methods; i++)
        if ((e->methods[i].ready.scheme.needs & FM_NEEDS_SCORE)
            && !is_standard_normal(model->source.set.mixture))
            return fm_model_blame(
                fm_fail(err, FM_ERROR_CONFIG,
                        "the solver \"%s\" needs the score, which follows from the "
                        "velocity only for source gaussian with mean 0 and sd 1",
                        e->methods[i].solver.loaded->plugin->name),
                &e->methods[i].solver, err);
    const struct {
        unsigned reference;
        const char *name;
        const struct fm_data *data;
        const struct fm_component *component;
    } densities[] = {
        {FM_REFERENCE_DENSITY, "source", &model->source, &e->source},
        {FM_REFERENCE_DATA_DENSITY, "data", &model->data, &e->data},
    };
    for (size_t i = 0; i < 2 * e->n_metrics; i++) {
        const struct fm_plugin *metric = e->metrics[i / 2].loaded->plugin;
        const struct fm_plugin *set = densities[i % 2].component->loaded->plugin;
        if (!fm_metric_needs(metric->metric, densities[i % 2].reference))
            continue;
        fm_call_begin(set->kind, set->name, "log_density");
        const bool has_density = fm_data_has_density(arena, densities[i % 2].data);
        fm_call_end();
        if (!has_density)
            return fm_model_blame(
                fm_fail(err, FM_ERROR_CONFIG,
                        "the metric \"%s\" needs the density of the %s, which \"%s\" "
                        "does not have with these options",
                        metric->name, densities[i % 2].name, set->name),
                &e->metrics[i / 2], err);
    }
    return FM_OK;
}

static enum fm_status open_exact(struct fm_arena *arena, const struct fm_experiment *e,
                                 struct fm_model *model, struct fm_error *err)
{
    struct fm_component c = e->exact;
    for (size_t i = 0; i < e->n_metrics && !c.node; i++)
        if (fm_metric_needs(e->metrics[i].loaded->plugin->metric, FM_REFERENCE_EXACT))
            c.node = e->metrics[i].node; /* the metric asked for it */
    return open_form(arena, model, &c, &model->exact, err);
}

/* Sets what the network predicts, unless that is the velocity. */
static enum fm_status set_prediction(struct fm_arena *arena, const struct fm_experiment *e,
                                     struct fm_velocity *velocity, struct fm_error *err)
{
    if (e->train.prediction == FM_PREDICTION_VELOCITY)
        return FM_OK;
    struct fm_prediction *p = FM_NEW(arena, 1, struct fm_prediction);
    if (!p)
        return fm_out_of_memory(err);
    const struct fm_plugin *path = e->path.loaded->plugin;
    fm_call_begin(path->kind, path->name, "coefficients");
    fm_prediction_init(p, (enum fm_prediction_kind)e->train.prediction, path->path,
                       e->path.options, e->train.singular_limit);
    fm_call_end();
    velocity->prediction = p;
    return FM_OK;
}

void fm_model_set_point(struct fm_model *model, const struct fm_experiment *e)
{
    const struct fm_component *from = &e->path, *to = &e->sample_path;
    const bool is_changed = to->loaded != NULL;
    model->sampled = model->problem;
    model->velocity.parameters = model->weights.blocks[e->sample.weights][e->average];
    if (is_changed) {
        model->sampled.path_context = to;
        fm_path_change_init(
            &model->change,
            (struct fm_affine_path){from->loaded->plugin->path, from->options},
            (struct fm_affine_path){to->loaded->plugin->path, to->options});
    }
    model->velocity.change = is_changed ? &model->change : NULL;
    model->exact.change = model->velocity.change;
}

/* Checks that a finite set has as many rows as the split asks for. */
static enum fm_status check_split(const struct fm_model *model,
                                  const struct fm_experiment *e, struct fm_error *err)
{
    const struct fm_split_options *s = &e->split;
    const int64_t asked = s->validation + s->test + (s->train > 0 ? s->train : 1),
                  n_rows = (int64_t)model->data.set.n_rows;
    if (n_rows == 0 || asked <= n_rows)
        return FM_OK;
    return fm_yaml_fail(err, e->split_node,
                        "train, validation and test need %lld rows, and the data has %lld",
                        (long long)asked, (long long)n_rows);
}

enum fm_status fm_model_split(struct fm_arena *arena, const struct fm_experiment *e,
                              uint64_t seed, struct fm_model *model, struct fm_error *err)
{
    const struct fm_data *data = &model->data;
    const size_t n_test = (size_t)e->split.test, n_validation = (size_t)e->split.validation,
                 n_kept = n_test + n_validation;
    size_t n_train = (size_t)e->split.train;
    if (n_train == 0 && n_kept > 0 && data->set.n_rows > 0)
        n_train = data->set.n_rows - n_kept;
    const size_t n_whole = data->set.n_rows > 0 ? data->set.n_rows : n_kept + n_train;
    model->train = model->validation = model->test = *data;
    if (n_train > 0) {
        FM_TRY(
            fm_data_take(arena, data, seed, n_whole, n_kept, n_train, &model->train, err));
        model->validation = model->test = model->train;
    }
    if (n_test > 0)
        FM_TRY(fm_data_take(arena, data, seed, n_whole, 0, n_test, &model->test, err));
    if (n_validation > 0)
        FM_TRY(fm_data_take(arena, data, seed, n_whole, n_test, n_validation,
                            &model->validation, err));
    return FM_OK;
}

/* A generated set loads no rows, so it is always opened whole: errors show early. */
static enum fm_status open_set(struct fm_arena *arena, const struct fm_component *c,
                               size_t dim, bool shape_only, struct fm_data *data,
                               struct fm_error *err)
{
    const struct fm_plugin *p = c->loaded->plugin;
    return fm_model_blame(
        fm_data_open(arena, p, c->options, dim, shape_only && !p->dataset->draw, data, err),
        c, err);
}

/* Reports a mistake in the graph with the network's name, at its place in the config. */
static enum fm_status compile_net(struct fm_arena *arena,
                                  const struct fm_sample_shape *shape,
                                  const struct fm_component *c, struct fm_net **net,
                                  struct fm_error *err)
{
    const struct fm_plugin *p = c->loaded->plugin;
    fm_call_begin(p->kind, p->name, "build");
    const enum fm_status status =
        fm_net_compile(arena, shape, p->network->build, c->options, net, err);
    fm_call_end();
    if (status != FM_OK && status != FM_ERROR_MEMORY) {
        char name[128];
        (void)snprintf(name, sizeof name, "network \"%s\"", p->name);
        fm_error_prefix(err, name);
    }
    return fm_model_blame(status, c, err);
}

static enum fm_status open_parts(struct fm_arena *arena, const struct fm_experiment *e,
                                 bool shape_only, struct fm_model *model,
                                 struct fm_error *err)
{
    *model = (struct fm_model){0};
    FM_TRY(open_set(arena, &e->data, 0, shape_only, &model->data, err));
    model->dim = model->data.set.dim;
    FM_TRY(open_set(arena, &e->source, model->dim, shape_only, &model->source, err));
    const struct fm_network_ops *network = e->network.loaded->plugin->network;
    model->problem = (struct fm_problem){
        .dim = model->dim,
        .source = model->source.set.mixture,
        .data = model->data.set.mixture,
        .is_independent = !e->coupling.loaded->plugin->coupling->pair && !e->parent,
        .path = e->path.loaded->plugin->path->coefficients ? path_at : NULL,
        .bridge = e->path.loaded->plugin->path->bridge ? bridge_at : NULL,
        .path_context = &e->path,
    };
    FM_TRY(check_split(model, e, err));
    FM_TRY(check_needs(arena, model, e, err));
    if (fm_experiment_needs(e, FM_REFERENCE_EXACT))
        FM_TRY(open_exact(arena, e, model, err));
    model->velocity = (struct fm_velocity){.dim = model->dim, .ops = network};
    if (network->build) {
        const struct fm_dataset *set = &model->data.set;
        const struct fm_sample_shape shape = {set->dim, set->height, set->width,
                                              set->channels, set->n_labels};
        FM_TRY(compile_net(arena, &shape, &e->network, &model->net, err));
        model->velocity.net = model->net;
        FM_TRY(set_prediction(arena, e, &model->velocity, err));
        return FM_OK;
    }
    return open_form(arena, model, &e->network, &model->velocity, err);
}

enum fm_status fm_model_open(struct fm_arena *arena, const struct fm_experiment *e,
                             bool shape_only, struct fm_model *model, struct fm_error *err)
{
    FM_TRY(open_parts(arena, e, shape_only, model, err));
    FM_TRY(fm_model_check_labels(model, e, err));
    fm_model_set_point(model, e);
    return FM_OK;
}
