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
    b->t_next = FM_NEW(arena, rows, double);
    b->h = FM_NEW(arena, rows, double);
    b->stage_t = FM_NEW(arena, rows, double);
    b->row = FM_NEW(arena, rows, size_t);
    if (!b->x || !b->k || !b->stage || !b->next || !b->state || !b->t || !b->t_next || !b->h
        || !b->stage_t || !b->row)
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
        b->nfe[b->row[i]] = 0;
        if (solve->path_energy)
            solve->path_energy[b->row[i]] = 0;
    }
}

enum fm_status fm_block_check_stop(const struct fm_block *b, struct fm_error *err)
{
    const atomic_bool *stop = b->solve->stop;
    return stop && atomic_load_explicit(stop, memory_order_relaxed)
               ? fm_fail(err, FM_INTERRUPTED, "interrupted")
               : FM_OK;
}

bool fm_block_is_finite(const double *x, size_t n)
{
    double sum = 0; /* x - x is 0 for finite x, NaN otherwise */
    size_t i = 0;
    if (n >= 8) { /* eight sums, so that the compiler vectorises */
        double lanes[8] = {0};
        for (; i + 8 <= n; i += 8)
            for (size_t j = 0; j < 8; j++)
                lanes[j] += x[i + j] - x[i + j];
        for (size_t j = 0; j < 8; j++)
            sum += lanes[j];
    }
    for (; i < n; i++)
        sum += x[i] - x[i];
    return sum == 0;
}

void fm_block_add_energy(const struct fm_block *b, size_t i)
{
    double *energy = b->solve->path_energy, squares = 0;
    if (!energy)
        return;
    for (size_t j = i * b->dim; j < (i + 1) * b->dim; j++)
        squares += (b->next[j] - b->x[j]) * (b->next[j] - b->x[j]);
    energy[b->row[i]] += squares / (b->h[i] < 0 ? -b->h[i] : b->h[i]);
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
