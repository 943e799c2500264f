#include <config.h>

#include "train/validation.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/stream.h"
#include "host/coupling.h"
#include "train/labels.h"
#include "train/targets.h"
#include "train/times.h"

#include <math.h>
#include <string.h>

/* The step number that no training has. */
static struct fm_stream stream_of(const struct fm_train_spec *spec, uint32_t id)
{
    return (struct fm_stream){spec->seed, id, UINT32_MAX};
}

struct pairs {
    struct fm_arena arena;
    size_t n;                /* rows drawn */
    double *drawn0, *drawn1; /* [n][dim] */
    uint32_t *drawn_label;   /* [n]: of drawn1; NULL: no labels */
    uint32_t *i0, *i1;       /* [n]: indices of the pairs; NULL: row i with row i */
};

/* Pairs the rows in groups as large as training's.  The last group is whole, too: pairs
 * of a smaller group would be others. */
static enum fm_status couple(const struct fm_train_spec *spec,
                             const struct fm_coupling *coupling, size_t group,
                             struct pairs *p, struct fm_error *err)
{
    const size_t dim = fm_net_dim(spec->net);
    struct fm_arena scratch = {0};
    struct fm_coupling_report unused;
    enum fm_status status = FM_OK;
    for (size_t first = 0; status == FM_OK && first < p->n; first += group) {
        struct fm_coupling_batch batch = {.n = group,
                                          .dim = dim,
                                          .x0 = p->drawn0 + first * dim,
                                          .x1 = p->drawn1 + first * dim,
                                          .noise =
                                              stream_of(spec, FM_STREAM_TRAIN_COUPLING),
                                          .i0 = p->i0 + first,
                                          .i1 = p->i1 + first};
        batch.noise.step -= (uint32_t)(first / group);
        status = fm_coupling_pair(coupling, &scratch, &batch, &unused, err);
        for (size_t i = first; status == FM_OK && i < first + group; i++) {
            p->i0[i] += (uint32_t)first;
            p->i1[i] += (uint32_t)first;
        }
        fm_arena_reset(&scratch);
    }
    fm_arena_fini(&scratch);
    return status;
}

/* Draws n rows, rounded up to whole groups, and pairs them as training does. */
static enum fm_status make_pairs(const struct fm_train_spec *spec, size_t n,
                                 struct pairs *p, struct fm_error *err)
{
    const size_t dim = fm_net_dim(spec->net);
    const struct fm_coupling coupling =
        fm_coupling_make(spec->coupling, spec->coupling_options);
    const size_t group =
        spec->coupling->pair ? coupling.scheme.batches * (size_t)spec->options->batch : 1;
    const struct fm_data *data = spec->validation ? spec->validation : spec->data;
    struct fm_stream from = {spec->seed, FM_STREAM_VALIDATION_SOURCE, 0},
                     to = {spec->seed, FM_STREAM_VALIDATION_DATA, 0};
    if (spec->is_paired)
        from = to;
    p->n = (n + group - 1) / group * group;
    p->drawn0 = FM_NEW(&p->arena, p->n * dim, double);
    p->drawn1 = FM_NEW(&p->arena, p->n * dim, double);
    if (fm_net_n_labels(spec->net) > 0)
        p->drawn_label = FM_NEW(&p->arena, p->n, uint32_t);
    if (!p->drawn0 || !p->drawn1 || (fm_net_n_labels(spec->net) > 0 && !p->drawn_label))
        return fm_out_of_memory(err);
    fm_data_rows(spec->validation_source ? spec->validation_source : spec->source, from,
                 p->n, 0, p->n, p->drawn0);
    fm_data_rows(data, to, p->n, 0, p->n, p->drawn1);
    if (p->drawn_label)
        fm_data_labels(data, to, p->n, 0, p->n, p->drawn_label);
    if (!spec->coupling->pair)
        return FM_OK;
    p->i0 = FM_NEW(&p->arena, p->n, uint32_t);
    p->i1 = FM_NEW(&p->arena, p->n, uint32_t);
    return p->i0 && p->i1 ? couple(spec, &coupling, group, p, err) : fm_out_of_memory(err);
}

/* Copies the first n pairs to x0, x1: [n][dim], and label: [n] or NULL. */
static void copy_pairs(const struct pairs *p, size_t n, size_t dim, double *x0, double *x1,
                       uint32_t *label)
{
    for (size_t i = 0; i < n; i++) {
        const size_t k0 = p->i0 ? p->i0[i] : i, k1 = p->i1 ? p->i1[i] : i;
        memcpy(x0 + i * dim, p->drawn0 + k0 * dim, dim * sizeof *x0);
        memcpy(x1 + i * dim, p->drawn1 + k1 * dim, dim * sizeof *x1);
        if (label)
            label[i] = p->drawn_label[k1];
    }
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
    enum fm_status status = make_pairs(spec, n, &p, err);
    double *x0 = FM_NEW(&p.arena, n * dim, double), *x1 = FM_NEW(&p.arena, n * dim, double);
    struct fm_targets b = {
        .x0 = x0,
        .x1 = x1,
        .t = v->t,
        .x = v->x,
        .y = v->y,
        .weight = v->weight,
        .xt = FM_NEW(&p.arena, dim, double),
        .network_t = FM_NEW(&p.arena, n, double),
        .points = FM_NEW(&p.arena, n, struct fm_path_point),
        .factors = FM_NEW(&p.arena, n, struct fm_prediction_factors),
    };
    if (status == FM_OK && (!x0 || !x1 || !b.xt || !b.network_t || !b.points || !b.factors))
        status = fm_out_of_memory(err);
    if (status == FM_OK) {
        copy_pairs(&p, n, dim, x0, x1, v->label);
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
