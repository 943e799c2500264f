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
    solve.problem = &test_inner_curved;
    ck_ok(fm_integrate(&solve, &outcome.result, &err));
    return test_error(field, N_ROWS, x0, outcome.x1);
}

/* Minus the slope through the finest grids whose error is above `smallest`, where rounding
 * (a few 1e-16 a step) can't bend it: coarse grids for high orders, fine ones for low. */
static double fitted_order(const struct test_field *field, const struct fm_solver *solver,
                           double smallest)
{
    static const size_t grids[] = {1,  2,  3,   4,   6,   8,   11,  16,  23,   32,  45,
                                   64, 91, 128, 181, 256, 362, 512, 724, 1024, 1448};
    enum { N_GRIDS = sizeof grids / sizeof *grids };
    double h[N_GRIDS], errors[N_GRIDS];
    size_t n = 0;
    for (size_t k = 0; k < N_GRIDS; k++) {
        double error = error_at(field, solver, grids[k]);
        if (error < smallest)
            break;
        h[n] = 1 / (double)grids[k];
        errors[n++] = error;
    }
    ck_assert_uint_ge(n, N_POINTS);
    return slope(N_POINTS, h + n - N_POINTS, errors + n - N_POINTS);
}

/* From order 7 on, errors on those fields come to rounding before their leading term rules.
 * Here x' = t, y' = t^(d - 5) x and z = t^(d - 6) x^3 + x y + constant.  With t and h of
 * weight 1, x of 2, y of d - 2 and z of d, all terms of an equation weigh the same; so z's
 * error has weight d in t, h and the start, and of a method of order d - 1 it is a constant
 * times t h^(d - 1), and nothing else. */
static void ladder_f(int d, double t, const double *x, double *v)
{
    v[0] = t;
    v[1] = pow(t, d - 5) * x[0];
    v[2] = (d - 6) * pow(t, d - 7) * pow(x[0], 3) + 3 * pow(t, d - 6) * x[0] * x[0] * v[0]
           + v[0] * x[1] + x[0] * v[1];
}

static void ladder_solution(int d, const double *x0, double *x1)
{
    x1[0] = x0[0] + 0.5;
    x1[1] = x0[1] + x0[0] / (d - 4) + 0.5 / (d - 2);
    x1[2] = x0[2] + pow(x1[0], 3) + x1[0] * x1[1] - x0[0] * x0[1];
}

#define LADDER(d)                                                                          \
    static void ladder_f_##d(double t, const double *x, double *v)                         \
    {                                                                                      \
        ladder_f(d, t, x, v);                                                              \
    }                                                                                      \
    static void ladder_solution_##d(const double *x0, double *x1)                          \
    {                                                                                      \
        ladder_solution(d, x0, x1);                                                        \
    }
LADDER(8)
LADDER(9)
LADDER(10)

enum { FIRST_LADDER = 7, LAST_LADDER = 9 };
static const struct test_field ladders[] = {
    {"ladder of degree 8", 3, ladder_f_8, ladder_solution_8},
    {"ladder of degree 9", 3, ladder_f_9, ladder_solution_9},
    {"ladder of degree 10", 3, ladder_f_10, ladder_solution_10},
};

static void check_fit(const char *name, const struct fm_solver *solver, unsigned order)
{
    bool is_high = order >= FIRST_LADDER;
    const struct test_field *fields =
        is_high ? &ladders[order - FIRST_LADDER] : test_fields;
    size_t n_fields = is_high ? 1 : TEST_N_FIELDS;
    ck_assert_uint_le(order, LAST_LADDER);
    for (size_t k = 0; k < n_fields; k++) {
        double fitted = fitted_order(&fields[k], solver, is_high ? 1e-13 : 3e-13);
        ck_assert_msg(fabs(fitted - order) < 0.1,
                      "%s on %s: declared order %u, fitted %.3f", name, fields[k].name,
                      order, fitted);
    }
}

/* Stochastic ones have no end point; test_diffusion_solvers looks at their moments. */
static void check_solver(const char *name, const struct fm_solver *solver)
{
    if (solver->scheme.is_stochastic)
        return;
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
        double fitted = fitted_order(&test_fields[k], &wrong, 3e-13);
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
