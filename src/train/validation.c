#include <config.h>

#include "base/error.h"
#include "base/parallel.h"
#include "base/stream.h"
#include "host/coupling.h"
#include "train/parts.h"

#include <math.h>
#include <string.h>

/* No step of a training has this number. */
static struct fm_stream stream_of(const struct fm_train_spec *spec, uint32_t id)
{
    return (struct fm_stream){spec->seed, id, UINT32_MAX};
}

struct pairs {
    struct fm_arena arena;
    double *x0, *x1, *drawn0, *drawn1; /* [n][dim]: pairs, and what they come from */
    uint32_t *i0, *i1;                 /* [n] */
    uint32_t *drawn_label;             /* [n]: of drawn1; NULL: the network asks for none */
    uint32_t *label;                   /* [n]: of the pairs */
};

/* Pairs rows first .. first + n - 1 among themselves. */
static enum fm_status couple(const struct fm_train_spec *spec, struct pairs *p,
                             size_t first, size_t n, struct fm_error *err)
{
    const size_t dim = fm_net_dim(spec->net);
    const double *x0 = p->drawn0 + first * dim, *x1 = p->drawn1 + first * dim;
    const struct fm_coupling coupling =
        fm_coupling_make(spec->coupling, spec->coupling_options);
    struct fm_coupling_report unused;
    FM_TRY(fm_coupling_pair(&coupling, &p->arena, n, dim, x0, x1,
                            stream_of(spec, FM_STREAM_TRAIN_COUPLING), p->i0, p->i1,
                            &unused, err));
    for (size_t i = 0; p->label && i < n; i++)
        p->label[first + i] = p->drawn_label[first + p->i1[i]];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++) {
            p->x0[(first + i) * dim + j] = x0[p->i0[i] * dim + j];
            p->x1[(first + i) * dim + j] = x1[p->i1[i] * dim + j];
        }
    return FM_OK;
}

static enum fm_status draw_labels(const struct fm_train_spec *spec, size_t n,
                                  struct pairs *p, struct fm_error *err)
{
    p->drawn_label = FM_NEW(&p->arena, n, uint32_t);
    if (!p->drawn_label)
        return fm_out_of_memory(err);
    fm_data_labels(spec->validation ? spec->validation : spec->data,
                   stream_of(spec, FM_STREAM_TRAIN_DATA), n, 0, n, p->drawn_label);
    return FM_OK;
}

/* As training has them: coupled in batches, where the coupling wants these whole.  p->label is
 * there for labels, or NULL. */
static enum fm_status make_pairs(const struct fm_train_spec *spec, size_t n,
                                 struct pairs *p, struct fm_error *err)
{
    const size_t dim = fm_net_dim(spec->net), batch = (size_t)spec->options->batch;
    p->drawn0 = FM_NEW(&p->arena, n * dim, double);
    p->drawn1 = FM_NEW(&p->arena, n * dim, double);
    if (!p->drawn0 || !p->drawn1)
        return fm_out_of_memory(err);
    fm_data_rows(spec->validation_source ? spec->validation_source : spec->source,
                 stream_of(spec, fm_source_stream(spec)), n, 0, n, p->drawn0);
    fm_data_rows(spec->validation ? spec->validation : spec->data,
                 stream_of(spec, FM_STREAM_TRAIN_DATA), n, 0, n, p->drawn1);
    p->x0 = p->drawn0;
    p->x1 = p->drawn1;
    if (p->label)
        FM_TRY(draw_labels(spec, n, p, err));
    if (p->label && !spec->coupling->pair)
        memcpy(p->label, p->drawn_label, n * sizeof *p->label);
    if (!spec->coupling->pair)
        return FM_OK;
    p->x0 = FM_NEW(&p->arena, n * dim, double);
    p->x1 = FM_NEW(&p->arena, n * dim, double);
    p->i0 = FM_NEW(&p->arena, n, uint32_t);
    p->i1 = FM_NEW(&p->arena, n, uint32_t);
    if (!p->x0 || !p->x1 || !p->i0 || !p->i1)
        return fm_out_of_memory(err);
    for (size_t first = 0; first < n; first += batch)
        FM_TRY(couple(spec, p, first, n - first < batch ? n - first : batch, err));
    return FM_OK;
}

static enum fm_status take_rows(struct fm_validation *v, struct fm_arena *arena,
                                const struct fm_train_spec *spec, bool is_weighted,
                                struct fm_error *err)
{
    const size_t dim = fm_net_dim(spec->net);
    const bool has_labels = fm_net_n_labels(spec->net) > 0;
    v->label = has_labels ? FM_NEW(arena, v->n, uint32_t) : NULL;
    v->x = FM_NEW(arena, v->n * dim, fm_real);
    v->y = FM_NEW(arena, v->n * dim, double);
    v->t = FM_NEW(arena, v->n, double);
    v->block_sums = FM_NEW(arena, v->n_blocks, double);
    v->weight = is_weighted ? FM_NEW(arena, v->n, double) : NULL;
    if (!v->x || !v->y || !v->t || !v->block_sums || (is_weighted && !v->weight)
        || (has_labels && !v->label))
        return fm_out_of_memory(err);
    return FM_OK;
}

enum fm_status fm_validation_init(struct fm_arena *arena, const struct fm_train_spec *spec,
                                  const struct fm_prediction *prediction, bool is_weighted,
                                  struct fm_validation *v, struct fm_error *err)
{
    const size_t dim = fm_net_dim(spec->net), n = (size_t)spec->options->validate_rows;
    struct pairs p = {.arena = {0}};
    struct fm_train_options times = *spec->options;
    times.time = FM_TIME_STRATIFIED;
    times.batch = spec->options->validate_rows;
    *v = (struct fm_validation){.n = n, .block_rows = fm_net_block_rows(spec->net)};
    v->n_blocks = (n + v->block_rows - 1) / v->block_rows;
    v->loss = fm_loss_of(spec->options, dim, n);
    FM_TRY(take_rows(v, arena, spec, is_weighted, err));
    p.label = v->label;
    enum fm_status status = make_pairs(spec, n, &p, err);
    struct fm_targets b = {
        .x0 = p.x0,
        .x1 = p.x1,
        .t = v->t,
        .x = v->x,
        .y = v->y,
        .weight = v->weight,
        .xt = FM_NEW(&p.arena, dim, double),
        .asked = FM_NEW(&p.arena, n, double),
        .points = FM_NEW(&p.arena, n, struct fm_path_point),
        .factors = FM_NEW(&p.arena, n, struct fm_prediction_factors),
    };
    if (status == FM_OK && (!b.xt || !b.asked || !b.points || !b.factors))
        status = fm_out_of_memory(err);
    if (status == FM_OK) {
        fm_train_times(&times, stream_of(spec, FM_STREAM_TRAIN_TIME), 0, n, v->t);
        fm_targets_make(spec, prediction, stream_of(spec, FM_STREAM_TRAIN_PATH), 0, n, &b);
        if (v->label)
            fm_train_drop_labels(spec, stream_of(spec, FM_STREAM_TRAIN_LABEL), 0, n,
                                 v->label);
    }
    fm_arena_fini(&p.arena);
    return status;
}

struct pass {
    const struct fm_validation *v;
    const struct fm_net *net;
    const fm_real *weights;
    struct fm_net_workspace *const *workspaces;
};

static void block_loss(void *context, size_t block, size_t thread)
{
    const struct pass *p = context;
    const struct fm_validation *v = p->v;
    const size_t first = block * v->block_rows, dim = v->loss.dim;
    const size_t n = v->n - first < v->block_rows ? v->n - first : v->block_rows;
    const struct fm_net_input input = {.t = v->t + first,
                                       .x = v->x + first * dim,
                                       .label = v->label ? v->label + first : NULL};
    const fm_real *out =
        fm_net_forward(p->net, p->weights, p->workspaces[thread], n, &input);
    v->block_sums[block] =
        fm_loss_block(&v->loss, n, out, v->y + first * dim,
                      v->weight ? v->weight + first : NULL, v->t + first, NULL, NULL);
}

double fm_validation_loss(const struct fm_validation *v, const struct fm_net *net,
                          const fm_real *weights, size_t n_threads,
                          struct fm_net_workspace *const *workspaces)
{
    struct pass pass = {v, net, weights, workspaces};
    double sum = 0;
    fm_parallel_for(n_threads, v->n_blocks, block_loss, &pass);
    for (size_t i = 0; i < v->n_blocks; i++)
        sum += v->block_sums[i];
    return sum / v->loss.divisor;
}
