#include <config.h>

#include "sample/likelihood.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/stream.h"
#include "sample/integrate.h"

#include <math.h>
#include <string.h>

/* ---- densities in closed form ---- */

struct known_density {
    const struct fm_data *data;
    size_t n;
    const double *x;
    double *log_p;
};

static void known_block(void *context, size_t item, size_t thread)
{
    const struct known_density *k = context;
    const size_t first = item * FM_BLOCK_ROWS, left = k->n - first;
    (void)thread;
    k->data->ops->log_density(k->data->options, &k->data->set,
                              left < FM_BLOCK_ROWS ? left : FM_BLOCK_ROWS,
                              k->x + first * k->data->set.dim, k->log_p + first);
}

static bool has_density(const struct fm_data *data)
{
    return data && data->ops->log_density;
}

static void known_log_density(const struct fm_data *data, size_t n_threads, size_t n,
                              const double *x, double *log_p)
{
    struct known_density known = {data, n, x, log_p};
    fm_parallel_for(n_threads, (n + FM_BLOCK_ROWS - 1) / FM_BLOCK_ROWS, known_block,
                    &known);
}

/* *log_p is NULL if the set has no density with its options (noise 0, for example). */
static enum fm_status data_log_density(const struct fm_likelihood *l,
                                       struct fm_arena *arena,
                                       const struct fm_density_request *request,
                                       double **log_p, struct fm_error *err)
{
    *log_p = NULL;
    if (!has_density(l->data))
        return FM_OK;
    double *p = FM_NEW(arena, request->n, double);
    if (!p)
        return fm_out_of_memory(err);
    known_log_density(l->data, l->n_threads, request->n, request->x, p);
    for (size_t i = 0; i < request->n; i++)
        if (isnan(p[i]))
            return FM_OK;
    *log_p = p;
    return FM_OK;
}

/* ---- the solve back to t = 0 ---- */

/* States are [n][dim + n_sums]: points, and integrals of the divergence. */
struct back_solve {
    size_t dim, n_sums;
    double *from, *to; /* states at t = 1 and 0 */
    uint64_t *nfe;
    unsigned char *failure;
    double *start;  /* [n][dim]: x(0) */
    double *log_p0; /* [n]: there */
};

static enum fm_status back_solve_init(struct back_solve *w, struct fm_arena *arena,
                                      const struct fm_density_request *request,
                                      struct fm_error *err)
{
    const size_t n = request->n, width = w->dim + w->n_sums;
    w->from = FM_NEW(arena, n * width, double);
    w->to = FM_NEW(arena, n * width, double);
    w->nfe = FM_NEW(arena, n, uint64_t);
    w->failure = FM_NEW(arena, n, unsigned char);
    w->start = FM_NEW(arena, n * w->dim, double);
    w->log_p0 = FM_NEW(arena, n, double);
    if (!w->from || !w->to || !w->nfe || !w->failure || !w->start || !w->log_p0)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < n; i++) /* the integrals start at 0: the arena zeroes */
        memcpy(w->from + i * width, request->x + i * w->dim, w->dim * sizeof *w->from);
    return FM_OK;
}

static enum fm_status back_solve_run(const struct fm_likelihood *l, struct back_solve *w,
                                     const struct fm_divergence *divergence,
                                     const struct fm_density_request *request,
                                     struct fm_solve_result *result, struct fm_error *err)
{
    struct fm_velocity velocity = fm_velocity_guided(l->velocity, &l->guidance);
    velocity.dim = w->dim + w->n_sums;
    velocity.divergence = divergence;
    const struct fm_solve solve = {
        .velocity = &velocity,
        .solver = l->solver,
        .control = {.t_from = 1,
                    .t_to = 0,
                    .rtol = request->rtol,
                    .atol = request->atol,
                    .max_evaluations = l->max_evaluations},
        .n_threads = l->n_threads,
        .n = request->n,
        .x0 = w->from,
        .x1 = w->to,
        .nfe = w->nfe,
        .failure = w->failure,
        .stop = l->stop,
    };
    return fm_integrate(&solve, result, err);
}

/* ---- the answer ---- */

/* The mean of k integrals and its standard error, sd / sqrt(k). */
static double mean_of_sums(const double *sums, size_t k, double *standard_error)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < k; i++)
        mean += sums[i] / (double)k;
    for (size_t i = 0; i < k; i++)
        squares += (sums[i] - mean) * (sums[i] - mean);
    *standard_error = sqrt(squares / (double)(k - 1) / (double)k); /* NaN for k = 1 */
    return mean;
}

static enum fm_status fill_answer(const struct fm_likelihood *l, struct back_solve *w,
                                  bool is_exact, size_t n, struct fm_density_answer *answer,
                                  struct fm_error *err)
{
    const size_t width = w->dim + w->n_sums;
    for (size_t i = 0; i < n; i++)
        memcpy(w->start + i * w->dim, w->to + i * width, w->dim * sizeof *w->start);
    known_log_density(l->source, l->n_threads, n, w->start, w->log_p0);
    for (size_t i = 0; i < n; i++) {
        double error = 0, sum = mean_of_sums(w->to + i * width + w->dim, w->n_sums, &error);
        if (w->failure[i] != FM_ROW_FINE) {
            answer->log_p[i] = answer->standard_error[i] = (double)NAN;
            continue;
        }
        if (isnan(w->log_p0[i]))
            return fm_fail(err, FM_ERROR_CONFIG,
                           "the source has no density with these options");
        answer->log_p[i] = w->log_p0[i] + sum;
        answer->standard_error[i] = is_exact ? 0 : error;
    }
    return FM_OK;
}

static enum fm_status check_capabilities(const struct fm_likelihood *l,
                                         struct fm_error *err)
{
    FM_ASSERT(fm_solver_is_adaptive(l->solver) && !l->velocity->divergence);
    if (!has_density(l->source))
        return fm_fail(err, FM_ERROR_CONFIG,
                       "the density of the model needs the density of the source, and this "
                       "source has none; use source gaussian or gaussian_mixture");
    if (!l->velocity->net && !l->velocity->ops->jvp)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "the density of the model needs the velocity's derivative, and this "
                       "closed form has no jvp");
    return FM_OK;
}

enum fm_status fm_log_density(const struct fm_likelihood *l, struct fm_arena *arena,
                              const struct fm_density_request *request,
                              struct fm_density_answer *answer, struct fm_error *err)
{
    const struct fm_divergence divergence = {
        request->divergence, request->n_probes, {l->seed, FM_STREAM_PROBE, 0}};
    struct back_solve w = {.dim = l->velocity->dim,
                           .n_sums = fm_divergence_n_sums(&divergence)};
    struct fm_solve_result result;
    FM_TRY(check_capabilities(l, err));
    FM_ASSERT(request->n > 0 && w.n_sums > 0);
    if (fm_velocity_asks_labels(l->velocity) && request->n > l->n_labels)
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "%zu points need labels for their density, and only %zu have one",
                       request->n, l->n_labels);
    FM_TRY(back_solve_init(&w, arena, request, err));
    struct fm_density_answer a = {
        .log_p = FM_NEW(arena, request->n, double),
        .standard_error = FM_NEW(arena, request->n, double),
    };
    if (!a.log_p || !a.standard_error)
        return fm_out_of_memory(err);
    FM_TRY(data_log_density(l, arena, request, &a.data_log_p, err));
    FM_TRY(back_solve_run(l, &w, &divergence, request, &result, err));
    FM_TRY(fill_answer(l, &w, request->divergence == FM_DIVERGENCE_EXACT, request->n, &a,
                       err));
    a.n_failed = result.n_failed;
    a.failure = result.n_failed > 0 ? fm_row_failure_text(result.first_failure) : NULL;
    a.nfe = result.nfe_mean;
    a.njvp = result.nfe_mean * (double)fm_divergence_n_directions(&divergence, w.dim);
    *answer = a;
    return FM_OK;
}
