#include <config.h>

#include "sample/integrate.h"

#include "base/error.h"
#include "base/parallel.h"
#include "sample/adaptive.h"
#include "sample/fixed.h"
#include "sample/shared_step.h"
#include "sample/solver_loop.h"

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
        return "needed steps too short to make";
    case FM_ROW_TOO_LONG:
        return "needed more than max_evaluations evaluations";
    }
    return "?";
}

/* The blocks of a solve, and what the threads need. */
struct block_pool {
    const struct fm_solve *solve;
    size_t n_blocks;
    struct fm_block *blocks;                  /* one a thread; with a shared step all */
    struct fm_velocity_workspace *workspaces; /* one a thread */
    unsigned char *failure;                   /* [n] */
    double *failed_t;                         /* [n] */
    atomic_int status;                        /* of the first block that failed */
    struct fm_error *errors;                  /* one a thread */
    size_t *failed_block;                     /* one a thread */
};

static void solve_block(void *context, size_t item, size_t thread)
{
    struct block_pool *pool = context;
    const struct fm_solve *solve = pool->solve;
    struct fm_block *b = &pool->blocks[thread];
    if (atomic_load(&pool->status) != FM_OK)
        return;
    b->velocity = pool->workspaces[thread];
    fm_block_start(b, item);
    struct fm_error *err = &pool->errors[thread];
    enum fm_status status = solve->control.n_steps > 0      ? fm_block_fixed(b, err)
                            : solve->solver->scheme.tableau ? fm_block_adaptive(b, err)
                                                            : fm_block_solver_loop(b, err);
    if (status != FM_OK) {
        pool->failed_block[thread] = item;
        atomic_store(&pool->status, (int)status);
    }
}

static void summarise(const struct block_pool *pool, struct fm_solve_result *result)
{
    const struct fm_solve *solve = pool->solve;
    *result = (struct fm_solve_result){0};
    for (size_t i = 0; i < solve->n; i++) {
        result->nfe_total += solve->nfe[i];
        if (i == 0 || solve->nfe[i] < result->nfe_min)
            result->nfe_min = solve->nfe[i];
        if (solve->nfe[i] > result->nfe_max)
            result->nfe_max = solve->nfe[i];
        if (pool->failure[i] == FM_ROW_FINE)
            continue;
        if (result->n_failed++ == 0) {
            result->first_failure = (enum fm_row_failure)pool->failure[i];
            result->first_failed_row = i;
            result->first_failed_t = pool->failed_t[i];
        }
    }
    result->nfe_mean = (double)result->nfe_total / (double)solve->n;
}

/* The error of the failed block with the lowest number. */
static enum fm_status first_error(const struct block_pool *pool, size_t n_threads,
                                  struct fm_error *err)
{
    const struct fm_error *first = NULL;
    size_t lowest = SIZE_MAX;
    for (size_t i = 0; i < n_threads; i++)
        if (pool->failed_block[i] < lowest) {
            lowest = pool->failed_block[i];
            first = &pool->errors[i];
        }
    if (!first || first->status == FM_OK)
        return fm_fail(err, (enum fm_status)pool->status,
                       "the solver or the velocity failed without a message");
    return fm_fail(err, first->status, "%s", first->message);
}

static size_t n_workspaces(const struct fm_solve *solve)
{
    return solve->n_threads ? solve->n_threads : 1;
}

static enum fm_status pool_init(struct block_pool *pool, const struct fm_solve *solve,
                                struct fm_arena *arena, struct fm_error *err)
{
    const size_t n_threads = n_workspaces(solve);
    const size_t n_rows = fm_velocity_block_rows(solve->velocity);
    const size_t n_blocks = (solve->n + n_rows - 1) / n_rows;
    const size_t n_held = solve->control.has_shared_step ? n_blocks : n_threads;
    *pool = (struct block_pool){
        .solve = solve,
        .n_blocks = n_blocks,
        .blocks = FM_NEW(arena, n_held, struct fm_block),
        .workspaces = FM_NEW(arena, n_threads, struct fm_velocity_workspace),
        .failure = solve->failure ? solve->failure : FM_NEW(arena, solve->n, unsigned char),
        .failed_t = FM_NEW(arena, solve->n, double),
        .errors = FM_NEW(arena, n_threads, struct fm_error),
        .failed_block = FM_NEW(arena, n_threads, size_t),
    };
    if (!pool->blocks || !pool->workspaces || !pool->failure || !pool->failed_t
        || !pool->errors || !pool->failed_block)
        return fm_out_of_memory(err);
    memset(pool->failure, FM_ROW_FINE, solve->n);
    for (size_t i = 0; i < n_threads; i++)
        pool->failed_block[i] = SIZE_MAX;
    for (size_t i = 0; i < n_threads; i++)
        FM_TRY(fm_velocity_workspace(arena, solve->velocity, &pool->workspaces[i], err));
    for (size_t i = 0; i < n_held; i++) {
        FM_TRY(fm_block_init(&pool->blocks[i], solve, arena, err));
        pool->blocks[i].nfe = solve->nfe;
        pool->blocks[i].failure = pool->failure;
        pool->blocks[i].failed_t = pool->failed_t;
    }
    return FM_OK;
}

static enum fm_status solve_blocks(struct block_pool *pool, struct fm_error *err)
{
    const struct fm_solve *solve = pool->solve;
    const size_t n_threads = n_workspaces(solve);
    if (solve->control.has_shared_step) {
        for (size_t i = 0; i < pool->n_blocks; i++)
            fm_block_start(&pool->blocks[i], i);
        return fm_integrate_shared_step(solve, pool->n_blocks, pool->blocks,
                                        pool->workspaces, err);
    }
    fm_parallel_for(n_threads, pool->n_blocks, solve_block, pool);
    return atomic_load(&pool->status) == FM_OK ? FM_OK : first_error(pool, n_threads, err);
}

/* Fills in the defaults of the control. */
static enum fm_status complete_control(struct fm_solve *solve, struct fm_arena *arena,
                                       struct fm_error *err)
{
    struct fm_control *c = &solve->control;
    if (c->n_steps == 0 || !c->times) {
        if (c->t_from == 0 && c->t_to == 0)
            c->t_to = 1;
        FM_ASSERT(c->t_from != c->t_to);
    }
    if (c->n_steps == 0 || c->times)
        return FM_OK;
    double *times = FM_NEW(arena, c->n_steps + 1, double);
    if (!times)
        return fm_out_of_memory(err);
    for (size_t i = 0; i <= c->n_steps; i++)
        times[i] = c->t_from + (c->t_to - c->t_from) * ((double)i / (double)c->n_steps);
    times[c->n_steps] = c->t_to;
    c->times = times;
    return FM_OK;
}

enum fm_status fm_integrate(const struct fm_solve *given, struct fm_solve_result *result,
                            struct fm_error *err)
{
    struct fm_solve solve = *given;
    struct fm_arena arena = {0};
    struct block_pool pool;
    FM_ASSERT(solve.control.n_steps > 0 || fm_solver_is_adaptive(solve.solver));
    FM_ASSERT(!solve.control.has_shared_step
              || (solve.control.n_steps == 0 && solve.solver->scheme.tableau));
    enum fm_status status = complete_control(&solve, &arena, err);
    if (status == FM_OK)
        status = pool_init(&pool, &solve, &arena, err);
    if (status == FM_OK) {
        double start = fm_seconds();
        for (size_t i = 0; i < solve.n * solve.velocity->dim; i++)
            solve.x1[i] = (double)NAN;
        status = solve_blocks(&pool, err);
        if (status == FM_OK) {
            summarise(&pool, result);
            result->seconds = fm_seconds() - start;
        }
    }
    fm_arena_fini(&arena);
    return status;
}
