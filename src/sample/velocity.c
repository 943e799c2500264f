#include <config.h>

#include "sample/velocity.h"

#include "base/error.h"
#include "base/random.h"
#include "sample/field.h"

#include <string.h>

size_t fm_velocity_block_rows(const struct fm_velocity *velocity)
{
    return fm_field_block_rows(velocity);
}

size_t fm_velocity_cost(const struct fm_velocity *velocity)
{
    return fm_field_n_evaluations(velocity);
}

bool fm_velocity_asks_labels(const struct fm_velocity *velocity)
{
    return velocity->net ? fm_net_n_labels(velocity->net) > 0 : velocity->given != NULL;
}

struct fm_velocity fm_velocity_guided(const struct fm_velocity *velocity,
                                      const struct fm_guidance *guidance)
{
    struct fm_velocity guided = *velocity;
    if (fm_velocity_asks_labels(velocity))
        guided.guidance = guidance;
    return guided;
}

static size_t x_dim(const struct fm_velocity *velocity)
{
    return velocity->dim - fm_divergence_n_sums(velocity->divergence);
}

/* What the divergence needs in addition to v. */
static enum fm_status divergence_workspace(struct fm_arena *arena,
                                           const struct fm_velocity *velocity,
                                           struct fm_velocity_workspace *w,
                                           struct fm_error *err)
{
    const size_t size = fm_velocity_block_rows(velocity) * x_dim(velocity);
    FM_ASSERT(velocity->net || velocity->ops->jvp);
    w->point = FM_NEW(arena, size, double);
    w->direction = FM_NEW(arena, size, double);
    w->derivative = FM_NEW(arena, size, double);
    w->dx = FM_NEW(arena, velocity->net ? size : 0, fm_real);
    return w->point && w->direction && w->derivative && w->dx ? FM_OK
                                                              : fm_out_of_memory(err);
}

static enum fm_status change_workspace(struct fm_arena *arena,
                                       const struct fm_velocity *velocity,
                                       struct fm_velocity_workspace *w,
                                       struct fm_error *err)
{
    const size_t rows = fm_velocity_block_rows(velocity);
    w->places = FM_NEW(arena, rows, struct fm_path_place);
    w->t = FM_NEW(arena, rows, double);
    w->scaled = FM_NEW(arena, rows * x_dim(velocity), double);
    return w->places && w->t && w->scaled ? FM_OK : fm_out_of_memory(err);
}

static enum fm_status prediction_workspace(struct fm_arena *arena,
                                           const struct fm_velocity *velocity,
                                           struct fm_velocity_workspace *w,
                                           struct fm_error *err)
{
    const size_t rows = fm_velocity_block_rows(velocity);
    w->network_t = FM_NEW(arena, rows, double);
    w->points = FM_NEW(arena, rows, struct fm_path_point);
    w->factors = FM_NEW(arena, rows, struct fm_prediction_factors);
    return w->network_t && w->points && w->factors ? FM_OK : fm_out_of_memory(err);
}

enum fm_status fm_velocity_workspace(struct fm_arena *arena,
                                     const struct fm_velocity *velocity,
                                     struct fm_velocity_workspace *workspace,
                                     struct fm_error *err)
{
    *workspace = (struct fm_velocity_workspace){0};
    if (velocity->change)
        FM_TRY(change_workspace(arena, velocity, workspace, err));
    if (velocity->divergence)
        FM_TRY(divergence_workspace(arena, velocity, workspace, err));
    if (velocity->prediction)
        FM_TRY(prediction_workspace(arena, velocity, workspace, err));
    return fm_field_workspace(arena, velocity, x_dim(velocity), workspace, err);
}

/* ---- v ---- */

/* to = of_x from + of_y to for n rows; rows of `to` are `width` apart. */
static void convert(const struct fm_velocity_workspace *w, size_t n, size_t dim,
                    size_t width, const double *from, double *to)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++)
            to[i * width + j] = w->factors[i].of_x * from[i * dim + j]
                                + w->factors[i].of_y * to[i * width + j];
}

/* v on the training path; a net's rows are `width` apart in v, a closed form's dim. */
static enum fm_status evaluate_trained(const struct fm_velocity *velocity,
                                       struct fm_velocity_workspace *w,
                                       const struct fm_field_rows *rows, size_t width,
                                       double *v, struct fm_error *err)
{
    if (!velocity->prediction)
        return fm_field_evaluate(velocity, w, rows, width, v, err);
    struct fm_field_rows at = *rows;
    fm_prediction_factors(velocity->prediction, rows->n, rows->t, w->network_t, w->points,
                          w->factors);
    at.t = w->network_t;
    FM_TRY(fm_field_evaluate(velocity, w, &at, width, v, err));
    convert(w, rows->n, rows->dim, width, rows->x, v);
    return FM_OK;
}

/* Where rows at t and x are on the training path: w->places, w->t and w->scaled. */
static void map_to_training_path(const struct fm_velocity *velocity,
                                 struct fm_velocity_workspace *w, size_t n, size_t dim,
                                 const double *t, const double *x)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && t[i] == t[i - 1])
            w->places[i] = w->places[i - 1];
        else
            fm_path_change_at(velocity->change, t[i], &w->places[i]);
        w->t[i] = w->places[i].t;
        for (size_t j = i * dim; j < (i + 1) * dim; j++)
            w->scaled[j] = w->places[i].scale * x[j];
    }
}

static enum fm_status evaluate(const struct fm_velocity *velocity,
                               struct fm_velocity_workspace *w,
                               const struct fm_field_rows *rows, size_t width, double *v,
                               struct fm_error *err)
{
    const size_t n = rows->n, dim = rows->dim, stride = velocity->net ? width : dim;
    struct fm_field_rows mapped = *rows;
    if (!velocity->change)
        return evaluate_trained(velocity, w, rows, width, v, err);
    map_to_training_path(velocity, w, n, dim, rows->t, rows->x);
    mapped.t = w->t;
    mapped.x = w->scaled;
    FM_TRY(evaluate_trained(velocity, w, &mapped, width, v, err));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++) {
            double *u = v + i * stride + j;
            *u = w->places[i].x_weight * rows->x[i * dim + j] + w->places[i].v_weight * *u;
        }
    return FM_OK;
}

/* ---- its divergence ---- */

size_t fm_divergence_n_sums(const struct fm_divergence *divergence)
{
    if (!divergence)
        return 0;
    return divergence->kind == FM_DIVERGENCE_EXACT ? 1 : divergence->n_probes;
}

size_t fm_divergence_n_directions(const struct fm_divergence *divergence, size_t dim)
{
    return divergence->kind == FM_DIVERGENCE_EXACT ? dim : divergence->n_probes;
}

void fm_divergence_probe(const struct fm_divergence *divergence, size_t probe, size_t row,
                         size_t dim, double *e)
{
    const struct fm_stream stream = {divergence->noise.seed, divergence->noise.stream,
                                     (uint32_t)probe};
    if (divergence->kind == FM_DIVERGENCE_GAUSSIAN) {
        fm_normals(stream, 0, row, 1, dim, e);
        return;
    }
    struct fm_rng r = fm_rng_at(stream, row);
    uint32_t signs = 0;
    for (size_t j = 0; j < dim; j++, signs >>= 1) {
        if (j % 32 == 0)
            signs = fm_rng_bits(&r);
        e[j] = signs & 1 ? 1 : -1;
    }
}

/* w->derivative = (dv/dx) w->direction, at the rows evaluated last. */
static enum fm_status differentiate(const struct fm_velocity *velocity,
                                    struct fm_velocity_workspace *w,
                                    const struct fm_field_rows *rows, struct fm_error *err)
{
    const size_t n = rows->n, dim = rows->dim;
    struct fm_field_rows at = *rows;
    if (velocity->change) {
        at.t = w->t;
        at.x = w->scaled;
    }
    FM_TRY(fm_field_jvp(velocity, w, &at, w->direction, w->derivative, err));
    if (velocity->prediction)
        convert(w, n, dim, dim, w->direction, w->derivative);
    for (size_t i = 0; velocity->change && i < n; i++) {
        const struct fm_path_place *p = &w->places[i];
        for (size_t j = i * dim; j < (i + 1) * dim; j++)
            w->derivative[j] =
                p->x_weight * w->direction[j] + p->v_weight * p->scale * w->derivative[j];
    }
    return FM_OK;
}

/* sum[i] = sum_j d v_j / d x_j; rows of sum are `width` apart. */
static enum fm_status exact_divergence(const struct fm_velocity *velocity,
                                       struct fm_velocity_workspace *w,
                                       const struct fm_field_rows *rows, double *sum,
                                       struct fm_error *err)
{
    const size_t n = rows->n, dim = rows->dim, width = velocity->dim;
    memset(w->direction, 0, n * dim * sizeof *w->direction);
    for (size_t i = 0; i < n; i++)
        sum[i * width] = 0;
    for (size_t j = 0; j < dim; j++) {
        for (size_t i = 0; i < n; i++)
            w->direction[i * dim + j] = 1;
        FM_TRY(differentiate(velocity, w, rows, err));
        for (size_t i = 0; i < n; i++) {
            sum[i * width] += w->derivative[i * dim + j];
            w->direction[i * dim + j] = 0;
        }
    }
    return FM_OK;
}

/* sum[i][k] = e . (dv/dx) e, e being probe k of row[i]. */
static enum fm_status estimate_divergence(const struct fm_velocity *velocity,
                                          struct fm_velocity_workspace *w,
                                          const struct fm_field_rows *rows, double *sum,
                                          struct fm_error *err)
{
    const struct fm_divergence *d = velocity->divergence;
    const size_t n = rows->n, dim = rows->dim, width = velocity->dim;
    for (size_t k = 0; k < d->n_probes; k++) {
        for (size_t i = 0; i < n; i++)
            fm_divergence_probe(d, k, rows->row[i], dim, w->direction + i * dim);
        FM_TRY(differentiate(velocity, w, rows, err));
        for (size_t i = 0; i < n; i++) {
            double product = 0;
            for (size_t j = i * dim; j < (i + 1) * dim; j++)
                product += w->direction[j] * w->derivative[j];
            sum[i * width + k] = product;
        }
    }
    return FM_OK;
}

enum fm_status fm_velocity_evaluate(const struct fm_velocity *velocity,
                                    struct fm_velocity_workspace *workspace, size_t n,
                                    const size_t *row, const double *t, const double *x,
                                    double *v, struct fm_error *err)
{
    const size_t width = velocity->dim, dim = x_dim(velocity);
    struct fm_velocity_workspace *w = workspace;
    struct fm_field_rows rows = {n, dim, row, t, x};
    if (!velocity->divergence)
        return evaluate(velocity, w, &rows, dim, v, err);
    for (size_t i = 0; i < n; i++)
        memcpy(w->point + i * dim, x + i * width, dim * sizeof *x);
    rows.x = w->point;
    double *compact =
        velocity->net ? v : w->derivative; /* a closed form writes rows without gaps */
    FM_TRY(evaluate(velocity, w, &rows, width, compact, err));
    for (size_t i = 0; i < n && !velocity->net; i++)
        memcpy(v + i * width, compact + i * dim, dim * sizeof *v);
    if (velocity->divergence->kind == FM_DIVERGENCE_EXACT)
        return exact_divergence(velocity, w, &rows, v + dim, err);
    return estimate_divergence(velocity, w, &rows, v + dim, err);
}
