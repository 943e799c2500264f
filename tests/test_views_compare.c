/* Comparisons with numbers computed by hand: over seeds, in pairs, on the front. */
#include <config.h>

#include "store/read_result.h"
#include "test_views.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct fm_error err;

/* ---- v_compare ----------------------------------------------------------------------- */

START_TEST(mean_and_interval_of_seeds_follow_students_t)
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
    ck_assert_double_eq(number("select nfe from v_compare"), 33);
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

START_TEST(failed_diverged_and_open_seeds_are_counted_and_not_in_the_mean)
{
    static const struct {
        enum fm_run_status run, sampling;
        double value; /* 0: not measured */
    } seeds[] = {
        {FM_RUN_DONE, FM_RUN_DONE, 1},
        {FM_RUN_DONE, FM_RUN_DONE, 3},
        {FM_RUN_DONE, FM_RUN_DIVERGED, 1000}, /* failed: measured on the remaining rows */
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

START_TEST(no_row_of_the_front_is_beaten_by_another)
{
    /* a and f: same value, f is cheaper.  b beats c and, at half the nfe, d. */
    ask(w2);
    add_front(w2);
    ck_assert_str_eq(ask_sql("select solver from v_pareto order by nfe"), "f;b;e;");
}
END_TEST

START_TEST(the_front_of_a_metric_with_direction_max_rises)
{
    /* 9 at nfe 2 beats everything. */
    ask(accuracy);
    add_front(accuracy);
    ck_assert_str_eq(ask_sql("select solver, direction from v_pareto"), "f max;");
}
END_TEST

START_TEST(a_mean_over_survivors_is_not_on_the_front)
{
    /* "few" is cheapest and best, but only because its bad seed failed. */
    ask(w2);
    for (unsigned seed = 0; seed < 2; seed++) {
        int64_t run = add_run(seed, "", FM_RUN_DONE);
        enum fm_run_status status = seed == 0 ? FM_RUN_DONE : FM_RUN_DIVERGED;
        add_value(add_solve(run, &(struct solve){"few", 1, 1, status, NULL, NULL}), w2, 1,
                  0);
        add_value(add_solve(run, &(struct solve){"many", 9, 9, FM_RUN_DONE, NULL, NULL}),
                  w2, 2, 0);
    }
    ck_assert_str_eq(ask_sql("select solver from v_pareto"), "many;");
}
END_TEST

static enum fm_status see_front(void *context, const struct fm_compare_row *row,
                                struct fm_error *error)
{
    char *text = context;
    size_t used = strlen(text);
    (void)error;
    (void)snprintf(text + used, 100 - used, "%s%s ", row->solver,
                   row->is_on_front ? "*" : "");
    return FM_OK;
}

START_TEST(typed_rows_come_in_the_order_of_the_plan_and_mark_the_front)
{
    ask(w2);
    add_front(w2);
    char text[100] = "";
    ck_ok(fm_store_each_compare(store, sweep, see_front, text, &err));
    ck_assert_str_eq(text, "a b* c d e* f* g ");
}
END_TEST

TCase *test_views_compare(void)
{
    TCase *compare = tcase_create("comparison");
    tcase_add_checked_fixture(compare, set_up, tear_down);
    tcase_add_test(compare, mean_and_interval_of_seeds_follow_students_t);
    tcase_add_test(compare, the_spread_of_large_values_is_not_lost_to_rounding);
    tcase_add_test(compare, one_seed_has_no_interval);
    tcase_add_test(compare, missing_degrees_of_freedom_take_the_next_lower_ones);
    tcase_add_test(compare, failed_diverged_and_open_seeds_are_counted_and_not_in_the_mean);
    tcase_add_test(compare, settings_and_solvers_are_compared_apart);
    tcase_add_test(compare, only_metrics_that_the_sweep_asks_for_are_shown);
    tcase_add_test(compare, pairs_share_the_run_and_the_noise);
    tcase_add_test(compare, no_row_of_the_front_is_beaten_by_another);
    tcase_add_test(compare, the_front_of_a_metric_with_direction_max_rises);
    tcase_add_test(compare, a_mean_over_survivors_is_not_on_the_front);
    tcase_add_test(compare, typed_rows_come_in_the_order_of_the_plan_and_mark_the_front);
    return compare;
}
