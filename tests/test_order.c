/* The order of every solver, measured: errors at t = 1 of problems with known solutions
 * fall as h^order. */
#include <config.h>

#include "test_solvers.h"
#include "test_velocity.h"

enum { N_ROWS = 8, N_POINTS = 5 };

/* Slope of log y over log x. */
static double slope(size_t n, const double *x, const double *y)
{
    double mx = 0, my = 0, xy = 0, xx = 0;
    for (size_t i = 0; i < n; i++) {
        mx += log(x[i]) / (double)n;
        my += log(y[i]) / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        xy += (log(x[i]) - mx) * (log(y[i]) - my);
        xx += (log(x[i]) - mx) * (log(x[i]) - mx);
    }
    return xy / xx;
}

static double error_at(const struct test_field *field, const struct fm_solver *solver,
                       size_t n_steps)
{
    static struct test_outcome outcome;
    struct fm_error err = {0};
    double x0[N_ROWS * TEST_MAX_DIM];
    const struct test_state state = {field, NULL};
    struct fm_velocity velocity = test_velocity(&state);
    test_start(N_ROWS, field->dim, x0);
    struct fm_solve solve = test_solve(&velocity, solver, N_ROWS, x0, &outcome);
    solve.control.n_steps = n_steps;
    ck_ok(fm_integrate(&solve, &outcome.result, &err));
    return test_error(field, N_ROWS, x0, outcome.x1);
}

/* Minus the slope through the finest grids whose error is above 3e-13, where rounding (a
 * few 1e-16 a step) can't bend it: coarse grids for high orders, fine ones for low. */
static double fitted_order(const struct test_field *field, const struct fm_solver *solver)
{
    static const size_t grids[] = {2,  3,  4,   6,   8,   11,  16,  23,  32,   45,
                                   64, 91, 128, 181, 256, 362, 512, 724, 1024, 1448};
    enum { N_GRIDS = sizeof grids / sizeof *grids };
    double h[N_GRIDS], errors[N_GRIDS];
    size_t n = 0;
    for (size_t k = 0; k < N_GRIDS; k++) {
        double error = error_at(field, solver, grids[k]);
        if (error < 3e-13)
            break;
        h[n] = 1 / (double)grids[k];
        errors[n++] = error;
    }
    ck_assert_uint_ge(n, N_POINTS);
    return slope(N_POINTS, h + n - N_POINTS, errors + n - N_POINTS);
}

static void check_fit(const char *name, const struct fm_solver *solver, unsigned order)
{
    for (size_t k = 0; k < TEST_N_FIELDS; k++) {
        double fitted = fitted_order(&test_fields[k], solver);
        ck_assert_msg(fabs(fitted - order) < 0.1,
                      "%s on %s: declared order %u, fitted %.3f", name, test_fields[k].name,
                      order, fitted);
    }
}

static void check_solver(const char *name, const struct fm_solver *solver)
{
    check_fit(name, solver, fm_solver_order(solver));
}

/* The embedded row as a method of its own. */
static void check_embedded(const char *name, const struct fm_solver *solver)
{
    if (!solver->scheme.tableau || !solver->scheme.tableau->b_embedded)
        return;
    struct fm_tableau tableau = *solver->scheme.tableau;
    struct fm_solver embedded = *solver;
    char title[128];
    tableau.b = tableau.b_embedded;
    tableau.is_fsal = false;
    embedded.scheme.tableau = &tableau;
    (void)snprintf(title, sizeof title, "%s's embedded row", name);
    check_fit(title, &embedded, tableau.embedded_order);
}

START_TEST(every_solver_has_its_declared_order)
{
    test_every_solver(check_solver);
}
END_TEST

START_TEST(every_embedded_row_has_its_declared_order)
{
    test_every_solver(check_embedded);
    check_embedded("heun_euler", &test_heun);
}
END_TEST

/* One velocity a step, the history in `state`. */
START_TEST(a_method_with_a_step_of_its_own_has_its_order)
{
    check_solver("Adams-Bashforth 2", &test_bashforth);
}
END_TEST

/* The check itself must see a wrong method: rk4's weights with nodes off by one stage is
 * the mistake of a published library, and of order 1. */
START_TEST(wrong_nodes_show_as_a_wrong_order)
{
    static const double a[] = {0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 1, 0};
    static const double b[] = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6}, c[] = {0, 0, 0.5, 0.5};
    static const struct fm_tableau tableau = {
        .n_stages = 4, .order = 4, .a = a, .b = b, .c = c};
    static const struct fm_solver wrong = {.scheme.tableau = &tableau};
    for (size_t k = 0; k < TEST_N_FIELDS; k++) {
        double fitted = fitted_order(&test_fields[k], &wrong);
        ck_assert_msg(fabs(fitted - 1) < 0.1, "%s: %.3f", test_fields[k].name, fitted);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("order");
    TCase *fitted = tcase_create("fitted order");
    tcase_set_timeout(fitted, 60);
    tcase_add_test(fitted, every_solver_has_its_declared_order);
    tcase_add_test(fitted, every_embedded_row_has_its_declared_order);
    tcase_add_test(fitted, a_method_with_a_step_of_its_own_has_its_order);
    tcase_add_test(fitted, wrong_nodes_show_as_a_wrong_order);
    suite_add_tcase(suite, fitted);
    return test_main(suite);
}
