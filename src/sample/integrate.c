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
        return "needed steps too short to make";
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

/* ---- all blocks ---- */

struct job {
    const struct fm_solve *solve;
    size_t n_blocks;
    struct fm_block *blocks; /* one a thread; of a batch that steps together, all */
    struct fm_velocity_workspace *workspaces; /* one a thread */
    unsigned char *failure;                   /* [n] */
    double *failed_t;                         /* [n] */
    atomic_int status;                        /* of the first block that failed */
    struct fm_error *errors;                  /* one a thread */
    size_t *failed_block;                     /* one a thread */
};

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

static void solve_block(void *context, size_t item, size_t thread)
{
    struct job *job = context;
    const struct fm_solve *solve = job->solve;
    struct fm_block *b = &job->blocks[thread];
    if (atomic_load(&job->status) != FM_OK)
        return;
    b->velocity = job->workspaces[thread];
    fm_block_start(b, item);
    struct fm_error *err = &job->errors[thread];
    enum fm_status status = solve->control.n_steps > 0      ? fm_block_fixed(b, err)
                            : solve->solver->scheme.tableau ? fm_block_adaptive(b, err)
                                                            : fm_block_own(b, err);
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
        if (i == 0 || solve->nfe[i] < result->nfe_min)
            result->nfe_min = solve->nfe[i];
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
        if (job->failed_block[i] < lowest) {
            lowest = job->failed_block[i];
            first = &job->errors[i];
        }
    if (!first || first->status == FM_OK)
        return fm_fail(err, (enum fm_status)job->status,
                       "the solver or the velocity failed without a word");
    return fm_fail(err, first->status, "%s", first->message);
}

static size_t n_workspaces(const struct fm_solve *solve)
{
    return solve->n_threads ? solve->n_threads : 1;
}

static enum fm_status job_init(struct job *job, const struct fm_solve *solve,
                               struct fm_arena *arena, struct fm_error *err)
{
    const size_t n_threads = n_workspaces(solve);
    const size_t n_rows = fm_velocity_block_rows(solve->velocity);
    const size_t n_blocks = (solve->n + n_rows - 1) / n_rows;
    const size_t n_held = solve->control.is_batch ? n_blocks : n_threads;
    *job = (struct job){
        .solve = solve,
        .n_blocks = n_blocks,
        .blocks = FM_NEW(arena, n_held, struct fm_block),
        .workspaces = FM_NEW(arena, n_threads, struct fm_velocity_workspace),
        .failure = solve->failure ? solve->failure : FM_NEW(arena, solve->n, unsigned char),
        .failed_t = FM_NEW(arena, solve->n, double),
        .errors = FM_NEW(arena, n_threads, struct fm_error),
        .failed_block = FM_NEW(arena, n_threads, size_t),
    };
    if (!job->blocks || !job->workspaces || !job->failure || !job->failed_t || !job->errors
        || !job->failed_block)
        return fm_out_of_memory(err);
    memset(job->failure, FM_ROW_FINE, solve->n);
    for (size_t i = 0; i < n_threads; i++)
        job->failed_block[i] = SIZE_MAX;
    for (size_t i = 0; i < n_threads; i++)
        FM_TRY(fm_velocity_workspace(arena, solve->velocity, &job->workspaces[i], err));
    for (size_t i = 0; i < n_held; i++) {
        FM_TRY(fm_block_init(&job->blocks[i], solve, arena, err));
        job->blocks[i].nfe = solve->nfe;
        job->blocks[i].failure = job->failure;
        job->blocks[i].failed_t = job->failed_t;
    }
    return FM_OK;
}

static enum fm_status run_job(struct job *job, struct fm_error *err)
{
    const struct fm_solve *solve = job->solve;
    const size_t n_threads = n_workspaces(solve);
    if (solve->control.is_batch) {
        for (size_t i = 0; i < job->n_blocks; i++)
            fm_block_start(&job->blocks[i], i);
        return fm_integrate_batch(solve, job->n_blocks, job->blocks, job->workspaces, err);
    }
    fm_parallel_for(n_threads, job->n_blocks, solve_block, job);
    return atomic_load(&job->status) == FM_OK ? FM_OK : first_error(job, n_threads, err);
}

/* solve with what was left to be understood written out. */
static enum fm_status complete(struct fm_solve *solve, struct fm_arena *arena,
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
    struct job job;
    FM_ASSERT(solve.control.n_steps > 0 || fm_solver_is_adaptive(solve.solver));
    FM_ASSERT(!solve.control.is_batch
              || (solve.control.n_steps == 0 && solve.solver->scheme.tableau));
    enum fm_status status = complete(&solve, &arena, err);
    if (status == FM_OK)
        status = job_init(&job, &solve, &arena, err);
    if (status == FM_OK) {
        double start = fm_seconds();
        for (size_t i = 0; i < solve.n * solve.velocity->dim; i++)
            solve.x1[i] = (double)NAN;
        status = run_job(&job, err);
        if (status == FM_OK) {
            summarise(&job, result);
            result->seconds = fm_seconds() - start;
        }
    }
    fm_arena_fini(&arena);
    return status;
}
