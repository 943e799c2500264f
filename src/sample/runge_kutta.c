#include <config.h>

#include "sample/runge_kutta.h"

#include <string.h>

/* out += sum of 1 to 4 terms w_j k_j; is_first: out = that sum. */
static void add_stages(size_t size, size_t n, const double *weights,
                       const double *const *stages, bool is_first, double *restrict out)
{
    const double w0 = weights[0], w1 = n > 1 ? weights[1] : 0, w2 = n > 2 ? weights[2] : 0,
                 w3 = n > 3 ? weights[3] : 0;
    const double *k0 = stages[0], *k1 = stages[n > 1], *k2 = stages[n > 2 ? 2 : 0],
                 *k3 = stages[n > 3 ? 3 : 0];
    if (is_first)
        memset(out, 0, size * sizeof *out);
    switch (n) {
    case 1:
        for (size_t i = 0; i < size; i++)
            out[i] += w0 * k0[i];
        return;
    case 2:
        for (size_t i = 0; i < size; i++)
            out[i] = out[i] + w0 * k0[i] + w1 * k1[i];
        return;
    case 3:
        for (size_t i = 0; i < size; i++)
            out[i] = out[i] + w0 * k0[i] + w1 * k1[i] + w2 * k2[i];
        return;
    default:
        for (size_t i = 0; i < size; i++)
            out[i] = out[i] + w0 * k0[i] + w1 * k1[i] + w2 * k2[i] + w3 * k3[i];
    }
}

void fm_runge_kutta_combine(const struct fm_block *b, size_t n, const double *weights,
                            size_t n_terms, double *out)
{
    const size_t size = n * b->dim;
    const double *stages[4];
    double w[4];
    size_t n_together = 0;
    bool is_first = true;
    for (size_t j = 0; j < n_terms; j++) {
        if (weights[j] != 0) {
            stages[n_together] = fm_block_stage(b, j);
            w[n_together++] = weights[j];
        }
        if (n_together == 4 || (n_together > 0 && j + 1 == n_terms)) {
            add_stages(size, n_together, w, stages, is_first, out);
            is_first = false;
            n_together = 0;
        }
    }
    if (is_first)
        memset(out, 0, size * sizeof *out);
    const double *restrict x = b->x;
    if (b->dim == 2) /* unrolled: most experiments are in the plane */
        for (size_t i = 0; i < n; i++) {
            out[2 * i] = x[2 * i] + b->h[i] * out[2 * i];
            out[2 * i + 1] = x[2 * i + 1] + b->h[i] * out[2 * i + 1];
        }
    else
        for (size_t i = 0; i < n; i++)
            for (size_t j = i * b->dim; j < (i + 1) * b->dim; j++)
                out[j] = x[j] + b->h[i] * out[j];
}

enum fm_status fm_runge_kutta_step(struct fm_block *b, size_t n, size_t first,
                                   size_t n_stages, struct fm_error *err)
{
    const struct fm_tableau *tableau = b->solve->solver->scheme.tableau;
    for (size_t s = first; s < n_stages; s++) {
        const double c = tableau->c[s];
        for (size_t i = 0; i < n; i++)
            b->stage_t[i] = c == 1 ? b->t_next[i] : b->t[i] + c * b->h[i];
        if (s > 0)
            fm_runge_kutta_combine(b, n, tableau->a + s * tableau->n_stages, s, b->stage);
        FM_TRY(fm_block_velocity(b, n, b->stage_t, s == 0 ? b->x : b->stage,
                                 fm_block_stage(b, s), err));
    }
    fm_runge_kutta_combine(b, n, tableau->b, n_stages, b->next);
    return FM_OK;
}

bool fm_runge_kutta_reuse_last_stage(struct fm_block *b, size_t first, size_t n)
{
    const struct fm_tableau *tableau = b->solve->solver->scheme.tableau;
    if (tableau->is_fsal)
        memcpy(fm_block_stage(b, 0) + first * b->dim,
               fm_block_stage(b, tableau->n_stages - 1) + first * b->dim,
               n * b->dim * sizeof *b->k);
    return tableau->is_fsal;
}
