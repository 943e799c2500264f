/* Velocities that fail: an error of the call ends the solve; numbers that are not finite
 * end their own row only. */
#include <config.h>

#include "test_solvers.h"
#include "test_velocity.h"

enum { N_ROWS = 150, DIM = 2 };

static struct test_outcome outcome, fine;
static double x0[N_ROWS * DIM];

/* The second coordinate is the row's number and stays constant, up to rounding if a solver
 * needs a path; the first follows x' = 4 cos(2 t) x.  Noise would change the number. */
static void numbered_start(void)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        x0[i * DIM] = 0.4 + (double)i / N_ROWS;
        x0[i * DIM + 1] = (double)i;
    }
}

static void numbered(double t, const double *x, double *v)
{
    fm_fields[FM_FIELD_GROWTH].f(t, x, v);
    v[1] = 0;
}

static const struct fm_field numbered_field = {"numbered", DIM, numbered, NULL};

static bool is_bad(size_t row)
{
    return row == 3 || row == 64 || row == 65 || row == 149 || (row > 100 && row < 120);
}

static void poisoned(double t, const double *x, double *v)
{
    numbered(t, x, v);
    if (t > 0.5 && is_bad((size_t)(x[1] + 0.5)))
        v[0] = (int)x[1] % 2 ? (double)NAN : (double)INFINITY;
}

static const struct fm_field poisoned_field = {"poisoned", DIM, poisoned, NULL};

static enum fm_status solve_field(const struct fm_field *field,
                                  const struct fm_solver *solver, size_t n_steps,
                                  size_t n_threads, struct test_outcome *to,
                                  struct fm_error *err)
{
    const struct test_state state = {field, NULL};
    struct fm_velocity velocity = test_velocity(&state);
    numbered_start();
    struct fm_solve solve = test_solve(&velocity, solver, N_ROWS, x0, to);
    solve.control.n_steps = n_steps;
    solve.n_threads = n_threads;
    return fm_integrate(&solve, &to->result, err);
}

/* ---- rows that stop being finite ---- */

/* The last finite state is at the last grid point before any evaluation at t > 1/2: with 10
 * steps at t = 0.5 or one step earlier. */
static void check_bad_rows(const char *name, const struct fm_solver *solver)
{
    struct fm_error err = {0};
    const double blur = solver->scheme.needs ? 1e-9 : 0;
    if (solver->scheme.is_stochastic)
        return;
    for (size_t n_steps = fm_solver_is_adaptive(solver) ? 0 : 10; n_steps <= 10;
         n_steps += 10)
        for (size_t n_threads = 1; n_threads <= 3; n_threads++) {
            size_t n_bad = 0;
            ck_ok(solve_field(&numbered_field, solver, n_steps, 1, &fine, &err));
            ck_ok(solve_field(&poisoned_field, solver, n_steps, n_threads, &outcome, &err));
            for (size_t i = 0; i < N_ROWS; i++) {
                const double *x1 = outcome.x1 + i * DIM;
                n_bad += is_bad(i);
                ck_assert_msg(isfinite(x1[0]) && fabs(x1[1] - (double)i) <= blur,
                              "%s: row %zu", name, i);
                ck_assert_msg((memcmp(x1, fine.x1 + i * DIM, DIM * sizeof *x1) == 0)
                                  == !is_bad(i),
                              "%s, %zu steps: row %zu of %g", name, n_steps, i, x1[0]);
                ck_assert(is_bad(i) || outcome.nfe[i] == fine.nfe[i]);
            }
            ck_assert_uint_eq(outcome.result.n_failed, n_bad);
            ck_assert_uint_eq(outcome.result.first_failed_row, 3);
            ck_assert_int_eq(outcome.result.first_failure, FM_ROW_NOT_FINITE);
            ck_assert_double_ge(outcome.result.first_failed_t, 0.35);
            ck_assert_double_le(outcome.result.first_failed_t, 0.6);
            ck_assert_uint_eq(fine.result.n_failed, 0);
        }
}

START_TEST(rows_that_are_not_finite_fail_and_others_are_unchanged)
{
    test_every_solver(check_bad_rows);
    check_bad_rows("heun_euler", &test_heun);
    check_bad_rows("Adams-Bashforth 2", &test_bashforth);
}
END_TEST

static void never_finite(double t, const double *x, double *v)
{
    (void)t, (void)x;
    v[0] = (double)NAN;
    v[1] = 0;
}

static void check_never(const char *name, const struct fm_solver *solver)
{
    static const struct fm_field field = {"never", DIM, never_finite, NULL};
    struct fm_error err = {0};
    (void)name;
    for (size_t n_steps = fm_solver_is_adaptive(solver) ? 0 : 3; n_steps <= 3;
         n_steps += 3) {
        ck_ok(solve_field(&field, solver, n_steps, 2, &outcome, &err));
        ck_assert_uint_eq(outcome.result.n_failed, N_ROWS);
        ck_assert_int_eq(outcome.result.first_failure, FM_ROW_NOT_FINITE);
        ck_assert(outcome.result.first_failed_t == 0);
        ck_assert_mem_eq(outcome.x1, x0, sizeof x0);
        ck_assert_uint_lt(outcome.result.nfe_max, 1000); /* the row fails early */
    }
}

START_TEST(a_velocity_that_is_never_finite_leaves_every_row_at_its_start)
{
    test_every_solver(check_never);
}
END_TEST

/* ---- errors ---- */

static enum fm_status fail_late(const struct fm_closed_form *form, size_t n,
                                const double *t, const double *x, double *v, void *scratch,
                                struct fm_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (t[i] > 0.5 && fabs(x[i * DIM + 1] - 70) < 0.5)
            return fm_fail(err, FM_ERROR_NO_INPUT, "row 70 is gone at 50%% of its way");
    return test_evaluate(form, n, t, x, v, scratch, err);
}

static enum fm_status fail_silently(const struct fm_closed_form *form, size_t n,
                                    const double *t, const double *x, double *v,
                                    void *scratch, struct fm_error *err)
{
    (void)form, (void)n, (void)t, (void)x, (void)v, (void)scratch, (void)err;
    return FM_ERROR_RUN;
}

static void check_error(const struct fm_solver *solver, size_t n_steps,
                        const struct fm_network_ops *ops, enum fm_status status,
                        const char *fragment)
{
    const struct test_state state = {&numbered_field, NULL};
    struct fm_velocity velocity = test_velocity(&state);
    velocity.ops = ops;
    numbered_start();
    for (size_t n_threads = 1; n_threads <= 3; n_threads++) {
        struct fm_error err = {0};
        struct fm_solve_result untouched;
        memset(&untouched, 0x5a, sizeof untouched);
        memset(&outcome.result, 0x5a, sizeof untouched);
        struct fm_solve solve = test_solve(&velocity, solver, N_ROWS, x0, &outcome);
        solve.control.n_steps = n_steps;
        solve.n_threads = n_threads;
        ck_fails(fm_integrate(&solve, &outcome.result, &err), status, fragment);
        ck_assert_int_eq(err.status, status);
        ck_assert_mem_eq(&outcome.result, &untouched, sizeof untouched);
    }
}

static void check_errors(const char *name, const struct fm_solver *solver)
{
    static const struct fm_network_ops late = {.size = sizeof late, .evaluate = fail_late};
    static const struct fm_network_ops silent = {.size = sizeof silent,
                                                 .evaluate = fail_silently};
    (void)name;
    for (size_t n_steps = fm_solver_is_adaptive(solver) ? 0 : 10; n_steps <= 10;
         n_steps += 10) {
        if (!solver->scheme.is_stochastic)
            check_error(solver, n_steps, &late, FM_ERROR_NO_INPUT,
                        "row 70 is gone at 50% of its way");
        check_error(solver, n_steps, &silent, FM_ERROR_RUN, "failed without a message");
    }
}

START_TEST(a_velocity_s_error_arrives_with_its_status_and_message)
{
    test_every_solver(check_errors);
    check_errors("heun_euler", &test_heun);
    check_errors("Adams-Bashforth 2", &test_bashforth);
}
END_TEST

static enum fm_status refuse_step(const void *options, const struct fm_step *step,
                                  struct fm_error *err)
{
    (void)options;
    return step->index == 2 ? fm_fail(err, FM_ERROR_PLUGIN, "no third step") : FM_OK;
}

START_TEST(a_step_s_own_error_arrives)
{
    static const struct fm_solver_ops ops = {.size = sizeof ops, .step = refuse_step};
    static const struct fm_solver refusing = {.ops = &ops, .scheme.order = 1};
    struct fm_error err = {0};
    ck_ok(solve_field(&numbered_field, &refusing, 2, 2, &outcome, &err));
    ck_fails(solve_field(&numbered_field, &refusing, 3, 2, &outcome, &err), FM_ERROR_PLUGIN,
             "no third step");
}
END_TEST

/* A step that ignores the status of its velocity, and a solve function that fails on the
 * first row for its own reason before the velocity fails on a later row. */
static enum fm_status careless_step(const void *options, const struct fm_step *step,
                                    struct fm_error *err)
{
    (void)options;
    (void)!step->velocity(step, step->t, step->x, step->state, err);
    return FM_OK;
}

static enum fm_status careless_solve(const void *options, const struct fm_ivp *ivp,
                                     struct fm_error *err)
{
    (void)options;
    if (ivp->x[1] < 0.5) /* row 0 */
        return fm_fail(err, FM_ERROR_DIVERGED, "stale");
    (void)!ivp->velocity(ivp, 1, ivp->x, ivp->x, err);
    return FM_OK;
}

START_TEST(a_solver_that_ignores_a_failing_velocity_does_not_hide_it)
{
    static const struct fm_network_ops late = {.size = sizeof late, .evaluate = fail_late};
    static const struct fm_solver_ops ops = {
        .size = sizeof ops, .step = careless_step, .solve = careless_solve};
    static const struct fm_solver careless = {
        .ops = &ops, .scheme = {.order = 1, .n_state = 1, .is_adaptive = true}};
    check_error(&careless, 10, &late, FM_ERROR_NO_INPUT,
                "the solver went on although its velocity had failed");
    check_error(&careless, 0, &late, FM_ERROR_NO_INPUT, "row 70 is gone");
}
END_TEST

START_TEST(a_solve_stops_when_interrupted)
{
    const atomic_bool stop = true;
    const struct test_state state = {&numbered_field, NULL};
    struct fm_velocity velocity = test_velocity(&state);
    numbered_start();
    for (size_t n_steps = 0; n_steps <= 10; n_steps += 10) {
        struct fm_error err = {0};
        struct fm_solve solve = test_solve(&velocity, &test_heun, N_ROWS, x0, &outcome);
        solve.control.n_steps = n_steps;
        solve.stop = &stop;
        ck_fails(fm_integrate(&solve, &outcome.result, &err), FM_INTERRUPTED,
                 "interrupted");
    }
}
END_TEST

/* Fails each allocation in turn until all succeed. */
START_TEST(running_out_of_memory_is_an_error)
{
    bool is_done = false;
    size_t n = 0;
    while (!is_done) {
        struct fm_error err = {0};
        ck_assert_uint_le(++n, 100);
        fm_arena_fail_after(n);
        enum fm_status status =
            solve_field(&numbered_field, &test_heun, 3, 2, &outcome, &err);
        fm_arena_fail_after(0);
        is_done = status == FM_OK;
        ck_assert_msg(is_done || status == FM_ERROR_MEMORY, "allocation %zu: %s", n,
                      err.message);
    }
    ck_assert_uint_gt(n, 2 * 11); /* eleven blocks per thread */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("failing velocity");
    TCase *rows = tcase_create("rows");
    tcase_add_test(rows, rows_that_are_not_finite_fail_and_others_are_unchanged);
    tcase_add_test(rows, a_velocity_that_is_never_finite_leaves_every_row_at_its_start);
    suite_add_tcase(suite, rows);
    TCase *errors = tcase_create("errors");
    tcase_add_test(errors, a_velocity_s_error_arrives_with_its_status_and_message);
    tcase_add_test(errors, a_step_s_own_error_arrives);
    tcase_add_test(errors, a_solver_that_ignores_a_failing_velocity_does_not_hide_it);
    tcase_add_test(errors, a_solve_stops_when_interrupted);
    tcase_add_test(errors, running_out_of_memory_is_an_error);
    suite_add_tcase(suite, errors);
    return test_main(suite);
}
