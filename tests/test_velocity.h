/* Velocity fields with known solutions, evaluated in double through the door of closed
 * forms, and solves of them; for test_order, test_integrate and test_adaptive. */
#ifndef FM_TESTS_TEST_VELOCITY_H
#define FM_TESTS_TEST_VELOCITY_H

#include "sample/integrate.h"

#include <math.h>
#include <string.h>

enum { TEST_MAX_ROWS = 256, TEST_MAX_DIM = 3 };

/* dx/dt = f(t, x) on [0, 1]. */
struct test_field {
    const char *name;
    size_t dim;
    void (*f)(double t, const double *x, double *v);
    void (*solution)(const double *x0, double *x1); /* at t = 1 */
};

/* The constants below are chosen so that the leading term of the error rules well before
 * rounding does, for orders up to 6; all fields depend on t and on x. */

/* x' = 4 cos(2 t) x:  x(1) = x0 exp(2 sin 2). */
static void test_growth_f(double t, const double *x, double *v)
{
    v[0] = 4 * cos(2 * t) * x[0];
}

static void test_growth_solution(const double *x0, double *x1)
{
    x1[0] = x0[0] * exp(2 * sin(2));
}

/* In polar coordinates r' = 2 cos(t) r, angle' = 3 (1 + 2 t):  r grows by exp(2 sin t), the
 * angle by 3 (t + t^2). */
static void test_turn_f(double t, const double *x, double *v)
{
    double grow = 2 * cos(t), turn = 3 * (1 + 2 * t);
    v[0] = grow * x[0] - turn * x[1];
    v[1] = grow * x[1] + turn * x[0];
}

static void test_turn_solution(const double *x0, double *x1)
{
    double scale = exp(2 * sin(1));
    x1[0] = scale * (cos(6) * x0[0] - sin(6) * x0[1]);
    x1[1] = scale * (sin(6) * x0[0] + cos(6) * x0[1]);
}

/* Not linear: r' = r (1 - r^2) / 2, angle' = 6 (1 + 2 t):  1 / r^2 - 1 falls by e^-t, the
 * angle grows by 6 (t + t^2). */
static void test_spiral_f(double t, const double *x, double *v)
{
    double pull = (1 - x[0] * x[0] - x[1] * x[1]) / 2, turn = 6 * (1 + 2 * t);
    v[0] = pull * x[0] - turn * x[1];
    v[1] = pull * x[1] + turn * x[0];
}

static void test_spiral_solution(const double *x0, double *x1)
{
    double r2 = x0[0] * x0[0] + x0[1] * x0[1];
    double scale = 1 / sqrt(r2 + (1 - r2) * exp(-1)); /* r(1) / r(0) */
    x1[0] = scale * (cos(12) * x0[0] - sin(12) * x0[1]);
    x1[1] = scale * (sin(12) * x0[0] + cos(12) * x0[1]);
}

static const struct test_field test_fields[] = {
    {"growth", 1, test_growth_f, test_growth_solution},
    {"turn", 2, test_turn_f, test_turn_solution},
    {"spiral", 2, test_spiral_f, test_spiral_solution},
};
enum { TEST_N_FIELDS = sizeof test_fields / sizeof *test_fields };

/* What evaluate gets as its closed form's state; n_evaluations counts rows. */
struct test_state {
    const struct test_field *field;
    atomic_ullong *n_evaluations;
};

static enum fm_status test_evaluate(const struct fm_closed_form *form, size_t n,
                                    const double *t, const double *x, double *v,
                                    void *scratch, struct fm_error *err)
{
    const struct test_state *state = form->state;
    size_t dim = state->field->dim;
    (void)scratch, (void)err;
    for (size_t i = 0; i < n; i++)
        state->field->f(t[i], x + i * dim, v + i * dim);
    if (state->n_evaluations)
        atomic_fetch_add(state->n_evaluations, n);
    return FM_OK;
}

static const struct fm_network_ops test_velocity_ops = {.size = sizeof test_velocity_ops,
                                                        .evaluate = test_evaluate};

static inline struct fm_velocity test_velocity(const struct test_state *state)
{
    return (struct fm_velocity){.dim = state->field->dim,
                                .ops = &test_velocity_ops,
                                .form = {.state = state, .scratch_bytes = 8}};
}

/* Row i starts at 0.4 + i / n (first coordinate), 0.3 - i / (2 n), ...: inside the fields'
 * ranges. */
static inline void test_start(size_t n, size_t dim, double *x0)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++)
            x0[i * dim + j] = j == 0 ? 0.4 + (double)i / (double)n
                                     : 0.3 - (double)i / (double)(2 * n) + 0.2 * (double)j;
}

/* The inner part of an affine path, for solvers that need one: methods of diffusion models solve
 * any ODE.  Straight: a velocity that is 0 stays so but for rounding.  Curved: nothing is exact
 * by chance. */
static inline void test_straight_path(const struct fm_problem *problem, double t,
                                      struct fm_path_point *point)
{
    (void)problem;
    *point = (struct fm_path_point){0.1 + 0.8 * t, 0.9 - 0.8 * t, 0.8, -0.8};
}

static inline void test_curved_path(const struct fm_problem *problem, double t,
                                    struct fm_path_point *point)
{
    const double quarter = 1.57079632679489661923, angle = quarter * (0.1 + 0.8 * t);
    (void)problem;
    *point = (struct fm_path_point){sin(angle), cos(angle), 0.8 * quarter * cos(angle),
                                    -0.8 * quarter * sin(angle)};
}

static const struct fm_problem test_inner_straight = {.path = test_straight_path},
                               test_inner_curved = {.path = test_curved_path};

/* A solve's outputs. */
struct test_outcome {
    double x1[TEST_MAX_ROWS * TEST_MAX_DIM];
    uint64_t nfe[TEST_MAX_ROWS];
    struct fm_solve_result result;
};

static inline struct fm_solve test_solve(const struct fm_velocity *velocity,
                                         const struct fm_solver *solver, size_t n,
                                         const double *x0, struct test_outcome *outcome)
{
    return (struct fm_solve){
        .velocity = velocity,
        .solver = solver,
        .problem = &test_inner_straight,
        .control = {.rtol = 1e-6, .atol = 1e-6, .max_evaluations = 100000},
        .noise = {.seed = 3, .stream = 8},
        .n_threads = 1,
        .n = n,
        .x0 = x0,
        .x1 = outcome->x1,
        .nfe = outcome->nfe,
    };
}

/* Root of the mean square error of x1 over rows and coordinates. */
static inline double test_error(const struct test_field *field, size_t n, const double *x0,
                                const double *x1)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double exact[TEST_MAX_DIM];
        field->solution(x0 + i * field->dim, exact);
        for (size_t j = 0; j < field->dim; j++) {
            double e = x1[i * field->dim + j] - exact[j];
            sum += e * e;
        }
    }
    return sqrt(sum / (double)(n * field->dim));
}

/* Heun-Euler 2(1), a pair whose last stage is not the first of the next step. */
static const double test_heun_a[] = {0, 0, 1, 0}, test_heun_b[] = {0.5, 0.5};
static const double test_heun_embedded[] = {1, 0}, test_heun_c[] = {0, 1};
static const struct fm_tableau test_heun_tableau = {.n_stages = 2,
                                                    .order = 2,
                                                    .embedded_order = 1,
                                                    .a = test_heun_a,
                                                    .b = test_heun_b,
                                                    .b_embedded = test_heun_embedded,
                                                    .c = test_heun_c};
static const struct fm_solver test_heun = {.scheme.tableau = &test_heun_tableau};

/* x += h (3 v_n - v_(n-1)) / 2, the first step by Euler: state is {v_n, v_(n-1), number of
 * steps taken}; it must be zero at first. */
static enum fm_status test_bashforth_step(const void *options, const struct fm_step *step,
                                          struct fm_error *err)
{
    (void)options;
    size_t size = step->n * step->dim;
    double *v = step->state, *last = step->state + size, *n_steps = step->state + 2 * size;
    FM_TRY(step->velocity(step, step->t, step->x, v, err));
    for (size_t i = 0; i < size; i++)
        step->x[i] += step->h * (n_steps[i]++ > 0 ? 1.5 * v[i] - 0.5 * last[i] : v[i]);
    memcpy(last, v, size * sizeof *v);
    return FM_OK;
}

static const struct fm_solver_ops test_bashforth_ops = {.size = sizeof test_bashforth_ops,
                                                        .step = test_bashforth_step};
static const struct fm_solver test_bashforth = {.ops = &test_bashforth_ops,
                                                .scheme = {.order = 2, .n_state = 3}};

#endif
