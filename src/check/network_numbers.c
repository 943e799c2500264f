#include <config.h>

#include "check/network_numbers.h"

#include <math.h>
#include <string.h>

enum { N_POINTS = 60 };

static const double weights[] = {1, -8, 8, -1}, steps[] = {-2, -1, 1, 2};

/* Step of the differences, which have order four.  The problems' components have deviations of at
 * least 0.4: the truncation error is below 1e-8, rounding below 1e-12. */
static const double H = 1e-3;

/* The largest relative errors of jvp, of log_density and of the equation. */
static const double jvp_tolerance = 1e-6, density_tolerance = 1e-9,
                    continuity_tolerance = 1e-6;

/* Draws point number `index`, where p_t is not small; returns t. */
static double point(const struct fm_form_subject *s, uint32_t index, double *x)
{
    struct fm_rng r = fm_rng_at((struct fm_stream){13, 1, 0}, index);
    for (size_t j = 0; j < s->common.dim; j++)
        x[j] = 0.9 * fm_rng_normal(&r);
    return 0.05 + 0.9 * fm_rng_uniform(&r);
}

static bool add_failure(const struct fm_form_subject *s, const char *property,
                        const struct fm_error *err)
{
    fm_network_error(&s->common, property, err);
    return false;
}

/* v at one point, with garbage in scratch before. */
static bool velocity(const struct fm_form_subject *s, double t, const double *x, double *v)
{
    struct fm_error err = {0};
    memset(s->scratch, 0xa5, s->form.scratch_bytes);
    return s->ops->evaluate(&s->form, 1, &t, x, v, s->scratch, &err) == FM_OK
           || add_failure(s, "evaluate", &err);
}

/* (dv/dx) dx by differences of v. */
static bool slope(const struct fm_form_subject *s, double t, const double *x,
                  const double *dx, double *dv)
{
    const size_t dim = s->common.dim;
    double moved[FM_PROBLEM_MAX_DIM], v[FM_PROBLEM_MAX_DIM];
    memset(dv, 0, dim * sizeof *dv);
    for (int k = 0; k < 4; k++) {
        for (size_t j = 0; j < dim; j++)
            moved[j] = x[j] + steps[k] * H * dx[j];
        if (!velocity(s, t, moved, v))
            return false;
        for (size_t j = 0; j < dim; j++)
            dv[j] += weights[k] * v[j] / (12 * H);
    }
    return true;
}

/* ---- the derivative ---- */

static void check_derivative(const struct fm_form_subject *s)
{
    const size_t dim = s->common.dim;
    double worst = 0;
    for (uint32_t i = 0; i < N_POINTS; i++) {
        double x[FM_PROBLEM_MAX_DIM], dx[FM_PROBLEM_MAX_DIM], dv[FM_PROBLEM_MAX_DIM],
            expected[FM_PROBLEM_MAX_DIM], size = 1e-3;
        const double t = point(s, i, x);
        struct fm_error err = {0};
        fm_network_fill(dx, dim, 1, 200 + i);
        if (!slope(s, t, x, dx, expected))
            return;
        memset(s->scratch, 0xa5, s->form.scratch_bytes);
        if (s->ops->jvp(&s->form, 1, &t, x, dx, dv, s->scratch, &err) != FM_OK) {
            (void)add_failure(s, "derivative", &err);
            return;
        }
        for (size_t j = 0; j < dim; j++)
            size = fmax(size, fabs(expected[j]));
        for (size_t j = 0; j < dim; j++) {
            const double error = fabs(dv[j] - expected[j]) / size;
            worst = fmax(worst, error);
            if (!(error <= jvp_tolerance)) {
                fm_check_add_row(s->common.sink, "derivative", s->common.problem,
                                 FM_CHECK_FAIL, expected[j], dv[j],
                                 "jvp and (declared) differences of evaluate, coordinate "
                                 "%zu at t = %.3g",
                                 j, t);
                return;
            }
        }
    }
    fm_check_add_row(
        s->common.sink, "derivative", s->common.problem, FM_CHECK_PASS, 0, worst,
        "largest error of jvp against differences of evaluate, at %d points", N_POINTS);
}

/* ---- density and continuity ---- */

static void check_density(const struct fm_form_subject *s)
{
    double worst = 0;
    for (uint32_t i = 0; i < N_POINTS; i++) {
        double x[FM_PROBLEM_MAX_DIM], log_p = (double)NAN;
        const double t = point(s, i, x),
                     expected = fm_problem_log_density(s->problem, t, x);
        struct fm_error err = {0};
        memset(s->scratch, 0xa5, s->form.scratch_bytes);
        if (s->ops->log_density(&s->form, 1, &t, x, &log_p, s->scratch, &err) != FM_OK) {
            (void)add_failure(s, "density", &err);
            return;
        }
        const double error = fabs(log_p - expected) / (1 + fabs(expected));
        worst = fmax(worst, error);
        if (!(error <= density_tolerance)) {
            fm_check_add_row(s->common.sink, "density", s->common.problem, FM_CHECK_FAIL,
                             expected, log_p, "log p_t at t = %.3g", t);
            return;
        }
    }
    fm_check_add_row(s->common.sink, "density", s->common.problem, FM_CHECK_PASS, 0, worst,
                     "largest error of log_density against the problem's p_t");
}

/* The residual of the equation at a point, relative to its terms; false: v fails. */
static bool residual(const struct fm_form_subject *s, uint32_t index, double *result)
{
    const size_t dim = s->common.dim;
    double x[FM_PROBLEM_MAX_DIM], v[FM_PROBLEM_MAX_DIM], moved[FM_PROBLEM_MAX_DIM],
        dx[FM_PROBLEM_MAX_DIM], dv[FM_PROBLEM_MAX_DIM];
    const double t = point(s, index, x);
    double sum = 0, size = 1;
    if (!velocity(s, t, x, v))
        return false;
    for (int k = 0; k < 4; k++)
        sum +=
            weights[k] * fm_problem_log_density(s->problem, t + steps[k] * H, x) / (12 * H);
    size += fabs(sum);
    for (size_t j = 0; j < dim; j++) {
        double gradient = 0;
        memcpy(moved, x, sizeof moved);
        for (int k = 0; k < 4; k++) {
            moved[j] = x[j] + steps[k] * H;
            gradient +=
                weights[k] * fm_problem_log_density(s->problem, t, moved) / (12 * H);
        }
        for (size_t i = 0; i < dim; i++)
            dx[i] = i == j;
        if (!slope(s, t, x, dx, dv))
            return false;
        sum += v[j] * gradient + dv[j];
        size += fabs(v[j] * gradient) + fabs(dv[j]);
    }
    *result = fabs(sum) / size;
    return true;
}

/* Without log_density, a field need not lead from source to data: then a residual is no failure. */
static void check_continuity(const struct fm_form_subject *s)
{
    double worst = 0;
    for (uint32_t i = 0; i < N_POINTS; i++) {
        double error = 0;
        if (!residual(s, i, &error))
            return;
        worst = isnan(error) ? HUGE_VAL : fmax(worst, error);
    }
    const bool is_right = worst <= continuity_tolerance;
    const enum fm_check_result wrong = s->ops->log_density ? FM_CHECK_FAIL : FM_CHECK_INFO;
    fm_check_add_row(
        s->common.sink, "continuity", s->common.problem, is_right ? FM_CHECK_PASS : wrong,
        0, worst,
        is_right ? "residual of d/dt log p + div v + v . grad log p = 0"
                 : "residual of d/dt log p + div v + v . grad log p = 0: v does not "
                   "lead from the source to the data");
}

enum fm_status fm_check_form_numbers(const struct fm_form_subject *s, struct fm_error *err)
{
    (void)err;
    fm_check_begin(s->common.sink, "derivative and density");
    if (s->ops->jvp)
        check_derivative(s);
    else
        fm_check_add_note(s->common.sink, "derivative", s->common.problem, FM_CHECK_SKIP,
                          "it has no jvp");
    if (s->ops->log_density)
        check_density(s);
    check_continuity(s);
    return FM_OK;
}
