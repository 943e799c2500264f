#include <config.h>

#include "run/model.h"

#include "base/error.h"

static void path_at(const struct fm_problem *problem, double t, struct fm_path_point *point)
{
    const struct fm_component *path = problem->path_context;
    path->loaded->plugin->path->coefficients(path->options, 1, &t, point);
}

/* Errors of plugins get the place in the config that asked for them. */
static enum fm_status blame(enum fm_status status, const struct fm_component *c,
                            struct fm_error *err)
{
    if (status == FM_OK || !c->node || status == FM_ERROR_MEMORY)
        return status;
    struct fm_error why = *err;
    (void)fm_yaml_fail(err, c->node, "%s", why.message);
    err->status = status;
    return status;
}

enum fm_status fm_model_open(struct fm_arena *arena, const struct fm_experiment *e,
                             bool shape_only, struct fm_model *model, struct fm_error *err)
{
    *model = (struct fm_model){0};
    FM_TRY(blame(fm_data_open(arena, e->data.loaded->plugin, e->data.options, 0, shape_only,
                              &model->data, err),
                 &e->data, err));
    model->dim = model->data.set.dim;
    FM_TRY(blame(fm_data_open(arena, e->source.loaded->plugin, e->source.options,
                              model->dim, shape_only, &model->source, err),
                 &e->source, err));
    const struct fm_network_ops *network = e->network.loaded->plugin->network;
    model->problem = (struct fm_problem){
        .dim = model->dim,
        .source = model->source.set.mixture,
        .data = model->data.set.mixture,
        .is_independent = !e->coupling.loaded->plugin->coupling->pair,
        .path = e->path.loaded->plugin->path->coefficients ? path_at : NULL,
        .path_context = &e->path,
    };
    model->velocity = (struct fm_velocity){.dim = model->dim, .ops = network};
    if (network->build) {
        const struct fm_dataset *set = &model->data.set;
        const struct fm_sample_shape shape = {set->dim, set->height, set->width,
                                              set->channels};
        FM_TRY(blame(fm_net_compile(arena, &shape, network->build, e->network.options,
                                    &model->net, err),
                     &e->network, err));
        model->velocity.net = model->net;
        if (fm_net_n_labels(model->net) > 0)
            return blame(fm_fail(err, FM_ERROR_CONFIG,
                                 "the network asks for labels of rows, and no data set "
                                 "gives any"),
                         &e->network, err);
        return FM_OK;
    }
    struct fm_services *services = FM_NEW(arena, 1, struct fm_services);
    struct fm_problem *problem = FM_NEW(arena, 1, struct fm_problem);
    if (!services || !problem)
        return fm_out_of_memory(err);
    *services = fm_services_make(arena);
    *problem = model->problem; /* prepare may keep it */
    return blame(
        network->prepare(e->network.options, services, problem, &model->velocity.form, err),
        &e->network, err);
}
