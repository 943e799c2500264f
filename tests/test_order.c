/* The measured order of every solver: errors at t = 1 of problems with known solutions fall
 * as h^order. */
#include <config.h>

#include "check/fit.h"
#include "test_solvers.h"
#include "test_velocity.h"

enum { N_ROWS = 8 };

struct series {
    const struct fm_field *field;
    const struct fm_solver *solver;
};

static enum fm_status errors_of(void *context, size_t n_steps, double *errors,
                                struct fm_error *err)
{
    static struct test_outcome outcome;
    const struct series *s = context;
    const size_t dim = s->field->dim;
    double x0[N_ROWS * TEST_MAX_DIM];
    const struct test_state state = {s->field, NULL};
    struct fm_velocity velocity = test_velocity(&state);
    fm_field_start(N_ROWS, dim, x0);
    struct fm_solve solve = test_solve(&velocity, s->solver, N_ROWS, x0, &outcome);
    solve.control.n_steps = n_steps;
    solve.problem = &test_inner_curved;
    FM_TRY(fm_integrate(&solve, &outcome.result, err));
    for (size_t i = 0; i < N_ROWS; i++) {
        double exact[TEST_MAX_DIM];
        s->field->solution(1, x0 + i * dim, exact);
        for (size_t j = 0; j < dim; j++)
            errors[i * dim + j] = outcome.x1[i * dim + j] - exact[j];
    }
    return FM_OK;
}

static double fitted_order(const struct fm_field *field, const struct fm_solver *solver,
                           unsigned order)
{
    struct series series = {field, solver};
    struct fm_order_fit fit;
    struct fm_error err = {0};
    ck_ok(fm_fit_order(&(struct fm_convergence){.solve = errors_of,
                                                .context = &series,
                                                .n_errors = N_ROWS * field->dim,
                                                .order = order},
                       &fit, &err));
    return fit.order;
}

/* From order 7 on, errors on those fields reach rounding before their leading term
 * dominates, and the fit is only good to 0.3.  Here x' = t, y' = t^(d - 5) x and z' = t^(d -
 * 6) x^3 + x y + constant.  With t and h of weight 1, x of 2, y of d - 2 and z of d, all
 * terms of an equation have equal weight.  So z's error has weight d in t, h and the start,
 * and for a method of order d - 1 it is exactly a constant times t h^(d - 1). */
static void ladder_f(int d, double t, const double *x, double *v)
{
    v[0] = t;
    v[1] = pow(t, d - 5) * x[0];
    v[2] = (d - 6) * pow(t, d - 7) * pow(x[0], 3) + 3 * pow(t, d - 6) * x[0] * x[0] * v[0]
           + v[0] * x[1] + x[0] * v[1];
}

static void ladder_solution(int d, const double *x0, double *x1) /* at t = 1 */
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
    static void ladder_solution_##d(double t, const double *x0, double *x1)                \
    {                                                                                      \
        (void)t;                                                                           \
        ladder_solution(d, x0, x1);                                                        \
    }
LADDER(8)
LADDER(9)
LADDER(10)

enum { FIRST_LADDER = 7, LAST_LADDER = 9 };
static const struct fm_field ladders[] = {
    {"ladder of degree 8", 3, ladder_f_8, ladder_solution_8},
    {"ladder of degree 9", 3, ladder_f_9, ladder_solution_9},
    {"ladder of degree 10", 3, ladder_f_10, ladder_solution_10},
};

/* The slope of log error over log h through the five finest grids with errors above
 * rounding. */
static double slope_on_ladder(const struct fm_solver *solver, unsigned order)
{
    enum { N_GRIDS = 13, N_POINTS = 5 };
    static const size_t grids[N_GRIDS] = {1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91};
    struct series series = {&ladders[order - FIRST_LADDER], solver};
    double x[N_GRIDS], y[N_GRIDS], mx = 0, my = 0, xy = 0, xx = 0;
    size_t n = 0;
    for (size_t k = 0; k < N_GRIDS; k++) {
        double errors[N_ROWS * TEST_MAX_DIM], squares = 0;
        struct fm_error err = {0};
        ck_ok(errors_of(&series, grids[k], errors, &err));
        for (size_t i = 0; i < N_ROWS * series.field->dim; i++)
            squares += errors[i] * errors[i];
        double error = sqrt(squares / (double)(N_ROWS * series.field->dim));
        if (error < 1e-13)
            break;
        x[n] = log((double)grids[k]);
        y[n++] = log(error);
    }
    ck_assert_uint_ge(n, N_POINTS);
    for (size_t i = n - N_POINTS; i < n; i++) {
        mx += x[i] / N_POINTS;
        my += y[i] / N_POINTS;
    }
    for (size_t i = n - N_POINTS; i < n; i++) {
        xy += (x[i] - mx) * (y[i] - my);
        xx += (x[i] - mx) * (x[i] - mx);
    }
    return -xy / xx;
}

static void check_fit(const char *name, const struct fm_solver *solver, unsigned order)
{
    const bool is_high = order >= FIRST_LADDER;
    for (size_t k = is_high; k < TEST_N_FIELDS; k++) {
        double fitted = fitted_order(&fm_fields[k], solver, order);
        ck_assert_msg(fabs(fitted - order) < (is_high ? 0.3 : 0.1),
                      "%s on %s: declared order %u, fitted %.3f", name, fm_fields[k].name,
                      order, fitted);
    }
    if (is_high) {
        ck_assert_uint_le(order, LAST_LADDER);
        double fitted = slope_on_ladder(solver, order);
        ck_assert_msg(fabs(fitted - order) < 0.1,
                      "%s on its ladder: declared order %u, fitted %.3f", name, order,
                      fitted);
    }
}

/* Stochastic solvers have no end point; test_stochastic_solvers checks their moments. */
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

/* One velocity per step, with the history in `state`. */
START_TEST(a_method_with_its_own_step_has_its_order)
{
    check_solver("Adams-Bashforth 2", &test_bashforth);
}
END_TEST

/* The test itself must detect a wrong method: rk4's weights with nodes off by one stage, as
 * in a published library, have order 1. */
START_TEST(wrong_nodes_show_as_a_wrong_order)
{
    static const double a[] = {0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 1, 0};
    static const double b[] = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6}, c[] = {0, 0, 0.5, 0.5};
    static const struct fm_tableau tableau = {
        .n_stages = 4, .order = 4, .a = a, .b = b, .c = c};
    static const struct fm_solver wrong = {.scheme.tableau = &tableau};
    for (size_t k = 0; k < TEST_N_FIELDS; k++) {
        double fitted = fitted_order(&fm_fields[k], &wrong, 4);
        ck_assert_msg(fabs(fitted - 1) < 0.1, "%s: %.3f", fm_fields[k].name, fitted);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("order");
    TCase *fitted = tcase_create("fitted order");
    tcase_add_test(fitted, every_solver_has_its_declared_order);
    tcase_add_test(fitted, every_embedded_row_has_its_declared_order);
    tcase_add_test(fitted, a_method_with_its_own_step_has_its_order);
    tcase_add_test(fitted, wrong_nodes_show_as_a_wrong_order);
    suite_add_tcase(suite, fitted);
    return test_main(suite);
}
