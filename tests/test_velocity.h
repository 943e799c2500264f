/* Velocity fields with known solutions, evaluated in double as closed forms, and solves of
 * them. */
#ifndef FM_TESTS_TEST_VELOCITY_H
#define FM_TESTS_TEST_VELOCITY_H

#include "check/problems.h"
#include "sample/integrate.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* The tests take the fields before FM_FIELD_ORBIT. */
enum {
    TEST_MAX_ROWS = 256,
    TEST_MAX_DIM = FM_FIELD_MAX_DIM,
    TEST_N_FIELDS = FM_FIELD_ORBIT
};

/* The state of the closed form; n_evaluations counts rows. */
struct test_state {
    const struct fm_field *field;
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

/* The inner part of an affine path, for solvers that need one: methods for diffusion models
 * solve any ODE. Straight: a velocity of 0 stays 0 up to rounding.  Curved: nothing is exact
 * by chance. */
static inline void test_straight_path(const struct fm_problem *problem, double t,
                                      struct fm_path_point *point)
{
    (void)problem;
    *point = (struct fm_path_point){0.1 + 0.8 * t, 0.9 - 0.8 * t, 0.8, -0.8};
}

static const struct fm_problem test_inner_straight = {.path = test_straight_path},
                               test_inner_curved = {.path = fm_smooth_path};

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

/* Solves a field's rows from x0 and puts the results of fm_integrate in outcome. */
static inline void test_solve_field(const struct fm_field *field,
                                    const struct fm_solver *solver,
                                    const struct fm_control *control, size_t n,
                                    size_t n_threads, const double *x0,
                                    struct test_outcome *outcome)
{
    struct fm_error err = {0};
    const struct test_state state = {field, NULL};
    struct fm_velocity velocity = test_velocity(&state);
    struct fm_solve solve = test_solve(&velocity, solver, n, x0, outcome);
    solve.control = *control;
    solve.n_threads = n_threads;
    ck_ok(fm_integrate(&solve, &outcome->result, &err));
}

/* Root of the mean square error of x1 over rows and coordinates. */
static inline double test_error(const struct fm_field *field, size_t n, const double *x0,
                                const double *x1)
{
    return fm_field_error(field, 1, n, x0, x1);
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
