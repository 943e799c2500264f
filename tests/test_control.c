/* Control of a solve: grids, directions of time, controllers, one step for all rows. */
#include <config.h>

#include "plan/grid.h"
#include "test_fields.h"
#include "test_solvers.h"
#include "test_velocity.h"

enum { N_ROWS = 150 }; /* blocks of 64, 64, and 22 */

static struct test_outcome outcome, other;
static double x0[N_ROWS * TEST_MAX_DIM];

static void open_solver(struct test_plugin *t, const char *name, struct fm_solver *solver)
{
    struct fm_error err = {0};
    test_plugin_open(t, FM_SOLVER, name, NULL);
    ck_ok(fm_solver_open(&t->arena, t->plugin, t->options, solver, &err));
}

/* ---- against scipy ---- */

/* scipy 1.10.1, solve_ivp with RK45 at rtol = atol = 1e-8 and its own first step: each row
 * alone, forwards and backwards; and all three as one system (six coordinates, one norm),
 * which is control: batch, also to t = 0.5 with max_step 0.05. */
static const struct {
    const char *name;
    struct fm_control control;
    uint64_t nfe[3];
    double x1[6];
} scipy[] = {
    {"rows",
     {.t_to = 1},
     {128, 308, 182},
     {1.134691103528347, -1.1443096707508684, 2.031767043589086, -0.37702946373293633,
      -1.285135281356458, 0.6769481402435116}},
    {"rows back",
     {.t_from = 1},
     {146, 128, 404},
     {0.6987182099398073, 1.0731613214358666, -0.7686930013815148, -0.15506268422189903,
      1.6238999961931961, -5.378663298456796}},
    {"batch",
     {.t_to = 1, .has_shared_step = true},
     {296, 296, 296},
     {1.1346911039377527, -1.1443096571944134, 2.0317670404767973, -0.37702946204749316,
      -1.2851352807385976, 0.6769481397426715}},
    {"half the way, short steps",
     {.t_to = 0.5, .has_shared_step = true, .max_step = 0.05},
     {140, 140, 140},
     {1.2771654657197256, -0.6413814544160165, 1.5958955115742708, 1.9519387022605883,
      -1.814724923114059, 0.343207797310434}},
};

START_TEST(dopri5_does_what_scipy_s_rk45_does)
{
    struct test_plugin t;
    struct fm_solver dopri5;
    struct fm_control control = scipy[_i].control;
    control.rtol = control.atol = 1e-8;
    control.max_evaluations = 100000;
    open_solver(&t, "dopri5", &dopri5);
    test_solve_field(&test_forced_field, &dopri5, &control, 3, 2, test_forced_starts,
                     &outcome);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_msg(fabs(outcome.x1[i] - scipy[_i].x1[i]) < 2e-13, "%s: %.17g, not %.17g",
                      scipy[_i].name, outcome.x1[i], scipy[_i].x1[i]);
        ck_assert_msg(outcome.nfe[i / 2] == scipy[_i].nfe[i / 2],
                      "%s: row %zu took %llu evaluations", scipy[_i].name, i / 2,
                      (unsigned long long)outcome.nfe[i / 2]);
    }
    test_plugin_close(&t);
}
END_TEST

/* ---- one step for all rows ---- */

static void check_shared_step(const char *name, const struct fm_solver *solver)
{
    struct fm_control control = {
        .rtol = 1e-6, .atol = 1e-6, .max_evaluations = 100000, .has_shared_step = true};
    const struct fm_field *field = &fm_fields[FM_FIELD_SPIRAL];
    const size_t bytes = N_ROWS * field->dim * sizeof(double);
    if (!solver->scheme.tableau || !solver->scheme.tableau->b_embedded)
        return;
    fm_field_start(N_ROWS, field->dim, x0);
    test_solve_field(field, solver, &control, N_ROWS, 1, x0, &outcome);
    ck_assert_uint_eq(outcome.result.nfe_min, outcome.result.nfe_max);
    ck_assert_uint_eq(outcome.result.n_failed, 0);
    double error = test_error(field, N_ROWS, x0, outcome.x1);
    ck_assert_msg(error < 50e-6, "%s: error %g", name, error);
    for (size_t n_threads = 2; n_threads <= 3; n_threads++) {
        test_solve_field(field, solver, &control, N_ROWS, n_threads, x0, &other);
        ck_assert_msg(memcmp(outcome.x1, other.x1, bytes) == 0
                          && outcome.result.nfe_total == other.result.nfe_total,
                      "%s: other bits at %zu threads", name, n_threads);
    }
}

START_TEST(a_shared_step_meets_the_tolerance_at_any_number_of_threads)
{
    test_every_solver(check_shared_step);
}
END_TEST

/* Only the middle row meets a pole. */
START_TEST(rows_that_share_a_step_fail_together_at_a_pole)
{
    const double from[] = {0.1, 2, 0.5};
    const struct fm_control control = {
        .rtol = 1e-5, .atol = 1e-5, .max_evaluations = 100000, .has_shared_step = true};
    test_solve_field(&test_square_field, &test_heun, &control, 3, 2, from, &outcome);
    ck_assert_uint_eq(outcome.result.n_failed, 3);
    ck_assert(outcome.result.first_failure != FM_ROW_FINE);
    ck_near(outcome.result.first_failed_t, 0.5, 1e-3);
}
END_TEST

/* ---- limits of the step ---- */

START_TEST(steps_below_min_step_fail_the_row_and_none_exceeds_max_step)
{
    const double from[] = {0.1, 2};
    struct fm_control control = {
        .rtol = 1e-5, .atol = 1e-5, .max_evaluations = 100000, .min_step = 1e-4};
    test_solve_field(&test_square_field, &test_heun, &control, 2, 1, from, &outcome);
    ck_assert_uint_eq(outcome.result.n_failed, 1);
    ck_assert_uint_eq(outcome.result.first_failed_row, 1);
    ck_assert_int_eq(outcome.result.first_failure, FM_ROW_STEP_UNDERFLOW);
    ck_assert(outcome.result.first_failed_t > 0.2 && outcome.result.first_failed_t < 0.5);
    ck_near(outcome.x1[0], 0.1 / 0.9, 1e-4);
    /* short accepted steps do not fail: from 1e-8 the first step would be 1e-10 */
    const double small = 1e-8;
    control.first_step = 0;
    control.min_step = 0.01;
    control.rtol = control.atol = 1e-2;
    test_solve_field(&fm_fields[FM_FIELD_GROWTH], &test_heun, &control, 1, 1, &small,
                     &outcome);
    ck_assert_uint_eq(outcome.result.n_failed, 0);
    control = (struct fm_control){
        .rtol = 1, .atol = 1, .max_evaluations = 100000, .max_step = 0.01};
    test_solve_field(&test_square_field, &test_heun, &control, 1, 1, from, &outcome);
    ck_assert_uint_eq(outcome.nfe[0], 2 + 200 - 1); /* 100 steps of two; the first slope is
                                                     * that of the choice of the first step */
}
END_TEST

/* ---- controllers ---- */

static void check_controllers(const char *name, const struct fm_solver *solver)
{
    struct fm_control control = {.rtol = 1e-6, .atol = 1e-6, .max_evaluations = 1000000};
    const struct fm_tableau *t = solver->scheme.tableau;
    const struct fm_field *field = &fm_fields[FM_FIELD_TURN];
    double nfe[3];
    if (!t || !t->b_embedded)
        return;
    fm_field_start(N_ROWS, field->dim, x0);
    for (int k = 0; k < 3; k++) {
        control.controller = (enum fm_controller)k;
        test_solve_field(field, solver, &control, N_ROWS, 2, x0, &outcome);
        double error = test_error(field, N_ROWS, x0, outcome.x1);
        nfe[k] = outcome.result.nfe_mean;
        ck_assert_uint_eq(outcome.result.n_failed, 0);
        ck_assert_msg(error < 50e-6, "%s, controller %d: error %g", name, k, error);
    }
    for (int k = 1; k < 3; k++) {
        ck_assert_msg(nfe[k] < 2 * nfe[0] && nfe[0] < 2 * nfe[k],
                      "%s: %g evaluations, controller %d %g", name, nfe[0], k, nfe[k]);
        ck_assert_msg(nfe[k] != nfe[0], "%s: controller %d is I", name, k);
    }
}

START_TEST(each_controller_meets_the_tolerance_in_its_own_way)
{
    test_every_solver(check_controllers);
}
END_TEST

/* ---- there and back ---- */

static void check_return(const char *name, const struct fm_solver *solver)
{
    const struct fm_field *field = &fm_fields[FM_FIELD_TURN];
    const size_t n_steps =
        solver->scheme.tableau && solver->scheme.tableau->order > 6 ? 8 : 64;
    struct fm_control there = {.n_steps = n_steps},
                      back = {.n_steps = n_steps, .t_from = 1};
    double errors[2];
    if (solver->scheme.is_stochastic || solver->scheme.needs)
        return;
    fm_field_start(N_ROWS, field->dim, x0);
    for (size_t k = 0; k < 2; k++) {
        there.n_steps = back.n_steps = n_steps << k;
        test_solve_field(field, solver, &there, N_ROWS, 2, x0, &outcome);
        test_solve_field(field, solver, &back, N_ROWS, 2, outcome.x1, &other);
        errors[k] = 0;
        for (size_t i = 0; i < N_ROWS * field->dim; i++)
            errors[k] = fmax(errors[k], fabs(other.x1[i] - x0[i]));
    }
    /* the errors of there and back cancel in part, so the order is at least the method's */
    double fall = log2(errors[0] / errors[1]);
    ck_assert_msg(errors[1] < 1e-12 || fall > fm_solver_order(solver) - 0.2,
                  "%s: returns to within %g, then %g", name, errors[0], errors[1]);
}

START_TEST(a_solve_back_in_time_returns_to_the_start)
{
    test_every_solver(check_return);
}
END_TEST

START_TEST(two_halves_of_a_solve_equal_the_whole)
{
    const struct fm_control halves[] = {{.n_steps = 32, .t_to = 0.5},
                                        {.n_steps = 32, .t_from = 0.5, .t_to = 1}};
    const struct fm_control whole = {.n_steps = 64};
    const struct fm_field *field = &fm_fields[FM_FIELD_SPIRAL];
    struct test_plugin t;
    struct fm_solver rk4;
    open_solver(&t, "rk4", &rk4);
    fm_field_start(N_ROWS, field->dim, x0);
    test_solve_field(field, &rk4, &halves[0], N_ROWS, 1, x0, &outcome);
    test_solve_field(field, &rk4, &halves[1], N_ROWS, 1, outcome.x1, &other);
    test_solve_field(field, &rk4, &whole, N_ROWS, 1, x0, &outcome);
    ck_assert_mem_eq(outcome.x1, other.x1, N_ROWS * field->dim * sizeof(double));
    test_plugin_close(&t);
}
END_TEST

/* ---- grids ---- */

static const struct fm_method_options usual = {.t_end = 1,
                                               .steps = 4,
                                               .grid_shift = 3,
                                               .grid_rho = 7,
                                               .grid_sigma_min = 0.002,
                                               .grid_sigma_max = 80};

/* Computed by hand from the formulas in plan/grid.h. karras: with four levels, sigma_i of
 * Karras et al.'s table is 80, 9.723, 0.470, 0.002; the first stands for t = 0. */
START_TEST(grids_have_the_times_of_their_formulas)
{
    static const double expected[][5] = {
        {0, 0.25, 0.5, 0.75, 1},
        {0, 0.07612046748871326, 0.2928932188134524, 0.6173165676349102, 1},
        {0, 1 / (1 + 9.723201355260132), 1 / (1 + 0.46997905799774714), 1 / 1.002, 1},
        {0, 0.1, 0.25, 0.5, 1},
    };
    double times[5];
    struct fm_method_options o = usual;
    o.grid = _i;
    fm_grid_fill(&o, times);
    for (size_t i = 0; i < 5; i++)
        ck_assert_msg(fabs(times[i] - expected[_i][i]) < 1e-15,
                      "grid %d: time %zu is %.17g", _i, i, times[i]);
}
END_TEST

START_TEST(grids_rise_from_exactly_0_to_exactly_t_end)
{
    double times[301];
    for (int64_t n = 1; n <= 300; n++)
        for (int grid = 0; fm_grid_names[grid]; grid++) {
            struct fm_method_options o = usual;
            o.steps = n;
            o.grid = grid;
            o.t_end = 0.97;
            fm_grid_fill(&o, times);
            ck_assert(times[0] == 0 && times[n] == 0.97);
            for (int64_t i = 0; i < n; i++)
                ck_assert_msg(times[i] < times[i + 1], "%s, %lld steps: %.17g, %.17g",
                              fm_grid_names[grid], (long long)n, times[i], times[i + 1]);
        }
}
END_TEST

/* On any smooth grid a method keeps its order: rk4 on shift and cosine. */
START_TEST(a_grid_does_not_cost_the_order)
{
    struct test_plugin t;
    struct fm_solver rk4;
    const struct fm_field *field = &fm_fields[FM_FIELD_TURN];
    double times[129], errors[2];
    open_solver(&t, "rk4", &rk4);
    fm_field_start(N_ROWS, field->dim, x0);
    for (int grid = 0; fm_grid_names[grid]; grid++) {
        if (grid == FM_GRID_KARRAS)
            continue; /* not smooth: two of its steps stay long */
        for (size_t k = 0; k < 2; k++) {
            struct fm_method_options o = usual;
            o.steps = 64 << k;
            o.grid = grid;
            fm_grid_fill(&o, times);
            const struct fm_control control = {.n_steps = (size_t)o.steps, .times = times};
            test_solve_field(field, &rk4, &control, N_ROWS, 1, x0, &outcome);
            errors[k] = test_error(field, N_ROWS, x0, outcome.x1);
        }
        double order = log2(errors[0] / errors[1]);
        ck_assert_msg(fabs(order - 4) < 0.1, "%s: order %g", fm_grid_names[grid], order);
    }
    test_plugin_close(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("control");
    TCase *steps = tcase_create("steps"), *times = tcase_create("times");
    tcase_add_loop_test(steps, dopri5_does_what_scipy_s_rk45_does, 0,
                        (int)(sizeof scipy / sizeof *scipy));
    tcase_add_test(steps, a_shared_step_meets_the_tolerance_at_any_number_of_threads);
    tcase_add_test(steps, rows_that_share_a_step_fail_together_at_a_pole);
    tcase_add_test(steps, steps_below_min_step_fail_the_row_and_none_exceeds_max_step);
    tcase_add_test(steps, each_controller_meets_the_tolerance_in_its_own_way);
    suite_add_tcase(suite, steps);
    tcase_add_test(times, a_solve_back_in_time_returns_to_the_start);
    tcase_add_test(times, two_halves_of_a_solve_equal_the_whole);
    tcase_add_loop_test(times, grids_have_the_times_of_their_formulas, 0, 4);
    tcase_add_test(times, grids_rise_from_exactly_0_to_exactly_t_end);
    tcase_add_test(times, a_grid_does_not_cost_the_order);
    suite_add_tcase(suite, times);
    return test_main(suite);
}
