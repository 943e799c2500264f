/* Step-size control: the tolerance is met, each row counts its own cost, and rows that
 * can't be integrated give the reason. */
#include <config.h>

#include "test_fields.h"
#include "test_solvers.h"
#include "test_velocity.h"

enum { N_ROWS = 100 };

static struct test_outcome outcome;
static double x0[N_ROWS * TEST_MAX_DIM];

static void solve_field(const struct fm_field *field, const struct fm_solver *solver,
                        struct fm_control control, size_t n)
{
    test_solve_field(field, solver, &control, n, 2, x0, &outcome);
}

static struct fm_control tolerance(double tol)
{
    return (struct fm_control){.rtol = tol, .atol = tol, .max_evaluations = 10000000};
}

/* ---- the tolerance ---- */

/* With q the lower order of the pair, h^(q + 1) ~ tol.  The propagated row has order q + 1,
 * so its error at the end is ~ h^(q + 1) ~ tol.  The fields amplify an earlier error by up
 * to 6, over the tens of steps that make one.  On one field the error can fall slower or
 * faster while the pair's next terms count, so the mean over all fields is tested. */
static void check_tolerance(const char *name, const struct fm_solver *solver)
{
    enum { N_TOLERANCES = 5 };
    const struct fm_tableau *t = solver->scheme.tableau;
    const unsigned order = fm_solver_order(solver);
    if (!fm_solver_is_adaptive(solver))
        return;
    const unsigned embedded_order = t ? t->embedded_order : order - 1;
    bool is_low = order < 4; /* too many steps at 1e-9 for a test */
    double slope = 0;
    for (size_t k = 0; k < TEST_N_FIELDS; k++) {
        const struct fm_field *field = &fm_fields[k];
        double mx = 0, my = 0, xx = 0, xy = 0;
        fm_field_start(N_ROWS, field->dim, x0);
        for (size_t i = 0; i < N_TOLERANCES; i++) {
            double tol = (is_low ? 1e-3 : 1e-5) * pow(is_low ? 0.2 : 0.1, (double)i);
            solve_field(field, solver, tolerance(tol), N_ROWS);
            double error = test_error(field, N_ROWS, x0, outcome.x1);
            ck_assert_uint_eq(outcome.result.n_failed, 0);
            ck_assert_msg(error <= 50 * tol, "%s on %s, tolerance %g: error %g", name,
                          field->name, tol, error);
            double x = log(tol), y = log(error);
            mx += x / N_TOLERANCES, my += y / N_TOLERANCES;
            xx += x * x, xy += x * y;
        }
        slope += (xy - N_TOLERANCES * mx * my) / (xx - N_TOLERANCES * mx * mx)
                 / (double)TEST_N_FIELDS;
    }
    double expected = order / (fmin(order, embedded_order) + 1);
    ck_assert_msg(fabs(slope - expected) < 0.15,
                  "%s: error falls as tolerance^%.3f, expected %.3f", name, slope,
                  expected);
}

START_TEST(errors_are_proportional_to_the_tolerance)
{
    test_every_solver(check_tolerance);
    check_tolerance("heun_euler", &test_heun);
}
END_TEST

/* scipy 1.10.1, solve_ivp with DOP853 at rtol 2.3e-14, atol 1e-15. */
static void check_end_points(const char *name, const struct fm_solver *solver)
{
    static const double expected[] = {1.134691103950691,  -1.144309657056284,
                                      2.031767045381883,  -0.377029466264271,
                                      -1.285135280820293, 0.676948139564488};
    if (!fm_solver_is_adaptive(solver))
        return;
    double tol = fm_solver_order(solver) < 4 ? 1e-7 : 1e-10;
    memcpy(x0, test_forced_starts, sizeof test_forced_starts);
    solve_field(&test_forced_field, solver, tolerance(tol), 3);
    for (size_t i = 0; i < 6; i++)
        ck_assert_msg(fabs(outcome.x1[i] - expected[i]) <= 20 * tol,
                      "%s: %.15g, scipy gives %.15g", name, outcome.x1[i], expected[i]);
}

START_TEST(end_points_agree_with_scipy_on_a_problem_without_a_closed_form)
{
    test_every_solver(check_end_points);
    check_end_points("heun_euler", &test_heun);
}
END_TEST

/* scipy's RK45 is the same pair with the same control (Hairer, Norsett, Wanner, II.4), so
 * from the same first step all steps are equal: end points and nfev of solve_ivp at rtol =
 * atol = 1e-8, first_step 0.01. */
START_TEST(dopri5_takes_the_steps_of_scipy_s_rk45)
{
    static const double expected[] = {1.134691103546487,  -1.144309670793442,
                                      2.031767043656740,  -0.377029463726668,
                                      -1.285135281371301, 0.676948140501170};
    static const uint64_t nfe[] = {127, 307, 181};
    struct fm_control control = tolerance(1e-8);
    struct test_plugin t;
    struct fm_solver solver;
    struct fm_error err = {0};
    control.first_step = 0.01;
    test_plugin_open(&t, FM_SOLVER, "dopri5", NULL);
    memcpy(x0, test_forced_starts, sizeof test_forced_starts);
    ck_ok(fm_solver_open(&t.arena, t.plugin, t.options, &solver, &err));
    solve_field(&test_forced_field, &solver, control, 3);
    for (size_t i = 0; i < 6; i++) {
        ck_near(outcome.x1[i], expected[i], 1e-13);
        ck_assert_uint_eq(outcome.nfe[i / 2], nfe[i / 2]);
    }
    test_plugin_close(&t);
}
END_TEST

/* ---- cost, row by row ---- */

static atomic_ullong n_of_row[N_ROWS];

/* The second coordinate is the row's number. */
static void counted(double t, const double *x, double *v)
{
    fm_fields[FM_FIELD_GROWTH].f(t, x, v);
    v[1] = 0;
    atomic_fetch_add(&n_of_row[(size_t)(x[1] + 0.5)], 1);
}

/* Rows start at 1e-6 .. 1, so both the absolute and the relative tolerance matter, and rows
 * need different numbers of steps. */
static void check_row_cost(const char *name, const struct fm_solver *solver)
{
    static const struct fm_field field = {"counted", 2, counted, NULL};
    const struct fm_tableau *t = solver->scheme.tableau;
    uint64_t least = UINT64_MAX;
    if (!fm_solver_is_adaptive(solver))
        return;
    for (size_t i = 0; i < N_ROWS; i++) {
        atomic_store(&n_of_row[i], 0);
        x0[2 * i] = pow(10, -6.0 * (double)i / N_ROWS);
        x0[2 * i + 1] = (double)i;
    }
    solve_field(&field, solver, tolerance(1e-5), N_ROWS);
    for (size_t i = 0; i < N_ROWS; i++) {
        ck_assert_msg(outcome.nfe[i] == atomic_load(&n_of_row[i]), "%s: row %zu", name, i);
        /* two evaluations for the first step's length, then s - 1 per try */
        ck_assert(!t || !t->is_fsal || (outcome.nfe[i] - 2) % (t->n_stages - 1) == 0);
        least = outcome.nfe[i] < least ? outcome.nfe[i] : least;
    }
    ck_assert_uint_lt(least, outcome.result.nfe_max);
}

START_TEST(each_row_counts_its_own_evaluations)
{
    test_every_solver(check_row_cost);
    check_row_cost("heun_euler", &test_heun);
}
END_TEST

/* v = 0: every step is accepted, growing tenfold. */
static void still(double t, const double *x, double *v)
{
    (void)t, (void)x;
    v[0] = 0;
}

static void check_first_step(const char *name, const struct fm_solver *solver)
{
    static const struct fm_field field = {"still", 1, still, NULL};
    const struct fm_tableau *t = solver->scheme.tableau;
    struct fm_control control = tolerance(1e-5);
    if (!t || !t->b_embedded)
        return;
    /* steps 0.001, 0.01, 0.1, then the rest; one more evaluation at the start, and for each
     * later step if the last stage is not the first of the next step */
    const uint64_t n_steps[] = {4, 1, 1}, s = t->n_stages;
    static const double first[] = {0.001, 1, 50};
    x0[0] = 1;
    for (size_t i = 0; i < 3; i++) {
        control.first_step = first[i];
        solve_field(&field, solver, control, 1);
        uint64_t expected = t->is_fsal ? 1 + n_steps[i] * (s - 1) : n_steps[i] * s;
        ck_assert_msg(outcome.nfe[0] == expected && outcome.x1[0] == 1,
                      "%s, first step %g: %llu evaluations, expected %llu", name, first[i],
                      (unsigned long long)outcome.nfe[0], (unsigned long long)expected);
    }
}

START_TEST(the_first_step_is_the_requested_one)
{
    test_every_solver(check_first_step);
    check_first_step("heun_euler", &test_heun);
}
END_TEST

/* ---- rows that fail ---- */

/* The poles of rows that start above 1 are before t = 1. */
static void square_start(void)
{
    for (size_t i = 0; i < N_ROWS; i++)
        x0[i] = i % 10 == 7 ? 1.25 + (double)i / N_ROWS : 0.5;
}

static void check_pole(const char *name, const struct fm_solver *solver)
{
    if (!fm_solver_is_adaptive(solver))
        return;
    square_start();
    solve_field(&test_square_field, solver, tolerance(1e-5), N_ROWS);
    ck_assert_uint_eq(outcome.result.n_failed, 10);
    ck_assert_uint_eq(outcome.result.first_failed_row, 7);
    ck_assert_msg(outcome.result.first_failure == FM_ROW_STEP_UNDERFLOW, "%s: %s", name,
                  fm_row_failure_text(outcome.result.first_failure));
    ck_near(outcome.result.first_failed_t, 1 / x0[7], 1e-4);
    for (size_t i = 0; i < N_ROWS; i++) /* x(1) = 1 / (1 / x0 - 1) = 1 */
        ck_assert(i % 10 == 7 ? isfinite(outcome.x1[i]) && outcome.x1[i] > 1e4
                              : fabs(outcome.x1[i] - 1) < 1e-4);
}

START_TEST(a_pole_before_the_end_shows_as_step_underflow)
{
    test_every_solver(check_pole);
    check_pole("heun_euler", &test_heun);
}
END_TEST

static void check_budget(const char *name, const struct fm_solver *solver)
{
    enum { MAX = 60 };
    struct fm_control control = tolerance(1e-3);
    const struct fm_tableau *t = solver->scheme.tableau;
    if (!fm_solver_is_adaptive(solver))
        return;
    control.max_evaluations = MAX;
    square_start();
    solve_field(&test_square_field, solver, control, N_ROWS);
    ck_assert_uint_eq(outcome.result.n_failed, 10);
    ck_assert_msg(outcome.result.first_failure == FM_ROW_TOO_LONG, "%s: %s", name,
                  fm_row_failure_text(outcome.result.first_failure));
    for (size_t i = 0; i < N_ROWS; i++) {
        /* never more, and a row fails only if its next step would need more */
        ck_assert_uint_le(outcome.nfe[i], MAX);
        ck_assert(i % 10 != 7 || outcome.nfe[i] + (t ? t->n_stages : FM_MAX_STAGES) > MAX);
    }
}

START_TEST(a_row_that_needs_too_many_evaluations_fails)
{
    test_every_solver(check_budget);
    check_budget("heun_euler", &test_heun);
}
END_TEST

/* The limit holds from the first evaluation on. */
static void check_small_budget(const char *name, const struct fm_solver *solver)
{
    struct fm_control control = tolerance(1e-3);
    if (!fm_solver_is_adaptive(solver))
        return;
    for (uint64_t most = 1; most <= 40; most++)
        for (int has_shared_step = 0; has_shared_step <= (solver->scheme.tableau != NULL);
             has_shared_step++) {
            control.max_evaluations = most;
            control.has_shared_step = has_shared_step;
            square_start();
            solve_field(&test_square_field, solver, control, 10);
            ck_assert_msg(outcome.result.nfe_max <= most, "%s: %llu evaluations of %llu",
                          name, (unsigned long long)outcome.result.nfe_max,
                          (unsigned long long)most);
        }
}

START_TEST(no_row_exceeds_its_maximum_of_evaluations)
{
    test_every_solver(check_small_budget);
}
END_TEST

/* Small steps cross a jump of the field at t = 1/2: x(1) = 0.5 * 1 + 0.5 * 100. */
static void jump(double t, const double *x, double *v)
{
    (void)x;
    v[0] = t < 0.5 ? 1 : 100;
}

static void check_jump(const char *name, const struct fm_solver *solver)
{
    static const struct fm_field field = {"jump", 1, jump, NULL};
    if (!fm_solver_is_adaptive(solver))
        return;
    x0[0] = 0;
    solve_field(&field, solver, tolerance(1e-6), 1);
    ck_assert_uint_eq(outcome.result.n_failed, 0);
    ck_assert_msg(fabs(outcome.x1[0] - 50.5) < 1e-3, "%s: %.9g", name, outcome.x1[0]);
}

START_TEST(small_steps_cross_a_jump_of_the_field)
{
    test_every_solver(check_jump);
    check_jump("heun_euler", &test_heun);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("adaptive");
    TCase *tolerances = tcase_create("tolerance");
    tcase_add_test(tolerances, errors_are_proportional_to_the_tolerance);
    tcase_add_test(tolerances,
                   end_points_agree_with_scipy_on_a_problem_without_a_closed_form);
    tcase_add_test(tolerances, dopri5_takes_the_steps_of_scipy_s_rk45);
    suite_add_tcase(suite, tolerances);
    TCase *cost = tcase_create("cost");
    tcase_add_test(cost, each_row_counts_its_own_evaluations);
    tcase_add_test(cost, the_first_step_is_the_requested_one);
    suite_add_tcase(suite, cost);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, a_pole_before_the_end_shows_as_step_underflow);
    tcase_add_test(failures, a_row_that_needs_too_many_evaluations_fails);
    tcase_add_test(failures, no_row_exceeds_its_maximum_of_evaluations);
    tcase_add_test(failures, small_steps_cross_a_jump_of_the_field);
    suite_add_tcase(suite, failures);
    return test_main(suite);
}
