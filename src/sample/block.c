#include <config.h>

#include "sample/block.h"

#include "base/error.h"

#include <string.h>

enum fm_status fm_block_init(struct fm_block *b, const struct fm_solve *solve,
                             struct fm_arena *arena, struct fm_error *err)
{
    const struct fm_scheme *scheme = &solve->solver->scheme;
    const struct fm_control *c = &solve->control;
    size_t rows = fm_velocity_block_rows(solve->velocity),
           size = rows * solve->velocity->dim;
    *b = (struct fm_block){.solve = solve, .dim = solve->velocity->dim, .n_rows = rows};
    b->t_from = c->n_steps > 0 ? c->times[0] : c->t_from;
    b->t_to = c->n_steps > 0 ? c->times[c->n_steps] : c->t_to;
    b->direction = b->t_to < b->t_from ? -1 : 1;
    b->x = FM_NEW(arena, size, double);
    b->k = FM_NEW(arena, size * (scheme->tableau ? scheme->tableau->n_stages : 1), double);
    b->stage = FM_NEW(arena, size, double);
    b->next = FM_NEW(arena, size, double);
    b->state = FM_NEW(arena, size * scheme->n_state, double);
    b->t = FM_NEW(arena, rows, double);
    b->h = FM_NEW(arena, rows, double);
    b->stage_t = FM_NEW(arena, rows, double);
    b->e1 = FM_NEW(arena, rows, double);
    b->e2 = FM_NEW(arena, rows, double);
    b->row = FM_NEW(arena, rows, size_t);
    b->has_k1 = FM_NEW(arena, rows, bool);
    b->was_rejected = FM_NEW(arena, rows, bool);
    if (!b->x || !b->k || !b->stage || !b->next || !b->state || !b->t || !b->h
        || !b->stage_t || !b->e1 || !b->e2 || !b->row || !b->has_k1 || !b->was_rejected)
        return fm_out_of_memory(err);
    return FM_OK;
}

void fm_block_start(struct fm_block *b, size_t index)
{
    const struct fm_solve *solve = b->solve;
    b->first_row = index * b->n_rows;
    b->n = solve->n - b->first_row < b->n_rows ? solve->n - b->first_row : b->n_rows;
    memcpy(b->x, solve->x0 + b->first_row * b->dim, b->n * b->dim * sizeof *b->x);
    memset(b->state, 0,
           b->n_rows * b->dim * solve->solver->scheme.n_state * sizeof *b->state);
    for (size_t i = 0; i < b->n; i++) {
        b->t[i] = b->t_from;
        b->row[i] = b->first_row + i;
        b->e1[i] = b->e2[i] = 1;
        b->has_k1[i] = b->was_rejected[i] = false;
        b->nfe[b->row[i]] = 0;
        if (solve->path_energy)
            solve->path_energy[b->row[i]] = 0;
    }
}

bool fm_row_is_finite(const double *row, size_t dim)
{
    double sum = 0; /* x - x is 0 for finite x, NaN otherwise */
    for (size_t j = 0; j < dim; j++)
        sum += row[j] - row[j];
    return sum == 0;
}

enum fm_status fm_block_velocity(struct fm_block *b, size_t n, const double *t,
                                 const double *x, double *v, struct fm_error *err)
{
    FM_TRY(fm_velocity_evaluate(b->solve->velocity, &b->velocity, n, b->row, t, x, v, err));
    const size_t cost = fm_velocity_cost(b->solve->velocity);
    for (size_t i = 0; i < n; i++)
        b->nfe[b->row[i]] += cost;
    return FM_OK;
}

/* out += sum over up to four j of w_j k_j, or = when is_first. */
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

void fm_block_combine(const struct fm_block *b, size_t n, const double *weights,
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
    if (b->dim == 2) /* the plane is what most experiments are about */
        for (size_t i = 0; i < n; i++) {
            out[2 * i] = x[2 * i] + b->h[i] * out[2 * i];
            out[2 * i + 1] = x[2 * i + 1] + b->h[i] * out[2 * i + 1];
        }
    else
        for (size_t i = 0; i < n; i++)
            for (size_t j = i * b->dim; j < (i + 1) * b->dim; j++)
                out[j] = x[j] + b->h[i] * out[j];
}
