#include <config.h>

#include "train/targets.h"

#include <string.h>

static void draw(const struct fm_train_spec *spec, struct fm_stream noise, size_t first,
                 size_t n, size_t dim, const struct fm_targets *b)
{
    for (size_t i = 0; i < n; i++) {
        struct fm_rng z = fm_rng_at(noise, first + i);
        spec->path->draw(spec->path_options, dim, b->t[i], b->x0 + i * dim, b->x1 + i * dim,
                         &z, b->xt, b->y + i * dim);
        for (size_t j = 0; j < dim; j++)
            b->x[i * dim + j] = (fm_real)b->xt[j];
    }
}

void fm_targets_make(const struct fm_train_spec *spec, const struct fm_prediction *p,
                     struct fm_stream noise, size_t first, size_t n,
                     const struct fm_targets *b)
{
    const size_t dim = fm_net_dim(spec->net);
    if (spec->path->draw) {
        draw(spec, noise, first, n, dim, b);
        return;
    }
    spec->path->coefficients(spec->path_options, n, b->t, b->points);
    for (size_t i = 0; i < n; i++) {
        const struct fm_path_point q = b->points[i];
        for (size_t j = i * dim; j < (i + 1) * dim; j++)
            b->x[j] = (fm_real)(q.alpha * b->x1[j] + q.sigma * b->x0[j]);
        for (size_t j = i * dim; p->kind == FM_PREDICTION_VELOCITY && j < (i + 1) * dim;
             j++)
            b->y[j] = q.d_alpha * b->x1[j] + q.d_sigma * b->x0[j];
    }
    if (p->kind == FM_PREDICTION_VELOCITY)
        return;
    memcpy(b->y, p->kind == FM_PREDICTION_X1 ? b->x1 : b->x0, n * dim * sizeof *b->y);
    if (!b->weight)
        return;
    fm_prediction_factors(p, n, b->t, b->network_t, b->points, b->factors);
    for (size_t i = 0; i < n; i++)
        b->weight[i] = b->factors[i].of_y * b->factors[i].of_y;
}
