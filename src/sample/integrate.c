#include <config.h>

#include "sample/integrate.h"

#include "base/error.h"
#include "base/parallel.h"
#include "sample/block.h"

#include <math.h>
#include <string.h>

const char *fm_row_failure_text(enum fm_row_failure failure)
{
    switch (failure) {
    case FM_ROW_FINE:
        return "fine";
    case FM_ROW_NOT_FINITE:
        return "stopped being finite";
    case FM_ROW_STEP_UNDERFLOW:
        return "needed steps below rounding error";
    case FM_ROW_TOO_LONG:
        return "needed more than max_evaluations evaluations";
    }
    return "?";
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
    FM_TRY(fm_velocity_evaluate(b->solve->velocity, &b->velocity, n, t, x, v, err));
    for (size_t i = 0; i < n; i++)
        b->nfe[b->row[i]]++;
    return FM_OK;
}

void fm_block_combine(const struct fm_block *b, size_t n, const double *weights,
                      size_t n_terms, double *out)
{
    size_t size = n * b->dim;
    memset(out, 0, size * sizeof *out);
    for (size_t j = 0; j < n_terms; j++) {
        const double *restrict k = fm_block_stage(b, j);
        double w = weights[j];
        if (w != 0)
            for (size_t i = 0; i < size; i++)
                out[i] += w * k[i];
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = i * b->dim; j < (i + 1) * b->dim; j++)
            out[j] = b->x[j] + b->h[i] * out[j];
}

/* ---- all blocks ---- */

struct job {
    const struct fm_solve *solve;
    struct fm_block *blocks; /* one a thread */
    unsigned char *failure;  /* [n] */
    double *failed_t;        /* [n] */
    atomic_int status;       /* of the first block that failed */
    struct fm_error *errors; /* one a thread */
    size_t *failed_block;    /* one a thread */
};

static enum fm_status block_init(struct fm_block *b, const struct fm_solve *solve,
                                 struct fm_arena *arena, struct fm_error *err)
{
    const struct fm_tableau *tableau = solve->solver->tableau;
    size_t rows = fm_velocity_block_rows(solve->velocity),
           size = rows * solve->velocity->dim;
    *b = (struct fm_block){.solve = solve, .dim = solve->velocity->dim, .n_rows = rows};
    FM_TRY(fm_velocity_workspace(arena, solve->velocity, &b->velocity, err));
    b->x = FM_NEW(arena, size, double);
    b->k = FM_NEW(arena, size * (tableau ? tableau->n_stages : 1), double);
    b->stage = FM_NEW(arena, size, double);
    b->next = FM_NEW(arena, size, double);
    b->state = FM_NEW(arena, size * solve->solver->n_state, double);
    b->t = FM_NEW(arena, rows, double);
    b->h = FM_NEW(arena, rows, double);
    b->stage_t = FM_NEW(arena, rows, double);
    b->row = FM_NEW(arena, rows, size_t);
    b->has_k1 = FM_NEW(arena, rows, bool);
    b->was_rejected = FM_NEW(arena, rows, bool);
    if (!b->x || !b->k || !b->stage || !b->next || !b->state || !b->t || !b->h
        || !b->stage_t || !b->row || !b->has_k1 || !b->was_rejected)
        return fm_out_of_memory(err);
    return FM_OK;
}

static void solve_block(void *context, size_t item, size_t thread)
{
    struct job *job = context;
    const struct fm_solve *solve = job->solve;
    struct fm_block *b = &job->blocks[thread];
    if (atomic_load(&job->status) != FM_OK)
        return;
    b->first_row = item * b->n_rows;
    b->n = solve->n - b->first_row < b->n_rows ? solve->n - b->first_row : b->n_rows;
    memcpy(b->x, solve->x0 + b->first_row * b->dim, b->n * b->dim * sizeof *b->x);
    memset(b->state, 0, b->n_rows * b->dim * solve->solver->n_state * sizeof *b->state);
    b->nfe = solve->nfe + b->first_row;
    b->failure = job->failure + b->first_row;
    b->failed_t = job->failed_t + b->first_row;
    for (size_t i = 0; i < b->n; i++) {
        b->t[i] = 0;
        b->row[i] = i;
        b->has_k1[i] = b->was_rejected[i] = false;
        b->nfe[i] = 0;
    }
    struct fm_error *err = &job->errors[thread];
    enum fm_status status =
        solve->control.n_steps > 0 ? fm_block_fixed(b, err) : fm_block_adaptive(b, err);
    if (status != FM_OK) {
        job->failed_block[thread] = item;
        atomic_store(&job->status, (int)status);
    }
}

static void summarise(const struct job *job, struct fm_solve_result *result)
{
    const struct fm_solve *solve = job->solve;
    *result = (struct fm_solve_result){0};
    for (size_t i = 0; i < solve->n; i++) {
        result->nfe_total += solve->nfe[i];
        if (solve->nfe[i] > result->nfe_max)
            result->nfe_max = solve->nfe[i];
        if (job->failure[i] == FM_ROW_FINE)
            continue;
        if (result->n_failed++ == 0) {
            result->first_failure = (enum fm_row_failure)job->failure[i];
            result->first_failed_row = i;
            result->first_failed_t = job->failed_t[i];
        }
    }
    result->nfe_mean = (double)result->nfe_total / (double)solve->n;
}

/* The error of the lowest block among those that failed. */
static enum fm_status first_error(const struct job *job, size_t n_threads,
                                  struct fm_error *err)
{
    const struct fm_error *first = NULL;
    size_t lowest = SIZE_MAX;
    for (size_t i = 0; i < n_threads; i++)
        if (job->errors[i].status != FM_OK && job->failed_block[i] < lowest) {
            lowest = job->failed_block[i];
            first = &job->errors[i];
        }
    if (!first)
        return fm_fail(err, (enum fm_status)job->status,
                       "the velocity failed without a word");
    return fm_fail(err, first->status, "%s", first->message);
}

enum fm_status fm_integrate(const struct fm_solve *solve, struct fm_solve_result *result,
                            struct fm_error *err)
{
    FM_ASSERT(solve->control.n_steps > 0
              || (solve->solver->tableau && solve->solver->tableau->b_embedded));
    struct fm_arena arena = {0};
    size_t n_threads = solve->n_threads ? solve->n_threads : 1;
    struct job job = {
        .solve = solve,
        .blocks = FM_NEW(&arena, n_threads, struct fm_block),
        .failure = FM_NEW(&arena, solve->n, unsigned char),
        .failed_t = FM_NEW(&arena, solve->n, double),
        .errors = FM_NEW(&arena, n_threads, struct fm_error),
        .failed_block = FM_NEW(&arena, n_threads, size_t),
    };
    enum fm_status status = FM_OK;
    if (!job.blocks || !job.failure || !job.failed_t || !job.errors || !job.failed_block)
        status = fm_out_of_memory(err);
    for (size_t i = 0; status == FM_OK && i < n_threads; i++)
        status = block_init(&job.blocks[i], solve, &arena, err);
    if (status == FM_OK) {
        double start = fm_seconds();
        size_t n_rows = fm_velocity_block_rows(solve->velocity);
        size_t n_blocks = (solve->n + n_rows - 1) / n_rows;
        fm_parallel_for(n_threads, n_blocks, solve_block, &job);
        if (atomic_load(&job.status) != FM_OK) {
            status = first_error(&job, n_threads, err);
        } else {
            summarise(&job, result);
            result->seconds = fm_seconds() - start;
        }
    }
    fm_arena_fini(&arena);
    return status;
}
