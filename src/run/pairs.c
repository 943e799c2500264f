#include <config.h>

#include "run/pairs.h"

#include "base/error.h"
#include "base/stream.h"
#include "host/coupling.h"
#include "run/checkpoint.h"
#include "run/solve_settings.h"

#include <math.h>
#include <string.h>

/* Opens the parent for sampling, with the weights of its run with the same seed.  Its data
 * are not loaded. */
static enum fm_status open_parent(struct fm_worker *w, struct fm_model *parent,
                                  struct fm_error *err)
{
    const struct fm_experiment *e = w->experiment->parent;
    const char *key = w->task->run->parent_key;
    FM_TRY(fm_model_open(&w->arena, e, true, parent, err));
    if (parent->dim != w->model.dim)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "the parent's data have dimension %zu, these have %zu", parent->dim,
                       w->model.dim);
    if (!parent->net)
        return FM_OK;
    if (fm_net_n_labels(parent->net) > 0)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "the parent's network takes labels, which its pairs would lose");
    const char *path =
        fm_path_join(&w->arena, w->task->parent_folder, "weights.safetensors");
    if (!path)
        return fm_out_of_memory(err);
    FM_TRY(fm_weights_read(&w->arena, path, key, parent->net, &e->train, &parent->weights,
                           err));
    fm_model_set_point(parent, e);
    return FM_OK;
}

static enum fm_status solve(struct fm_worker *w, const struct fm_model *parent, double rtol,
                            size_t n, const double *x0, double *x1,
                            struct fm_solve_result *result, struct fm_error *err)
{
    const struct fm_experiment *e = w->experiment->parent;
    const struct fm_reference_options tolerance = {
        .rtol = rtol, .atol = rtol, .max_evaluations = e->reference.max_evaluations};
    uint64_t *nfe = FM_NEW(&w->arena, n, uint64_t);
    if (!nfe)
        return fm_out_of_memory(err);
    const struct fm_solve solve = {
        .velocity = &parent->velocity,
        .solver = &e->reference_ready,
        .control = fm_reference_control(&tolerance, 1, 1),
        .n_threads = w->n_threads,
        .n = n,
        .x0 = x0,
        .x1 = x1,
        .nfe = nfe,
        .stop = w->stop,
    };
    FM_TRY(fm_integrate(&solve, result, err));
    if (result->n_failed > 0)
        return fm_fail(
            err, FM_ERROR_DIVERGED,
            "the parent's flow failed: %zu of %zu rows %s; a larger coupling.rtol "
            "may help",
            result->n_failed, n, fm_row_failure_text(result->first_failure));
    return FM_OK;
}

static enum fm_status send_event(struct fm_worker *w, size_t n, const double *x0,
                                 const double *x1, const struct fm_solve_result *result,
                                 struct fm_error *err)
{
    struct fm_record r = {.type = FM_RECORD_EVENT};
    double squares = 0;
    for (size_t i = 0; i < n * w->model.dim; i++)
        squares += (x1[i] - x0[i]) * (x1[i] - x0[i]);
    r.u.event.level = FM_EVENT_INFO;
    (void)snprintf(r.u.event.text, sizeof r.u.event.text,
                   "%zu pairs by the flow of %.500s: %.1f evaluations a row, %.2f s, mean "
                   "|x0 - x1|^2 %.6g",
                   n, w->experiment->parent->name, result->nfe_mean, result->seconds,
                   squares / (double)n);
    return fm_worker_put(w, &r, err);
}

/* n rows in memory as a data set. */
static struct fm_data rows_of(const struct fm_model *model, double *rows, size_t n)
{
    return (struct fm_data){.ops = model->source.ops,
                            .options = model->source.options,
                            .set = {.dim = model->dim},
                            .part = {.n = n, .own = rows}};
}

enum fm_status fm_flow_pairs_make(struct fm_worker *w, struct fm_flow_pairs *pairs,
                                  struct fm_error *err)
{
    const struct fm_experiment *e = w->experiment;
    const struct fm_coupling_scheme scheme =
        fm_coupling_open(e->coupling.loaded->plugin, e->coupling.options).scheme;
    const size_t n_kept = e->train.validate_every > 0 ? (size_t)e->train.validate_rows : 0;
    const size_t n_train = scheme.n_pairs, n = n_train + n_kept, dim = w->model.dim;
    struct fm_model *parent = FM_NEW(&w->arena, 1, struct fm_model);
    double *x0 = FM_NEW(&w->arena, n * dim, double),
           *x1 = FM_NEW(&w->arena, n * dim, double);
    struct fm_solve_result result;
    if (!parent || !x0 || !x1)
        return fm_out_of_memory(err);
    FM_TRY(open_parent(w, parent, err));
    fm_data_rows(&w->model.source,
                 (struct fm_stream){w->task->run->seed, FM_STREAM_PAIRS, 0}, n, 0, n, x0);
    FM_TRY(solve(w, parent, scheme.rtol, n, x0, x1, &result, err));
    *pairs = (struct fm_flow_pairs){
        .source = rows_of(&w->model, x0, n_train),
        .data = rows_of(&w->model, x1, n_train),
        .validation_source = rows_of(&w->model, x0 + n_train * dim, n_kept),
        .validation = rows_of(&w->model, x1 + n_train * dim, n_kept),
    };
    return send_event(w, n, x0, x1, &result, err);
}
