/* Every view against numbers worked out by hand. */
#include <config.h>

#include "store/read.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct fm_error err;
static struct fm_store *store;
static int64_t sweep, w2, accuracy, discretization;

/* ---- building ------------------------------------------------------------------------ */

static int64_t add_metric_def(const char *name, bool is_higher_better)
{
    int64_t id = 0;
    struct fm_metric_def_record record = {name, 1, "", is_higher_better, ""};
    ck_ok(fm_store_add_metric_def(store, &record, &id, &err));
    return id;
}

static int64_t add_sweep(const char *key, const char *name)
{
    int64_t id = 0;
    struct fm_sweep_record record = {key, name, "", "", "", ""};
    ck_ok(fm_store_add_sweep(store, &record, &id, &err));
    return id;
}

static void set_up(void)
{
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/results.db", test_scratch_folder("views"));
    ck_ok(fm_store_open(&store, path, &err));
    sweep = add_sweep("k", "s");
    w2 = add_metric_def("w2", false);
    accuracy = add_metric_def("accuracy", true);
    discretization = add_metric_def("discretization_error", false);
}

static void tear_down(void)
{
    fm_store_close(store);
}

static void ask(int64_t metric)
{
    ck_ok(fm_store_add_sweep_metric(store, sweep, metric, &err));
}

static int64_t add_run(unsigned seed, const char *setting, enum fm_run_status status)
{
    char key[200];
    struct fm_known known;
    (void)snprintf(key, sizeof key, "%u %s", seed, setting);
    struct fm_run_record record = {.key = key,
                                   .seed = seed,
                                   .data = "moons",
                                   .source = "gaussian",
                                   .network = "mlp",
                                   .path = "linear",
                                   .coupling = "independent"};
    ck_ok(fm_store_add_run(store, &record, &known, &err));
    if (known.status != status)
        ck_ok(fm_store_set_run_status(store, known.id, status, "the run's reason", &err));
    return known.id;
}

/* One sampling of a run, in the sweep at point 0. */
struct solve {
    const char *solver;
    size_t steps;
    double nfe;
    enum fm_run_status status;
    const char *setting, *noise;
};

static int64_t add_solve(int64_t run, const struct solve *s)
{
    char key[100];
    struct fm_known known;
    const char *setting = s->setting ? s->setting : "";
    (void)snprintf(key, sizeof key, "%s %zu", s->solver, s->steps);
    struct fm_sampling_record record = {.run_id = run,
                                        .key = key,
                                        .solver = s->solver,
                                        .order = 4,
                                        .steps = s->steps,
                                        .n_samples = 100,
                                        .noise = s->noise};
    struct fm_sampling_result result = {
        .status = s->status, .nfe_mean = s->nfe, .seconds = s->nfe / 10};
    ck_ok(fm_store_add_sampling(store, &record, &known, &err));
    if (s->status != FM_RUN_QUEUED)
        ck_ok(fm_store_finish_sampling(store, known.id, &result, &err));
    struct fm_point_record point = {sweep, 0, setting, run, known.id, false};
    ck_ok(fm_store_add_point(store, &point, &err));
    return known.id;
}

static void add_value(int64_t sampling, int64_t metric, double value, double floor)
{
    struct fm_metric_record record = {sampling, metric, value, NULL,
                                      0.01,     floor,  100,   (double)NAN};
    ck_ok(fm_store_add_metric(store, &record, &err));
}

/* ---- asking -------------------------------------------------------------------------- */

static char rows[2000];

static enum fm_status keep_row(void *context, size_t n, const struct fm_value *values,
                               struct fm_error *error)
{
    (void)context, (void)error;
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(rows);
        (void)snprintf(rows + used, sizeof rows - used, "%s%s",
                       values[i].text ? values[i].text : "NULL", i + 1 < n ? " " : ";");
    }
    return FM_OK;
}

/* All rows as "a b;c d;". */
static const char *ask_sql(const char *sql)
{
    struct fm_query query = {.row = keep_row};
    rows[0] = '\0';
    ck_ok(fm_store_query(store, sql, &query, &err));
    return rows;
}

static double number(const char *sql)
{
    return strtod(ask_sql(sql), NULL);
}

/* ---- v_compare ----------------------------------------------------------------------- */

START_TEST(mean_and_interval_of_seeds_are_students)
{
    /* 1, 2, 4: mean 7/3, squares about it 42/9, sd = sqrt(21/9) = sqrt(7/3);
     * t(2) = 4.3027 (Abramowitz and Stegun, table 26.10). */
    static const double values[] = {1, 2, 4};
    ask(w2);
    for (unsigned i = 0; i < 3; i++)
        add_value(add_solve(add_run(i, "", FM_RUN_DONE),
                            &(struct solve){"rk4", 8, 32 + i, FM_RUN_DONE, NULL, NULL}),
                  w2, values[i], 0.1 * (i + 1));
    ck_assert_double_eq_tol(number("select mean from v_compare"), 7.0 / 3, 1e-14);
    ck_assert_double_eq_tol(number("select sd from v_compare"), sqrt(7.0 / 3), 1e-14);
    ck_assert_double_eq_tol(number("select ci95 from v_compare"),
                            4.3027 * sqrt(7.0 / 3) / sqrt(3), 1e-13);
    ck_assert_double_eq_tol(number("select floor from v_compare"), 0.2, 1e-14);
    ck_assert_double_eq_tol(number("select nfe from v_compare"), 33, 0);
    ck_assert_double_eq_tol(number("select seconds from v_compare"), 3.3, 1e-14);
    ck_assert_str_eq(ask_sql("select n_seeds, n, n_failed, n_open, min, max, steps, sweep, "
                             "is_latest from v_compare"),
                     "3 3 0 0 1 4 8 s 1;");
}
END_TEST

START_TEST(the_spread_of_large_values_is_not_lost_to_rounding)
{
    ask(w2);
    for (unsigned i = 0; i < 3; i++)
        add_value(add_solve(add_run(i, "", FM_RUN_DONE),
                            &(struct solve){"rk4", 8, 32, FM_RUN_DONE, NULL, NULL}),
                  w2, 1e9 + i, 0);
    ck_assert_double_eq_tol(number("select sd from v_compare"), 1, 1e-6);
}
END_TEST

START_TEST(one_seed_has_no_interval)
{
    ask(w2);
    add_value(add_solve(add_run(0, "", FM_RUN_DONE),
                        &(struct solve){"rk4", 8, 32, FM_RUN_DONE, NULL, NULL}),
              w2, 5, 0);
    ck_assert_str_eq(ask_sql("select n, mean, sd, ci95 from v_compare"), "1 5 NULL NULL;");
}
END_TEST

START_TEST(missing_degrees_of_freedom_take_the_next_lower_ones)
{
    ck_assert_str_eq(
        ask_sql("with want(n) as (values(2), (31), (36), (42), (500)) "
                "select (select min(t) from t_quantile where df < n) from want order by n"),
        "12.7062;2.0423;2.0423;2.0211;1.9799;");
    ck_assert_str_eq(ask_sql("select count(*), sum(df) from t_quantile where df <= 30"),
                     "30 465;");
    ck_assert_str_eq(ask_sql("select count(*) from t_quantile a join t_quantile b "
                             "on a.df < b.df and a.t <= b.t"),
                     "0;");
}
END_TEST

START_TEST(failed_diverged_and_open_seeds_are_counted_and_kept_out_of_the_mean)
{
    static const struct {
        enum fm_run_status run, sampling;
        double value; /* 0: not measured */
    } seeds[] = {
        {FM_RUN_DONE, FM_RUN_DONE, 1},
        {FM_RUN_DONE, FM_RUN_DONE, 3},
        {FM_RUN_DONE, FM_RUN_DIVERGED, 1000}, /* failed: measured on what was left */
        {FM_RUN_DIVERGED, FM_RUN_QUEUED, 0},  /* failed: the run never got here */
        {FM_RUN_FAILED, FM_RUN_LOST, 0},      /* failed */
        {FM_RUN_FAILED, FM_RUN_DONE, 5},      /* counts: sampled before the run failed */
        {FM_RUN_DONE, FM_RUN_DONE, INFINITY}, /* failed: no value */
        {FM_RUN_DONE, FM_RUN_DONE, 0},        /* open: not measured */
        {FM_RUN_RUNNING, FM_RUN_QUEUED, 0},   /* open */
        {FM_RUN_INTERRUPTED, FM_RUN_INTERRUPTED, 0}, /* open */
    };
    ask(w2);
    for (unsigned i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        int64_t sampling =
            add_solve(add_run(i, "", seeds[i].run),
                      &(struct solve){"rk4", 8, 32, seeds[i].sampling, NULL, NULL});
        if (seeds[i].value != 0)
            add_value(sampling, w2, seeds[i].value, 0);
    }
    ck_assert_str_eq(
        ask_sql("select n_seeds, n, n_failed, n_open, mean, max from v_compare"),
        "10 3 4 3 3 5;");
    ck_assert_str_eq(ask_sql("select status, reason from v_result where seed = 3"),
                     "diverged the run's reason;");
    ck_assert_str_eq(ask_sql("select note, value from v_result where seed = 6"),
                     "not finite NULL;");
}
END_TEST

START_TEST(settings_and_solvers_are_compared_apart)
{
    ask(w2);
    for (unsigned i = 0; i < 2; i++) {
        static const char *const settings[] = {"lr=1", "lr=2"};
        int64_t run = add_run(0, settings[i], FM_RUN_DONE);
        add_value(
            add_solve(run, &(struct solve){"euler", 4, 4, FM_RUN_DONE, settings[i], NULL}),
            w2, 1 + i, 0);
        add_value(
            add_solve(run, &(struct solve){"rk4", 4, 16, FM_RUN_DONE, settings[i], NULL}),
            w2, 10 + i, 0);
    }
    ck_assert_str_eq(
        ask_sql("select setting, solver, n, mean from v_compare order by setting, solver"),
        "lr=1 euler 1 1;lr=1 rk4 1 10;lr=2 euler 1 2;lr=2 rk4 1 11;");
}
END_TEST

START_TEST(only_metrics_that_the_sweep_asks_for_are_shown)
{
    int64_t sampling = add_solve(add_run(0, "", FM_RUN_DONE),
                                 &(struct solve){"rk4", 8, 32, FM_RUN_DONE, NULL, NULL});
    add_value(sampling, accuracy, 0.9, 0);
    ck_assert_str_eq(ask_sql("select metric, n_seeds, n, n_open, nfe from v_compare"),
                     "NULL 1 1 0 32;");
    ask(w2);
    ck_assert_str_eq(ask_sql("select metric, n_seeds, n, n_open from v_compare"),
                     "w2 1 0 1;");
}
END_TEST

/* ---- v_pair -------------------------------------------------------------------------- */

START_TEST(pairs_share_the_run_and_the_noise)
{
    ask(w2);
    int64_t a = add_run(1, "", FM_RUN_DONE), b = add_run(2, "", FM_RUN_DONE);
    add_value(add_solve(a, &(struct solve){"euler", 8, 8, FM_RUN_DONE, NULL, "n"}), w2, 5,
              0);
    add_value(add_solve(a, &(struct solve){"rk4", 2, 8, FM_RUN_DONE, NULL, "n"}), w2, 3, 0);
    add_value(add_solve(a, &(struct solve){"heun2", 4, 8, FM_RUN_DONE, NULL, "m"}), w2, 1,
              0);
    add_value(add_solve(a, &(struct solve){"bad", 4, 8, FM_RUN_DIVERGED, NULL, "n"}), w2, 1,
              0);
    add_value(add_solve(b, &(struct solve){"euler", 8, 8, FM_RUN_DONE, NULL, "n"}), w2, 4,
              0);
    ck_assert_str_eq(ask_sql("select seed, solver_a, solver_b, nfe_a, value_a, value_b, "
                             "difference from v_pair order by solver_a"),
                     "1 euler rk4 8 5 3 2;1 rk4 euler 8 3 5 -2;");
}
END_TEST

/* ---- v_pareto ------------------------------------------------------------------------ */

/* Solves of one run with nfe and value; the last diverged. */
static void add_front(int64_t metric)
{
    static const struct {
        const char *solver;
        double nfe, value;
    } solves[] = {{"a", 4, 9},  {"b", 8, 5}, {"c", 8, 6},   {"d", 16, 5},
                  {"e", 32, 1}, {"f", 2, 9}, {"g", 64, 0.5}};
    int64_t run = add_run(0, "", FM_RUN_DONE);
    for (size_t i = 0; i < sizeof solves / sizeof *solves; i++) {
        bool has_failed = solves[i].nfe == 64;
        struct solve s = {solves[i].solver,
                          1,
                          solves[i].nfe,
                          has_failed ? FM_RUN_DIVERGED : FM_RUN_DONE,
                          NULL,
                          NULL};
        add_value(add_solve(run, &s), metric, solves[i].value, 0);
    }
}

START_TEST(the_front_has_no_row_that_another_beats)
{
    /* a and f: same value, f is cheaper.  b beats c and, at half the nfe, d. */
    ask(w2);
    add_front(w2);
    ck_assert_str_eq(ask_sql("select solver from v_pareto order by nfe"), "f;b;e;");
}
END_TEST

START_TEST(the_front_of_a_metric_where_more_is_better_looks_up)
{
    /* 9 at nfe 2 beats everything. */
    ask(accuracy);
    add_front(accuracy);
    ck_assert_str_eq(ask_sql("select solver, direction from v_pareto"), "f max;");
}
END_TEST

static enum fm_status see_front(void *context, const struct fm_compare_row *row,
                                struct fm_error *error)
{
    (void)context, (void)error;
    size_t used = strlen(rows);
    (void)snprintf(rows + used, sizeof rows - used, "%s%s ", row->solver,
                   row->is_on_front ? "*" : "");
    return FM_OK;
}

START_TEST(typed_rows_come_in_the_order_of_the_plan_and_mark_the_front)
{
    ask(w2);
    add_front(w2);
    rows[0] = '\0';
    ck_ok(fm_store_each_compare(store, sweep, see_front, NULL, &err));
    ck_assert_str_eq(rows, "a b* c d e* f* g ");
}
END_TEST

/* ---- v_order ------------------------------------------------------------------------- */

START_TEST(the_slope_of_errors_h_to_the_fourth_is_four)
{
    /* error = h^4 at h = 1/2 ... 1/64: above 0.3: none; the floor 1e-7 drops 64 (6e-8) and,
     * 3 floors, nothing else (32: 9.5e-7); the finest four left are 4 8 16 32. */
    ask(discretization);
    int64_t run = add_run(0, "", FM_RUN_DONE);
    for (size_t steps = 2; steps <= 64; steps *= 2)
        add_value(add_solve(run, &(struct solve){"rk4", steps, 4 * (double)steps,
                                                 FM_RUN_DONE, NULL, NULL}),
                  discretization, pow(1.0 / (double)steps, 4), 1e-7);
    ck_assert_double_eq_tol(number("select observed from v_order"), 4, 1e-12);
    ck_assert_str_eq(ask_sql("select solver, declared, n_points, steps_min, steps_max "
                             "from v_order"),
                     "rk4 4 4 4 32;");
}
END_TEST

START_TEST(the_fit_is_least_squares)
{
    /* (ln steps, ln error) / ln 2 = (2, -2), (3, -4), (4, -5): mean 3 and -11/3;
     * slope = (-1 * 5/3 + 0 + 1 * -4/3) / 2 = -3/2. */
    static const double log2_errors[] = {-2, -4, -5};
    ask(discretization);
    int64_t run = add_run(0, "", FM_RUN_DONE);
    for (size_t i = 0; i < 3; i++)
        add_value(add_solve(run, &(struct solve){"euler", (size_t)4 << i, 1, FM_RUN_DONE,
                                                 NULL, NULL}),
                  discretization, exp2(log2_errors[i]), (double)NAN);
    ck_assert_double_eq_tol(number("select observed from v_order"), 1.5, 1e-12);
}
END_TEST

START_TEST(an_order_needs_two_usable_points)
{
    ask(discretization);
    int64_t run = add_run(0, "", FM_RUN_DONE);
    static const double errors[] = {0.9, 0.2, 0.002}; /* too coarse, usable, at the floor */
    for (size_t i = 0; i < 3; i++)
        add_value(add_solve(run, &(struct solve){"euler", (size_t)1 << i, 1, FM_RUN_DONE,
                                                 NULL, NULL}),
                  discretization, errors[i], 0.001);
    ck_assert_str_eq(ask_sql("select observed, n_points from v_order"), "NULL 1;");
    /* adaptive solves have no step count and no row */
    add_value(add_solve(run, &(struct solve){"dopri5", 0, 40, FM_RUN_DONE, NULL, NULL}),
              discretization, 0.01, 0.001);
    ck_assert_str_eq(ask_sql("select count(*) from v_order"), "1;");
}
END_TEST

static enum fm_status see_order(void *context, const struct fm_order_row *row,
                                struct fm_error *error)
{
    (void)context, (void)error;
    (void)snprintf(rows, sizeof rows, "%s %u %zu %.3f %zu %zu", row->solver, row->declared,
                   row->n_points, row->observed, row->steps_min, row->steps_max);
    return FM_OK;
}

START_TEST(typed_orders_are_those_of_the_view)
{
    ask(discretization);
    int64_t run = add_run(0, "", FM_RUN_DONE);
    for (size_t steps = 4; steps <= 8; steps *= 2)
        add_value(
            add_solve(run, &(struct solve){"heun2", steps, 1, FM_RUN_DONE, NULL, NULL}),
            discretization, 1 / (double)(steps * steps), 0);
    ck_ok(fm_store_each_order(store, sweep, see_order, NULL, &err));
    ck_assert_str_eq(rows, "heun2 4 2 2.000 4 8");
}
END_TEST

/* ---- the others ---------------------------------------------------------------------- */

START_TEST(keys_that_differ_between_runs_vary)
{
    struct fm_param one[] = {{"lr", "0.1"}, {"batch", "64"}, {"only", "x"}};
    struct fm_param two[] = {{"lr", "0.2"}, {"batch", "64"}};
    int64_t a = add_run(0, "", FM_RUN_DONE), b = add_run(1, "", FM_RUN_DONE);
    (void)add_solve(a, &(struct solve){"rk4", 1, 1, FM_RUN_DONE, NULL, NULL});
    (void)add_solve(a, &(struct solve){"rk4", 2, 1, FM_RUN_DONE, NULL, NULL});
    (void)add_solve(b, &(struct solve){"rk4", 1, 1, FM_RUN_DONE, NULL, NULL});
    ck_ok(fm_store_set_params(store, a, 3, one, &err));
    ck_ok(fm_store_set_params(store, b, 2, two, &err));
    ck_assert_str_eq(
        ask_sql("select key, n_values, n_unset, varying from v_param_varies order by key"),
        "lr 2 0 0.1 | 0.2;only 1 1 x;");
}
END_TEST

START_TEST(progress_counts_runs_and_samplings_once)
{
    int64_t a = add_run(0, "", FM_RUN_DONE), b = add_run(1, "", FM_RUN_FAILED);
    (void)add_solve(a, &(struct solve){"rk4", 1, 1, FM_RUN_DONE, NULL, NULL});
    (void)add_solve(a, &(struct solve){"rk4", 2, 1, FM_RUN_DONE, NULL, NULL});
    (void)add_solve(b, &(struct solve){"rk4", 1, 1, FM_RUN_QUEUED, NULL, NULL});
    ck_assert_str_eq(ask_sql("select status, n_runs, n_samplings from v_progress "
                             "order by status"),
                     "done 1 2;failed 1 0;queued 0 1;");
}
END_TEST

START_TEST(losses_are_shown_once_per_run_of_the_sweep)
{
    int64_t a = add_run(5, "lr=1", FM_RUN_DONE);
    struct fm_loss_row losses[] = {{1, 2.5, 1, 0.1}, {2, (double)NAN, 1, 0.1}};
    (void)add_solve(a, &(struct solve){"rk4", 1, 1, FM_RUN_DONE, "lr=1", NULL});
    (void)add_solve(a, &(struct solve){"rk4", 2, 1, FM_RUN_DONE, "lr=1", NULL});
    ck_ok(fm_store_add_losses(store, a, 2, losses, &err));
    ck_assert_str_eq(ask_sql("select sweep, setting, seed, step, loss, lr from v_loss"),
                     "s lr=1 5 1 2.5 0.1;s lr=1 5 2 NULL 0.1;");
}
END_TEST

START_TEST(a_sampling_reused_by_another_sweep_is_in_both)
{
    struct solve s = {"rk4", 8, 32, FM_RUN_DONE, NULL, NULL};
    int64_t run = add_run(0, "", FM_RUN_DONE);
    ask(w2);
    add_value(add_solve(run, &s), w2, 2, 0);
    sweep = add_sweep("k2", "s");
    ask(w2);
    (void)add_solve(run, &s);
    ck_assert_str_eq(ask_sql("select is_latest, mean, n from v_compare order by sweep_id"),
                     "0 2 1;1 2 1;");
}
END_TEST

static enum fm_status see_result(void *context, const struct fm_result_row *row,
                                 struct fm_error *error)
{
    size_t *n = context;
    (void)error;
    ck_assert_str_eq(row->solver, "rk4");
    ck_assert_str_eq(row->metric, "w2");
    ck_assert_double_eq(row->value, 2);
    ck_assert(isnan(row->floor) && isnan(row->rtol));
    ck_assert_uint_eq(row->steps, 8);
    ck_assert_int_eq(row->status, FM_RUN_DONE);
    ++*n;
    return FM_OK;
}

START_TEST(typed_results_are_those_of_the_view)
{
    size_t n = 0;
    ask(w2);
    add_value(add_solve(add_run(0, "", FM_RUN_DONE),
                        &(struct solve){"rk4", 8, 32, FM_RUN_DONE, NULL, NULL}),
              w2, 2, (double)NAN);
    ck_ok(fm_store_each_result(store, sweep, see_result, &n, &err));
    ck_assert_uint_eq(n, 1);
}
END_TEST

START_TEST(every_view_answers_on_an_empty_database)
{
    static const char *const views[] = {"v_sweep",        "v_result",   "v_compare",
                                        "v_pair",         "v_pareto",   "v_order",
                                        "v_param_varies", "v_progress", "v_loss"};
    char sql[100];
    for (size_t i = 1; i < sizeof views / sizeof *views; i++) {
        (void)snprintf(sql, sizeof sql, "select * from %s", views[i]);
        ck_assert_str_eq(ask_sql(sql), "");
    }
    (void)snprintf(sql, sizeof sql,
                   "select count(*) from sqlite_schema where type = 'view'");
    ck_assert_double_eq(number(sql), sizeof views / sizeof *views + 1); /* and t_quantile */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("views");
    TCase *views = tcase_create("by hand");
    tcase_add_checked_fixture(views, set_up, tear_down);
    tcase_add_test(views, mean_and_interval_of_seeds_are_students);
    tcase_add_test(views, the_spread_of_large_values_is_not_lost_to_rounding);
    tcase_add_test(views, one_seed_has_no_interval);
    tcase_add_test(views, missing_degrees_of_freedom_take_the_next_lower_ones);
    tcase_add_test(views,
                   failed_diverged_and_open_seeds_are_counted_and_kept_out_of_the_mean);
    tcase_add_test(views, settings_and_solvers_are_compared_apart);
    tcase_add_test(views, only_metrics_that_the_sweep_asks_for_are_shown);
    tcase_add_test(views, pairs_share_the_run_and_the_noise);
    tcase_add_test(views, the_front_has_no_row_that_another_beats);
    tcase_add_test(views, the_front_of_a_metric_where_more_is_better_looks_up);
    tcase_add_test(views, typed_rows_come_in_the_order_of_the_plan_and_mark_the_front);
    tcase_add_test(views, the_slope_of_errors_h_to_the_fourth_is_four);
    tcase_add_test(views, the_fit_is_least_squares);
    tcase_add_test(views, an_order_needs_two_usable_points);
    tcase_add_test(views, typed_orders_are_those_of_the_view);
    tcase_add_test(views, keys_that_differ_between_runs_vary);
    tcase_add_test(views, progress_counts_runs_and_samplings_once);
    tcase_add_test(views, losses_are_shown_once_per_run_of_the_sweep);
    tcase_add_test(views, a_sampling_reused_by_another_sweep_is_in_both);
    tcase_add_test(views, typed_results_are_those_of_the_view);
    tcase_add_test(views, every_view_answers_on_an_empty_database);
    suite_add_tcase(suite, views);
    return test_main(suite);
}
