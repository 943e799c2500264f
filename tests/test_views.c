/* Every view compared with numbers computed by hand; test_views_compare.c has the rest. */
#include <config.h>

#include "test_views.h"

#include "store/query.h"
#include "store/read_result.h"
#include "store/record_sampling.h"
#include "store/record_sweep.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct fm_error err;
struct fm_store *store;
int64_t sweep, w2, accuracy;
static int64_t discretization;

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

void set_up(void)
{
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/results.db", test_scratch_folder("views"));
    ck_ok(fm_store_open(&store, path, &err));
    sweep = add_sweep("k", "s");
    w2 = add_metric_def("w2", false);
    accuracy = add_metric_def("accuracy", true);
    discretization = add_metric_def("discretization_error", false);
}

void tear_down(void)
{
    fm_store_close(store);
}

void ask(int64_t metric)
{
    ck_ok(fm_store_add_sweep_metric(store, sweep, metric, &err));
}

int64_t add_run(unsigned seed, const char *setting, enum fm_run_status status)
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

int64_t add_solve(int64_t run, const struct solve *s)
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

void add_value(int64_t sampling, int64_t metric, double value, double floor)
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

const char *ask_sql(const char *sql)
{
    struct fm_query query = {.row = keep_row};
    rows[0] = '\0';
    ck_ok(fm_store_query(store, sql, &query, &err));
    return rows;
}

double number(const char *sql)
{
    return strtod(ask_sql(sql), NULL);
}

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
    static const char *const views[] = {
        "v_sweep",          "v_result",      "v_compare",      "v_pair",  "v_pareto",
        "v_pareto_seconds", "v_error_split", "v_plugin_check", "v_order", "v_param_varies",
        "v_progress",       "v_loss",        "v_loss_by_time"};
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
    suite_add_tcase(suite, test_views_compare());
    return test_main(suite);
}
