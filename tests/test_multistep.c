/* Multistep methods: weights, orders on any grid in both directions, and costs. */
#include <config.h>

#include "host/solver.h"
#include "plugin_support.h"
#include "support.h"
#include "test_velocity.h"

#include <fmrun/multistep.h>

enum { N_ROWS = 8, MAX_STEPS = 8192 };

/* ---- weights ---- */

static void check_weights(size_t n, const double *t, double from, double to,
                          const double *expected)
{
    double weights[FM_MAX_HISTORY];
    fm_adams_weights(n, t, from, to, weights);
    for (size_t j = 0; j < n; j++)
        ck_near(weights[j], (to - from) * expected[j], 4e-15 * fabs(to - from));
}

/* Hairer, Norsett, Wanner, Solving ODEs I, III.1, below eq. 1.5 and below eq. 1.9. */
static const double bashforth[5][5] = {
    {1},
    {3.0 / 2, -1.0 / 2},
    {23.0 / 12, -16.0 / 12, 5.0 / 12},
    {55.0 / 24, -59.0 / 24, 37.0 / 24, -9.0 / 24},
    {1901.0 / 720, -2774.0 / 720, 2616.0 / 720, -1274.0 / 720, 251.0 / 720}};
static const double moulton[4][4] = {{1},
                                     {1.0 / 2, 1.0 / 2},
                                     {5.0 / 12, 8.0 / 12, -1.0 / 12},
                                     {9.0 / 24, 19.0 / 24, -5.0 / 24, 1.0 / 24}};

START_TEST(weights_on_equal_steps_are_the_classical_ones)
{
    for (int sign = -1; sign <= 1; sign += 2) {
        const double h = sign * 0.125; /* exact times */
        const double t[] = {1, 1 - h, 1 - 2 * h, 1 - 3 * h, 1 - 4 * h};
        for (size_t n = 1; n <= 5; n++)
            check_weights(n, t, 1, 1 + h, bashforth[n - 1]);
        for (size_t n = 1; n <= 4; n++)
            check_weights(n, t, 1 - h, 1, moulton[n - 1]);
    }
}
END_TEST

/* n points integrate polynomials up to degree n - 1 exactly: (s - 0.3)^d integrates to ((to
 * - 0.3)^(d + 1) - (from - 0.3)^(d + 1)) / (d + 1). */
START_TEST(weights_integrate_polynomials_exactly_on_any_grid)
{
    static const double t[] = {0.61, 0.5, 0.18, 0.75, 0.02, 0.9, 0.33, 0.41};
    for (size_t n = 1; n <= FM_MAX_HISTORY; n++)
        for (size_t d = 0; d < n; d++)
            for (int way = 0; way < 2; way++) {
                const double from = way ? 0.7 : 0.61, to = way ? 0.5 : 0.73;
                double weights[FM_MAX_HISTORY], sum = 0, e = (double)(d + 1);
                fm_adams_weights(n, t, from, to, weights);
                for (size_t j = 0; j < n; j++)
                    sum += weights[j] * pow(t[j] - 0.3, (double)d);
                ck_near(sum, (pow(to - 0.3, e) - pow(from - 0.3, e)) / e, 1e-14);
            }
}
END_TEST

START_TEST(weighted_sums_add_every_term)
{
    double arrays[FM_MAX_HISTORY][3], *v[FM_MAX_HISTORY], weights[FM_MAX_HISTORY];
    for (size_t j = 0; j < FM_MAX_HISTORY; j++) {
        v[j] = arrays[j];
        weights[j] = (double)(1 << j);
        for (size_t i = 0; i < 3; i++)
            arrays[j][i] = (double)(i + 1);
    }
    for (size_t n = 1; n <= FM_MAX_HISTORY; n++) {
        double x[] = {100, 200, 300}, to[3];
        fm_add_weighted(3, n, weights, v, x, to);
        fm_add_weighted(3, n, weights, v, x, x);
        for (size_t i = 0; i < 3; i++) {
            ck_assert(to[i] == (double)(i + 1) * (100 + (1 << n) - 1));
            ck_assert(x[i] == to[i]);
        }
    }
}
END_TEST

/* ---- methods ---- */

static const struct method {
    const char *name, *yaml;
    unsigned order;
    size_t n_steps_back;      /* k */
    size_t start, each, more; /* evaluations: a first step, a later one, once */
} methods[] = {
    {"ab2", NULL, 2, 2, 4, 1, 0},
    {"ab2", "{starter: euler}", 2, 2, 1, 1, 0},
    {"ab2", "{starter: heun2}", 2, 2, 2, 1, 0},
    {"ab3", NULL, 3, 3, 4, 1, 0},
    {"ab3", "{starter: heun2}", 3, 3, 2, 1, 0},
    {"ab3", "{starter: kutta3}", 3, 3, 3, 1, 0},
    {"ab4", NULL, 4, 4, 4, 1, 0},
    {"ab4", "{starter: kutta3}", 4, 4, 3, 1, 0},
    {"abm", NULL, 4, 4, 4, 2, 0},
    {"abm", "{mode: pec}", 4, 4, 4, 1, 1},
    {"abm", "{order: 4, starter: kutta3}", 4, 4, 3, 2, 0},
    {"abm", "{order: 3}", 3, 3, 4, 2, 0},
    {"abm", "{order: 3, mode: pec, starter: heun2}", 3, 3, 2, 1, 1},
    {"abm", "{order: 2, starter: euler}", 2, 2, 1, 2, 0},
    {"abm", "{order: 2, mode: pec}", 2, 2, 4, 1, 1},
};
enum { N_METHODS = sizeof methods / sizeof *methods };

static struct test_outcome outcome;
static double x0[TEST_MAX_ROWS * TEST_MAX_DIM];

/* Times (k/n)^power from 0 to 1, or from 1 to 0. */
static const double *grid(size_t n, double power, bool is_falling)
{
    static double times[MAX_STEPS + 1];
    for (size_t k = 0; k <= n; k++) {
        double u = pow((double)k / (double)n, power);
        times[k] = is_falling ? 1 - u : u;
    }
    return times;
}

static void open_method(const struct method *m, struct test_plugin *t,
                        struct fm_solver *solver)
{
    struct fm_error err = {0};
    test_plugin_open(t, FM_SOLVER, m->name, m->yaml);
    ck_ok(fm_solver_open(&t->arena, t->plugin, t->options, solver, &err));
}

static void solve(const struct fm_field *field, const struct fm_solver *solver, size_t n,
                  size_t n_steps, const double *times, size_t n_threads)
{
    struct fm_error err = {0};
    const struct test_state state = {field, NULL};
    struct fm_velocity velocity = test_velocity(&state);
    struct fm_solve s = test_solve(&velocity, solver, n, x0, &outcome);
    s.control.n_steps = n_steps;
    s.control.times = times;
    s.n_threads = n_threads;
    ck_ok(fm_integrate(&s, &outcome.result, &err));
}

/* The error of the solve from the known start to the known end, or back. */
static double error_at(const struct fm_field *field, const struct fm_solver *solver,
                       size_t n_steps, double power, bool is_falling)
{
    double start[N_ROWS * TEST_MAX_DIM], end[N_ROWS * TEST_MAX_DIM], sum = 0;
    const size_t size = N_ROWS * field->dim;
    fm_field_start(N_ROWS, field->dim, start);
    for (size_t i = 0; i < N_ROWS; i++)
        field->solution(1, start + i * field->dim, end + i * field->dim);
    memcpy(x0, is_falling ? end : start, size * sizeof *x0);
    solve(field, solver, N_ROWS, n_steps, grid(n_steps, power, is_falling), 1);
    for (size_t i = 0; i < size; i++)
        sum += pow(outcome.x1[i] - (is_falling ? start : end)[i], 2);
    return sqrt(sum / (double)size);
}

/* The slope over the finest doubling with errors above 3e-12, where rounding does not
 * affect it. */
static double fitted_order(const struct fm_field *field, const struct fm_solver *solver,
                           double power, bool is_falling)
{
    double errors[16];
    size_t n = 0;
    for (size_t n_steps = 16; n_steps <= MAX_STEPS; n_steps *= 2) {
        errors[n] = error_at(field, solver, n_steps, power, is_falling);
        if (errors[n] < 3e-12)
            break;
        n++;
    }
    ck_assert_uint_ge(n, 4);
    return log2(errors[n - 2] / errors[n - 1]);
}

START_TEST(orders_hold_on_uneven_grids_both_ways)
{
    static const double powers[] = {1, 1.3, 2};
    const struct method *m = &methods[_i];
    struct test_plugin t;
    struct fm_solver solver;
    open_method(m, &t, &solver);
    ck_assert_uint_eq(fm_solver_order(&solver), m->order);
    /* without the first field, where the leading term of PEC's error dominates too late */
    for (size_t k = 1; k < TEST_N_FIELDS; k++)
        for (size_t p = 0; p < 3; p++)
            for (int is_falling = 0; is_falling < 2; is_falling++) {
                double fitted = fitted_order(&fm_fields[k], &solver, powers[p], is_falling);
                ck_assert_msg(fabs(fitted - m->order) < 0.1,
                              "%s %s on %s, times u^%g%s: order %u, fitted %.3f", m->name,
                              m->yaml ? m->yaml : "", fm_fields[k].name, powers[p],
                              is_falling ? " falling" : "", m->order, fitted);
            }
    test_plugin_close(&t);
}
END_TEST

START_TEST(evaluations_are_as_few_as_documented)
{
    const struct method *m = &methods[_i];
    struct test_plugin t;
    struct fm_solver solver;
    open_method(m, &t, &solver);
    for (size_t n_steps = 1; n_steps <= 12; n_steps++) {
        const size_t n_first = n_steps < m->n_steps_back ? n_steps : m->n_steps_back - 1;
        const size_t n_later = n_steps - n_first;
        fm_field_start(N_ROWS, 2, x0);
        solve(&fm_fields[FM_FIELD_SPIRAL], &solver, N_ROWS, n_steps, NULL, 1);
        for (size_t i = 0; i < N_ROWS; i++)
            ck_assert_uint_eq(outcome.nfe[i], n_first * m->start + n_later * m->each
                                                  + (n_later > 0 ? m->more : 0));
    }
    test_plugin_close(&t);
}
END_TEST

START_TEST(bits_do_not_depend_on_threads)
{
    enum { MANY = 150 };
    static double first[MANY * 2];
    const struct method *m = &methods[_i];
    struct test_plugin t;
    struct fm_solver solver;
    open_method(m, &t, &solver);
    fm_field_start(MANY, 2, x0);
    for (size_t n_threads = 1; n_threads <= 3; n_threads++) {
        solve(&fm_fields[FM_FIELD_SPIRAL], &solver, MANY, 9, grid(9, 1.3, false),
              n_threads);
        if (n_threads == 1)
            memcpy(first, outcome.x1, sizeof first);
        ck_assert_mem_eq(first, outcome.x1, sizeof first);
    }
    test_plugin_close(&t);
}
END_TEST

/* One step of each starter equals that of the tableau. */
START_TEST(starters_are_the_one_step_methods_of_their_names)
{
    static const char *const names[] = {"euler", "heun2", "rk4"};
    for (size_t i = 0; i < 3; i++) {
        char yaml[64];
        double expected[N_ROWS * 2];
        struct test_plugin one_step, multistep;
        struct fm_solver solver;
        open_method(&(struct method){.name = names[i]}, &one_step, &solver);
        fm_field_start(N_ROWS, 2, x0);
        solve(&fm_fields[FM_FIELD_SPIRAL], &solver, N_ROWS, 1, NULL, 1);
        memcpy(expected, outcome.x1, sizeof expected);
        (void)snprintf(yaml, sizeof yaml, "{starter: %s}", names[i]);
        open_method(&(struct method){.name = "ab2", .yaml = yaml}, &multistep, &solver);
        solve(&fm_fields[FM_FIELD_SPIRAL], &solver, N_ROWS, 1, NULL, 1);
        for (size_t j = 0; j < N_ROWS * 2; j++)
            ck_near(outcome.x1[j], expected[j], 1e-13 * fmax(1, fabs(expected[j])));
        test_plugin_close(&one_step);
        test_plugin_close(&multistep);
    }
}
END_TEST

static void refused(const char *name, const char *yaml, const char *fragment)
{
    struct fm_error err = {0};
    struct test_plugin t;
    struct fm_solver solver;
    test_plugin_open(&t, FM_SOLVER, name, yaml);
    ck_fails(fm_solver_open(&t.arena, t.plugin, t.options, &solver, &err), FM_ERROR_CONFIG,
             fragment);
    test_plugin_close(&t);
}

START_TEST(a_starter_of_too_low_order_is_an_error)
{
    refused("ab3", "{starter: euler}",
            "starter: euler has order 1, too low to start a method of order 3, which needs "
            "\"heun2\"");
    refused("ab4", "{starter: euler}", "needs \"kutta3\" or a higher one");
    refused("ab4", "{starter: heun2}", "heun2 has order 2");
    refused("abm", "{starter: heun2}", "method of order 4");
    refused("abm", "{order: 3, starter: euler}", "method of order 3");
}
END_TEST

/* The velocity of x' = 1 fails from the fourth evaluation of row 0 on. */
static size_t n_left;

static enum fm_status fail_at_last(const struct fm_closed_form *form, size_t n,
                                   const double *t, const double *x, double *v,
                                   void *scratch, struct fm_error *err)
{
    (void)form, (void)t, (void)scratch;
    if (n_left-- == 0)
        return fm_fail(err, FM_ERROR_RUN, "enough");
    for (size_t i = 0; i < n; i++)
        v[i] = x[i];
    return FM_OK;
}

static enum fm_status direct_velocity(const struct fm_step *step, double t, const double *x,
                                      double *v, struct fm_error *err)
{
    return fail_at_last(NULL, step->n * step->dim, &t, x, v, NULL, err);
}

START_TEST(a_step_whose_velocity_fails_leaves_x_unchanged)
{
    const struct method *m = &methods[_i];
    struct test_plugin t;
    struct fm_solver solver;
    open_method(m, &t, &solver);
    for (size_t most = 0; most < 20; most++) {
        static const double times[] = {0, 0.1, 0.3, 0.4, 0.6, 0.7, 1};
        double x[] = {1, 2}, state[16 * 2] = {0};
        ck_assert_uint_le(solver.scheme.n_state, 16);
        n_left = most;
        for (size_t k = 0; k < 6; k++) {
            struct fm_error err = {0};
            const double before[] = {x[0], x[1]};
            const struct fm_step step = {.n = 2,
                                         .dim = 1,
                                         .index = k,
                                         .n_steps = 6,
                                         .times = times,
                                         .t = times[k],
                                         .h = times[k + 1] - times[k],
                                         .x = x,
                                         .state = state,
                                         .velocity = direct_velocity};
            if (solver.ops->step(solver.options, &step, &err) == FM_OK) {
                ck_assert(x[0] > before[0]);
                continue;
            }
            ck_assert_str_eq(err.message, "enough");
            ck_assert_mem_eq(x, before, sizeof x);
            break;
        }
    }
    test_plugin_close(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("multistep");
    TCase *weights = tcase_create("weights");
    tcase_add_test(weights, weights_on_equal_steps_are_the_classical_ones);
    tcase_add_test(weights, weights_integrate_polynomials_exactly_on_any_grid);
    tcase_add_test(weights, weighted_sums_add_every_term);
    suite_add_tcase(suite, weights);
    TCase *solvers = tcase_create("solvers");
    tcase_add_loop_test(solvers, orders_hold_on_uneven_grids_both_ways, 0, N_METHODS);
    tcase_add_loop_test(solvers, evaluations_are_as_few_as_documented, 0, N_METHODS);
    tcase_add_loop_test(solvers, bits_do_not_depend_on_threads, 0, N_METHODS);
    tcase_add_loop_test(solvers, a_step_whose_velocity_fails_leaves_x_unchanged, 0,
                        N_METHODS);
    tcase_add_test(solvers, starters_are_the_one_step_methods_of_their_names);
    tcase_add_test(solvers, a_starter_of_too_low_order_is_an_error);
    suite_add_tcase(suite, solvers);
    return test_main(suite);
}
