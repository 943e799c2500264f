/* The flow leads from N(0, 1) to N(m, s^2) along the linear path.  Its exact velocity is
 *     v = m + (t s^2 - (1 - t)) / (t^2 s^2 + (1 - t)^2) (x - t m),
 * the expectation of x1 - x0 given x_t = x. */
#include <config.h>

#include "check/solver_flow.h"

#include "base/arena.h"
#include "base/stream.h"

#include <math.h>
#include <string.h>

enum { DIM = 2, N_ROWS = 60000, N_FEW = 100, N_GRIDS = 5, SOURCE_SEED = 5, NOISE_SEED = 7 };
static const double mean[DIM] = {1.5, -0.5}, deviation[DIM] = {0.4, 1.6};

static void gaussian(double t, const double *x, double *v)
{
    for (size_t j = 0; j < DIM; j++) {
        double s2 = deviation[j] * deviation[j];
        v[j] =
            mean[j]
            + (t * s2 - (1 - t)) / (t * t * s2 + (1 - t) * (1 - t)) * (x[j] - t * mean[j]);
    }
}

static const struct fm_field flow = {"Gaussian", DIM, gaussian, NULL};
static const struct fm_problem linear = {
    .dim = DIM, .is_independent = true, .path = fm_linear_path};

/* ---- moments ---- */

/* Errors of mean and deviation of each coordinate, in units of the deviation. */
struct moments {
    double error[2 * DIM], size; /* root of their mean square */
    bool is_finite;
};
/* Of a mean over the rows: 1 / sqrt(N_ROWS). */
static const double standard_error = 0.0041;
/* In standard errors: sizes below LEAST_ERRORS are not fitted, and MOST_ERRORS are allowed. */
enum { LEAST_ERRORS = 4, MOST_ERRORS = 5 };
/* How far the weak order may be below the declared one, and how far off the end points of 50
 * steps may be. */
static const double order_tolerance = 0.5, end_tolerance = 0.5;

struct normal_rows {
    const struct fm_solver_subject *subject;
    double *x0, *x1;
    uint64_t *nfe;
};

/* Draws standard normal rows, shifted and scaled to mean 0 and deviation 1 exactly. */
static void start(double *x0)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        struct fm_rng r =
            fm_rng_at((struct fm_stream){SOURCE_SEED, FM_STREAM_SAMPLE_SOURCE, 0}, i);
        for (size_t j = 0; j < DIM; j++)
            x0[i * DIM + j] = fm_rng_normal(&r);
    }
    for (size_t j = 0; j < DIM; j++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < N_ROWS; i++)
            sum += x0[i * DIM + j];
        for (size_t i = 0; i < N_ROWS; i++) {
            x0[i * DIM + j] -= sum / N_ROWS;
            squares += x0[i * DIM + j] * x0[i * DIM + j];
        }
        for (size_t i = 0; i < N_ROWS; i++)
            x0[i * DIM + j] /= sqrt(squares / N_ROWS);
    }
}

static struct moments moments_of(const double *x1)
{
    struct moments m = {.is_finite = true};
    double total = 0;
    for (size_t j = 0; j < DIM; j++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < N_ROWS; i++)
            sum += x1[i * DIM + j];
        for (size_t i = 0; i < N_ROWS; i++)
            squares += pow(x1[i * DIM + j] - sum / N_ROWS, 2);
        m.error[j] = (sum / N_ROWS - mean[j]) / deviation[j];
        m.error[DIM + j] = sqrt(squares / N_ROWS) / deviation[j] - 1;
    }
    for (size_t j = 0; j < 2 * DIM; j++)
        total += m.error[j] * m.error[j];
    m.size = sqrt(total / (2 * DIM));
    m.is_finite = isfinite(m.size);
    return m;
}

/* Solves n rows; false: it fails, with a row of `property` that says so. */
static bool solve(const struct normal_rows *rows, const char *property, size_t n,
                  size_t n_steps)
{
    struct fm_probe probe = {.field = &flow};
    const struct fm_velocity velocity = fm_probe_velocity(&probe);
    struct fm_solve_result result;
    struct fm_error err = {0};
    const struct fm_solve solve = {
        .velocity = &velocity,
        .solver = rows->subject->solver,
        .problem = &linear,
        .control = {.n_steps = n_steps},
        .noise = {.seed = NOISE_SEED, .stream = FM_STREAM_SAMPLE_NOISE},
        .n_threads = 1,
        .n = n,
        .x0 = rows->x0,
        .x1 = rows->x1,
        .nfe = rows->nfe,
    };
    enum fm_status status = fm_integrate(&solve, &result, &err);
    if (status == FM_OK && result.n_failed == 0)
        return true;
    fm_check_add_note(rows->subject->sink, property, "Gaussian", FM_CHECK_FAIL,
                      "%zu steps: %s at t = %.4g", n_steps,
                      status == FM_OK ? fm_row_failure_text(result.first_failure)
                                      : err.message,
                      status == FM_OK ? result.first_failed_t : 0);
    return false;
}

/* ---- the singular ends ---- */

static void check_ends(const struct normal_rows *rows)
{
    static const size_t steps[] = {1, 2, 3, 5, 10, 50};
    double worst = 0;
    fm_check_begin(rows->subject->sink, "the linear path");
    for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
        if (!solve(rows, "linear path", N_FEW, steps[k]))
            return;
        worst = 0;
        for (size_t i = 0; i < N_FEW * DIM; i++)
            worst = fmax(worst, fabs(rows->x1[i] - mean[i % DIM]
                                     - deviation[i % DIM] * rows->x0[i]));
    }
    if (rows->subject->solver->scheme.is_stochastic)
        fm_check_add_note(rows->subject->sink, "linear path", "Gaussian", FM_CHECK_PASS,
                          "finite from t = 0 to t = 1");
    else
        fm_check_add_row(rows->subject->sink, "linear path", "Gaussian",
                         worst < end_tolerance ? FM_CHECK_PASS : FM_CHECK_FAIL, (double)NAN,
                         worst, "largest error of 50 steps from t = 0 to t = 1");
}

/* ---- the weak order ---- */

/* Minus the slope of log size over log steps, over the grids whose size is above the sampling
 * error; NaN with fewer than three. */
static double weak_order(size_t n, const size_t *steps, const struct moments *m,
                         size_t *n_used)
{
    double mx = 0, my = 0, xy = 0, xx = 0;
    *n_used = 0;
    while (*n_used < n && m[*n_used].size > LEAST_ERRORS * standard_error)
        ++*n_used;
    if (*n_used < 3)
        return (double)NAN;
    for (size_t i = 0; i < *n_used; i++) {
        mx += log((double)steps[i]) / (double)*n_used;
        my += log(m[i].size) / (double)*n_used;
    }
    for (size_t i = 0; i < *n_used; i++) {
        xy += (log((double)steps[i]) - mx) * (log(m[i].size) - my);
        xx += pow(log((double)steps[i]) - mx, 2);
    }
    return -xy / xx;
}

/* The error allowed on the finest grid: that of the coarsest, reduced by the declared order, times
 * three, plus five standard errors. */
static void add_moment_rows(const struct fm_solver_subject *s, const size_t *steps,
                            const struct moments *m)
{
    const unsigned order = fm_solver_order(s->solver);
    const struct moments *last = &m[N_GRIDS - 1];
    const double ratio = (double)steps[0] / (double)steps[N_GRIDS - 1],
                 allowed = MOST_ERRORS * standard_error + 3 * m[0].size * pow(ratio, order);
    size_t n_used, worst = 0;
    for (size_t j = 0; j < 2 * DIM; j++)
        worst = fabs(last->error[j]) > fabs(last->error[worst]) ? j : worst;
    fm_check_add_row(
        s->sink, "moments", "Gaussian",
        fabs(last->error[worst]) <= allowed ? FM_CHECK_PASS : FM_CHECK_FAIL, 0,
        last->error[worst],
        "error of the %s at %zu steps, in units of the deviation; %.2g is allowed",
        worst < DIM ? "mean" : "deviation", steps[N_GRIDS - 1], allowed);
    double slope = weak_order(N_GRIDS, steps, m, &n_used);
    if (isnan(slope))
        fm_check_add_row(
            s->sink, "weak order", "Gaussian", FM_CHECK_INFO, order, (double)NAN,
            "not decided: the error of the moments, %.2g at %zu steps, is too close "
            "to that of sampling",
            m[0].size, steps[0]);
    else
        fm_check_add_row(s->sink, "weak order", "Gaussian",
                         slope >= order - order_tolerance ? FM_CHECK_PASS : FM_CHECK_FAIL,
                         order, slope, "fall of the moments' error, steps %zu to %zu",
                         steps[0], steps[n_used - 1]);
}

static void check_moments(const struct normal_rows *rows)
{
    static const size_t steps[N_GRIDS] = {6, 12, 24, 48, 192};
    struct moments m[N_GRIDS];
    fm_check_begin(rows->subject->sink, "moments of samples");
    for (size_t k = 0; k < N_GRIDS; k++) {
        if (!solve(rows, "moments", N_ROWS, steps[k]))
            return;
        m[k] = moments_of(rows->x1);
    }
    add_moment_rows(rows->subject, steps, m);
}

void fm_check_solver_flow(const struct fm_solver_subject *s)
{
    struct fm_arena arena = {0};
    const struct normal_rows rows = {.subject = s,
                                     .x0 = FM_NEW(&arena, N_ROWS * DIM, double),
                                     .x1 = FM_NEW(&arena, N_ROWS * DIM, double),
                                     .nfe = FM_NEW(&arena, N_ROWS, uint64_t)};
    if (rows.x0 && rows.x1 && rows.nfe) {
        start(rows.x0);
        check_ends(&rows);
        if (s->solver->scheme.is_stochastic)
            check_moments(&rows);
    }
    fm_arena_fini(&arena);
}
