/* The solver arkode and the host's own loop, compared: SUNDIALS ARKODE has the same
 * methods, with its own coefficients and code. */
#include <config.h>

#include "test_solvers.h"
#include "test_velocity.h"

#include <arkode/arkode_butcher_erk.h>
#include <ctype.h>
#include <float.h>
#include <stdio.h>
#include <unistd.h>

enum { N_ROWS = 70, DIM = 3, N_TABLES = ARKODE_MAX_ERK_NUM + 1 };

static struct test_outcome outcome, other;

/* ---- arkode with one of its tables ---- */

struct referee {
    struct test_plugin t;
    struct fm_solver solver;
    ARKodeButcherTable table;
};

static const char *name_of(const struct fm_plugin *plugin, size_t table)
{
    return plugin->options[0].choices[table];
}

static void open_referee(struct referee *r, size_t table)
{
    struct fm_error err = {0};
    char yaml[128];
    test_plugin_open(&r->t, FM_SOLVER, "arkode", NULL);
    (void)snprintf(yaml, sizeof yaml, "{table: %s}", name_of(r->t.plugin, table));
    test_plugin_close(&r->t);
    test_plugin_open(&r->t, FM_SOLVER, "arkode", yaml);
    ck_ok(fm_solver_open(&r->t.arena, r->t.plugin, r->t.options, &r->solver, &err));
    r->table = ARKodeButcherTable_LoadERK((ARKODE_ERKTableID)table);
    ck_assert_ptr_nonnull(r->table);
}

static void close_referee(struct referee *r)
{
    ARKodeButcherTable_Free(r->table);
    test_plugin_close(&r->t);
}

/* ARKODE's coefficients as a tableau for the host's loop. */
struct copy {
    double a[FM_MAX_STAGES * FM_MAX_STAGES];
    struct fm_tableau tableau;
    struct fm_solver solver;
};

static void copy_table(struct copy *copy, ARKodeButcherTable table)
{
    const size_t s = (size_t)table->stages;
    bool is_fsal = table->c[s - 1] == 1;
    ck_assert_uint_le(s, FM_MAX_STAGES);
    for (size_t i = 0; i < s; i++)
        memcpy(copy->a + i * s, table->A[i], s * sizeof(double));
    for (size_t j = 0; j < s; j++)
        is_fsal = is_fsal && copy->a[(s - 1) * s + j] == table->b[j];
    copy->tableau = (struct fm_tableau){.n_stages = s,
                                        .order = (unsigned)table->q,
                                        .embedded_order = table->d ? (unsigned)table->p : 0,
                                        .is_fsal = is_fsal,
                                        .a = copy->a,
                                        .b = table->b,
                                        .b_embedded = table->d,
                                        .c = table->c};
    copy->solver = (struct fm_solver){.scheme.tableau = &copy->tableau};
}

/* ---- what a table is ---- */

/* ARKODE checks orders up to 6. */
START_TEST(every_table_has_the_order_that_arkode_finds)
{
    for (size_t k = 0; k < N_TABLES; k++) {
        struct referee r;
        int order = 0, embedded_order = 0;
        open_referee(&r, k);
        (void)ARKodeButcherTable_CheckOrder(r.table, &order, &embedded_order, NULL);
        ck_assert_int_eq(order, r.table->q < 6 ? r.table->q : 6);
        ck_assert_uint_eq(r.solver.scheme.order, (unsigned)r.table->q);
        ck_assert(fm_solver_is_adaptive(&r.solver) == (embedded_order > 0));
        close_referee(&r);
    }
}
END_TEST

/* "cash_karp_6_4_5" is ARKODE_CASH_KARP_6_4_5: 6 stages, orders 4 and 5. */
START_TEST(every_table_is_the_one_of_its_name)
{
    struct test_plugin t;
    size_t n = 0;
    test_plugin_open(&t, FM_SOLVER, "arkode", NULL);
    ck_assert_str_eq(name_of(t.plugin, (size_t) * (const int *)t.options),
                     "dormand_prince_7_4_5");
    for (; name_of(t.plugin, n); n++) {
        const char *name = name_of(t.plugin, n);
        char full[128];
        int length = snprintf(full, sizeof full, "ARKODE_%s", name);
        for (int i = 0; i < length; i++)
            full[i] = (char)toupper((unsigned char)full[i]);
        char *b = strstr(full, "L2SAB");
        if (b)
            b[4] = 'b';
        ARKodeButcherTable by_name = ARKodeButcherTable_LoadERKByName(full);
        ARKodeButcherTable table = ARKodeButcherTable_LoadERK((ARKODE_ERKTableID)n);
        ck_assert_msg(by_name, "ARKODE has no %s", full);
        ck_assert_int_eq(by_name->stages, table->stages);
        for (int i = 0; i < table->stages; i++)
            ck_assert_mem_eq(by_name->A[i], table->A[i],
                             (size_t)table->stages * sizeof(double));
        ck_assert_int_eq(name[strlen(name) - 1] - '0', table->q);
        ARKodeButcherTable_Free(by_name);
        ARKodeButcherTable_Free(table);
    }
    ck_assert_uint_eq(n, N_TABLES);
    test_plugin_close(&t);
}
END_TEST

/* ---- fixed steps ---- */

/* Coupled, not linear, dependent on t. */
static void chain(double t, const double *x, double *v)
{
    v[0] = sin(3 * t) * x[1] * x[2] - x[0];
    v[1] = cos(5 * t) - x[0] * x[2];
    v[2] = 0.5 * x[0] * x[1] - t * x[2];
}

static const struct fm_field chain_field = {"chain", 3, chain, NULL};
static const struct fm_field *const fields[] = {&fm_fields[FM_FIELD_TURN],
                                                &fm_fields[FM_FIELD_SPIRAL], &chain_field};
enum { N_FIELDS = sizeof fields / sizeof *fields };

/* The largest entry of all x and v of a solve. */
static const struct fm_field *watched;
static double largest_x, largest_v;

static void watch(double t, const double *x, double *v)
{
    watched->f(t, x, v);
    for (size_t j = 0; j < watched->dim; j++) {
        largest_x = fmax(largest_x, fabs(x[j]));
        largest_v = fmax(largest_v, fabs(v[j]));
    }
}

static void solve_field(const struct fm_field *field, const struct fm_solver *solver,
                        struct fm_control control, const double *x0,
                        struct test_outcome *to)
{
    const struct fm_field watch_field = {"watch", field->dim, watch, NULL};
    const struct test_state state = {&watch_field, NULL};
    struct fm_velocity velocity = test_velocity(&state);
    struct fm_error err = {0};
    struct fm_solve solve = test_solve(&velocity, solver, N_ROWS, x0, to);
    watched = field;
    solve.control = control;
    solve.control.max_evaluations = 1000000;
    ck_ok(fm_integrate(&solve, &to->result, &err));
    ck_assert_uint_eq(to->result.n_failed, 0);
}

/* Grids: equal steps, uneven ones, and back from 1 to 0. */
enum { N_GRIDS = 3, N_STEPS = 24 };

static void make_grid(size_t kind, double *times)
{
    for (size_t k = 0; k <= N_STEPS; k++) {
        double t = (double)k / N_STEPS;
        times[k] = kind == 0 ? t : kind == 1 ? t * t * (3 - 2 * t) : 1 - t;
    }
}

static double longest_step(const double *times)
{
    double longest = 0;
    for (size_t k = 0; k < N_STEPS; k++)
        longest = fmax(longest, fabs(times[k + 1] - times[k]));
    return longest;
}

static double largest_row_sum(const struct fm_tableau *t)
{
    double largest = 0;
    for (size_t i = 0; i <= t->n_stages; i++) {
        double sum = 0;
        for (size_t j = 0; j < t->n_stages; j++)
            sum += fabs(i < t->n_stages ? t->a[i * t->n_stages + j] : t->b[j]);
        largest = fmax(largest, sum);
    }
    return largest;
}

/* A state or stage is a sum of s + 1 terms, s of them products with a product h a_ij.  So in
 * each program at most s + 2 roundings change it, each by at most half an epsilon of scale
 * = |x| + h max_i sum_j |a_ij| max |v|, and after one step the two differ by at most (s +
 * 2) epsilon scale.  By the end the flow has multiplied that by at most e^3: the logarithmic
 * norms of the three fields, forwards and backwards, are below 3. */
static double rounding(const struct fm_tableau *t, double h)
{
    double scale = largest_x + h * largest_row_sum(t) * largest_v;
    return N_STEPS * (double)(t->n_stages + 2) * DBL_EPSILON * scale * exp(3);
}

/* Solves with both and compares, in units of the bound. */
static void compare(const char *name, const struct fm_solver *ours,
                    const struct fm_solver *theirs)
{
    const struct fm_tableau *t = ours->scheme.tableau;
    double x0[N_ROWS * DIM], times[N_STEPS + 1];
    for (size_t k = 0; k < N_FIELDS * N_GRIDS; k++) {
        const struct fm_field *field = fields[k / N_GRIDS];
        struct fm_control control = {.n_steps = N_STEPS, .times = times};
        make_grid(k % N_GRIDS, times);
        fm_field_start(N_ROWS, field->dim, x0);
        for (size_t i = 0; i < N_ROWS * field->dim; i++)
            x0[i] *= 0.5; /* inside the circle where the spiral starts */
        largest_x = largest_v = 0;
        solve_field(field, ours, control, x0, &outcome);
        solve_field(field, theirs, control, x0, &other);
        double bound = rounding(t, longest_step(times)), worst = 0;
        for (size_t i = 0; i < N_ROWS * field->dim; i++)
            worst = fmax(worst, fabs(outcome.x1[i] - other.x1[i]));
        ck_assert_msg(worst <= bound, "%s on %s, grid %zu: apart by %g, rounding by %g",
                      name, field->name, k % N_GRIDS, worst, bound);
        ck_assert_mem_eq(outcome.nfe, other.nfe, N_ROWS * sizeof *other.nfe);
    }
}

START_TEST(every_table_in_the_host_s_loop_is_arkode_to_rounding)
{
    for (size_t k = 0; k < N_TABLES; k++) {
        static struct copy copy;
        struct referee r;
        open_referee(&r, k);
        copy_table(&copy, r.table);
        compare(name_of(r.t.plugin, k), &copy.solver, &r.solver);
        close_referee(&r);
    }
}
END_TEST

/* Our names for the methods that ARKODE has. */
static const struct {
    const char *name;
    ARKODE_ERKTableID table;
} pairs[] = {{"dopri5", ARKODE_DORMAND_PRINCE_7_4_5},
             {"heun_euler", ARKODE_HEUN_EULER_2_1_2},
             {"bosh3", ARKODE_BOGACKI_SHAMPINE_4_2_3},
             {"cash_karp", ARKODE_CASH_KARP_6_4_5},
             {"fehlberg45", ARKODE_FEHLBERG_6_4_5}};
enum { N_PAIRS = sizeof pairs / sizeof *pairs };

static bool is_compared[N_PAIRS];

static void compare_plugin(const char *name, const struct fm_solver *solver)
{
    for (size_t k = 0; k < N_PAIRS; k++) {
        struct referee r;
        if (strcmp(name, pairs[k].name) != 0)
            continue;
        open_referee(&r, (size_t)pairs[k].table);
        compare(name, solver, &r.solver);
        close_referee(&r);
        is_compared[k] = true;
    }
}

START_TEST(every_common_method_agrees_to_rounding)
{
    test_every_solver(compare_plugin);
    for (size_t k = 0; k < N_PAIRS; k++)
        ck_assert_msg(is_compared[k], "no %s", pairs[k].name);
}
END_TEST

/* ---- its own step control ---- */

/* The error at the end, in units of the tolerance, depends on the pair: on how well the
 * lower row estimates the error of the higher, and on how the flow amplifies errors.  It is
 * 1 to 140 with the host's control, which test_adaptive checks.  ARKODE multiplies the
 * estimate by 1.5 and has a safety factor of 0.96 (the host 1 and 0.9), weights by the last
 * state instead of the larger, and has another controller: its errors are 0.07 to 4.2 times
 * the host's. */
static void check_tolerance(const struct referee *r, const struct fm_solver *ours,
                            const struct fm_field *field)
{
    double x0[N_ROWS * DIM], tol = r->table->q < 4 ? 1e-5 : 1e-8;
    struct fm_control control = {.rtol = tol, .atol = tol};
    fm_field_start(N_ROWS, field->dim, x0);
    solve_field(field, ours, control, x0, &outcome);
    double our_error = test_error(field, N_ROWS, x0, outcome.x1);
    solve_field(field, &r->solver, control, x0, &outcome);
    double error = test_error(field, N_ROWS, x0, outcome.x1);
    ck_assert_msg(our_error <= 200 * tol && error <= 8 * our_error,
                  "order %d on %s: error %g at tolerance %g, the host's control %g",
                  r->table->q, field->name, error, tol, our_error);
    control.t_from = 1;
    solve_field(field, &r->solver, control, outcome.x1, &other);
    for (size_t i = 0; i < N_ROWS * field->dim; i++)
        ck_near(other.x1[i], x0[i], 1000 * tol);
}

START_TEST(every_pair_keeps_the_tolerance_forwards_and_back)
{
    for (size_t k = 0; k < N_TABLES; k++) {
        static struct copy copy;
        struct referee r;
        open_referee(&r, k);
        copy_table(&copy, r.table);
        for (size_t f = 0; f < TEST_N_FIELDS && r.table->d; f++)
            check_tolerance(&r, &copy.solver, &fm_fields[f]);
        close_referee(&r);
    }
}
END_TEST

/* The times at which a row of v = 1 was evaluated. */
static double asked[1000];
static size_t n_asked;

static void steady(double t, const double *x, double *v)
{
    (void)x;
    asked[n_asked++ % 1000] = t;
    v[0] = 1;
}

static void solve_steady(const struct fm_solver *solver, struct fm_control control)
{
    static const struct fm_field field = {"steady", 1, steady, NULL};
    const struct test_state state = {&field, NULL};
    struct fm_velocity velocity = test_velocity(&state);
    struct fm_error err = {0};
    const double x0 = 0;
    struct fm_solve solve = test_solve(&velocity, solver, 1, &x0, &outcome);
    solve.control = control;
    solve.control.rtol = solve.control.atol = 1e-3;
    solve.control.max_evaluations = 900;
    n_asked = 0;
    ck_ok(fm_integrate(&solve, &outcome.result, &err));
    ck_assert_uint_eq(outcome.result.n_failed, 0);
    ck_near(outcome.x1[0], control.t_to, 1e-15);
}

/* Dormand and Prince's second and third stage are at h / 5 and 3 h / 10.  Evaluations 7 and
 * 8 are these stages of the second step, whose first stage is the last of the first step. v
 * is constant, so every step is accepted and the next is as long as allowed. */
START_TEST(step_lengths_are_the_requested_ones)
{
    struct referee r;
    open_referee(&r, ARKODE_DORMAND_PRINCE_7_4_5);
    for (int direction = -1; direction <= 1; direction += 2) {
        struct fm_control control = {.t_to = direction, .first_step = 0.01};
        solve_steady(&r.solver, control);
        ck_near(asked[1], direction * 0.002, 1e-17);
        ck_assert_uint_lt(n_asked, 60);
        control.max_step = 0.02;
        solve_steady(&r.solver, control);
        ck_assert_uint_ge(n_asked, 50 * 6 + 1);
        ck_near(asked[8] - asked[7], direction * 0.02 * 0.1, 1e-15);
    }
    close_referee(&r);
}
END_TEST

/* ---- failures, in calls of the plugin itself ---- */

/* Velocities fail from t = 0.5 on. */
static enum fm_status failure;

static enum fm_status field_or_failure(double t, const double *x, double *v,
                                       struct fm_error *err)
{
    if (t >= 0.5)
        return fm_fail(err, failure, "no velocity at %g", t);
    fm_fields[FM_FIELD_TURN].f(t, x, v);
    return FM_OK;
}

static enum fm_status step_velocity(const struct fm_step *step, double t, const double *x,
                                    double *v, struct fm_error *err)
{
    (void)step;
    return field_or_failure(t, x, v, err);
}

static enum fm_status ivp_velocity(const struct fm_ivp *ivp, double t, const double *x,
                                   double *v, struct fm_error *err)
{
    (void)ivp;
    return field_or_failure(t, x, v, err);
}

static void check_failing_step(const struct referee *r)
{
    struct fm_error err = {0};
    double x[2] = {1, 2}, state[2] = {0};
    const double times[] = {0.25, 0.75};
    const struct fm_step step = {.n = 1,
                                 .dim = 2,
                                 .n_steps = 1,
                                 .times = times,
                                 .t = times[0],
                                 .h = times[1] - times[0],
                                 .x = x,
                                 .state = state,
                                 .velocity = step_velocity};
    ck_fails(r->solver.ops->step(r->solver.options, &step, &err), failure,
             "no velocity at 0.65");
    ck_assert_int_eq(err.status, failure);
    ck_assert(x[0] == 1 && x[1] == 2);
}

/* x is the state after the last accepted step, on the solution. */
static void check_failing_ivp(const struct referee *r)
{
    struct fm_error err = {0};
    double x[2] = {1, 2};
    struct fm_ivp ivp = {.n = 1,
                         .dim = 2,
                         .x = x,
                         .t_to = 1,
                         .rtol = 1e-8,
                         .atol = 1e-8,
                         .velocity = ivp_velocity};
    ck_fails(r->solver.ops->solve(r->solver.options, &ivp, &err), failure,
             "no velocity at 0.5");
    ck_assert_int_eq(err.status, failure);
    double growth = sqrt((x[0] * x[0] + x[1] * x[1]) / 5); /* exp(2 sin t) */
    double t = asin(log(growth) / 2), angle = 3 * (t + t * t);
    ck_assert(t > 0.4 && t < 0.5);
    ck_near(x[0], growth * (cos(angle) - 2 * sin(angle)), 1e-6);
    ck_near(x[1], growth * (sin(angle) + 2 * cos(angle)), 1e-6);
}

/* A step that would have to be shorter than allowed. */
static void check_own_failure(const struct referee *r)
{
    struct fm_error err = {0};
    double x[2] = {1, 2};
    struct fm_ivp ivp = {.n = 1,
                         .dim = 2,
                         .x = x,
                         .t_to = 0.4,
                         .rtol = 1e-10,
                         .atol = 1e-10,
                         .min_step = 0.1,
                         .velocity = ivp_velocity};
    ck_fails(r->solver.ops->solve(r->solver.options, &ivp, &err), FM_ERROR_DIVERGED,
             "ARKODE: ARK_ERR_FAILURE");
    ck_assert(x[0] == 1 && x[1] == 2);
}

/* ARKODE prints nothing when it fails. */
START_TEST(failures_arrive_unchanged_and_nothing_is_printed)
{
    static const enum fm_status statuses[] = {FM_ERROR_DIVERGED, FM_ERROR_NO_INPUT,
                                              FM_INTERRUPTED};
    struct referee r;
    FILE *printed = tmpfile();
    ck_assert_ptr_nonnull(printed);
    open_referee(&r, ARKODE_DORMAND_PRINCE_7_4_5);
    (void)fflush(NULL);
    int saved[] = {dup(1), dup(2)};
    ck_assert(dup2(fileno(printed), 1) == 1 && dup2(fileno(printed), 2) == 2);
    for (size_t k = 0; k < 3; k++) {
        failure = statuses[k];
        check_failing_step(&r);
        check_failing_ivp(&r);
        check_own_failure(&r);
    }
    (void)fflush(NULL);
    ck_assert(dup2(saved[0], 1) == 1 && dup2(saved[1], 2) == 2);
    ck_assert_int_eq(lseek(fileno(printed), 0, SEEK_END), 0);
    (void)fclose(printed);
    close_referee(&r);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arkode");
    TCase *tables = tcase_create("tables");
    tcase_add_test(tables, every_table_has_the_order_that_arkode_finds);
    tcase_add_test(tables, every_table_is_the_one_of_its_name);
    suite_add_tcase(suite, tables);
    TCase *fixed = tcase_create("fixed steps");
    tcase_add_test(fixed, every_table_in_the_host_s_loop_is_arkode_to_rounding);
    tcase_add_test(fixed, every_common_method_agrees_to_rounding);
    suite_add_tcase(suite, fixed);
    TCase *adaptive = tcase_create("step control");
    tcase_add_test(adaptive, every_pair_keeps_the_tolerance_forwards_and_back);
    tcase_add_test(adaptive, step_lengths_are_the_requested_ones);
    suite_add_tcase(suite, adaptive);
    TCase *failures = tcase_create("failures");
    tcase_add_test(failures, failures_arrive_unchanged_and_nothing_is_printed);
    suite_add_tcase(suite, failures);
    return test_main(suite);
}
