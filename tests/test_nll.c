/* The metrics of densities, and how the measure loop calls them. */
#include <config.h>

#include "measure/measure.h"
#include "plugin_support.h"
#include "support.h"

#include <math.h>
#include <string.h>

enum { N = 40, DIM = 2 };

/* The model's log p = -|x|^2, and the data's -|x|^2 + 1/2 + x_1 by default. measure uses a
 * likelihood only by its pointer. */
struct fm_likelihood {
    bool knows_data;
    size_t n_failed, n_zero;
    double data_is; /* at row 0, if not 0 */
    struct fm_density_request last;
    enum fm_status status;
    size_t n_calls;
};

static enum fm_status answer_as_told(const struct fm_likelihood *likelihood,
                                     struct fm_arena *arena,
                                     const struct fm_density_request *request,
                                     struct fm_density_answer *answer, struct fm_error *err)
{
    struct fm_likelihood *l = (struct fm_likelihood *)(uintptr_t)likelihood;

    l->n_calls++;
    l->last = *request;
    if (l->status != FM_OK)
        return fm_fail(err, l->status, "fails on purpose");
    double *p = FM_NEW(arena, 3 * request->n, double);
    *answer = (struct fm_density_answer){
        .log_p = p,
        .standard_error = p + request->n,
        .data_log_p = l->knows_data ? p + 2 * request->n : NULL,
        .n_failed = l->n_failed,
        .failure = l->n_failed ? "stopped being finite" : NULL,
        .nfe = 30,
        .njvp = 60,
    };
    for (size_t i = 0; i < request->n; i++) {
        const double *x = request->x + i * DIM;
        answer->log_p[i] = -x[0] * x[0] - x[1] * x[1];
        if (l->knows_data)
            answer->data_log_p[i] = answer->log_p[i] + 0.5 + x[0];
        if (i < l->n_failed)
            answer->log_p[i] = NAN;
        else if (i < l->n_failed + l->n_zero)
            answer->log_p[i] = -HUGE_VAL;
    }
    if (l->knows_data && l->data_is != 0)
        answer->data_log_p[0] = l->data_is;
    return FM_OK;
}

static double x[N][DIM];

static void fill(void)
{
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < DIM; j++)
            x[i][j] = sin(1 + 3 * (double)i + 7 * (double)j);
}

static struct fm_metric_task measure(const char *name, const char *yaml,
                                     struct fm_likelihood *likelihood)
{
    struct test_plugin t;
    fill();
    const struct fm_references references = {
        .n = N,
        .dim = DIM,
        .seed = 2,
        .data = *x,
        .log_density = answer_as_told,
        .likelihood = likelihood,
    };
    test_plugin_open(&t, FM_METRIC, name, yaml);
    struct fm_metric_task task = {.metric = t.plugin->metric, .options = t.options};
    fm_measure(&references, 1, 1, &task);
    test_plugin_close(&t);
    return task;
}

/* ---- values ---- */

START_TEST(nll_is_the_mean_with_the_error_of_the_rows)
{
    struct fm_likelihood l = {.knows_data = true};
    const struct fm_metric_task task = measure("nll", NULL, &l);
    double sum = 0, squares = 0, sum_data = 0;
    for (size_t i = 0; i < N; i++) {
        double p = x[i][0] * x[i][0] + x[i][1] * x[i][1];
        sum += p;
        squares += p * p;
        sum_data += p - 0.5 - x[i][0];
    }
    ck_assert_msg(task.status == FM_OK, "%s", task.error.message);
    ck_near(task.estimate.value, sum / N, 1e-14);
    ck_near(task.estimate.standard_error, sqrt((squares - sum * sum / N) / (N - 1) / N),
            1e-12);
    ck_assert(task.estimate.has_floor);
    ck_near(task.estimate.floor, sum_data / N, 1e-14);
    ck_assert_uint_eq(task.estimate.n_used, N);
    ck_assert_double_eq(task.estimate.nfe, 30);
    ck_assert_double_eq(task.estimate.njvp, 60);
    l.knows_data = false;
    ck_assert(!measure("nll", NULL, &l).estimate.has_floor);
}
END_TEST

START_TEST(nll_gap_is_the_mean_of_the_difference)
{
    struct fm_likelihood l = {.knows_data = true};
    const struct fm_metric_task task = measure("nll_gap", NULL, &l);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < N; i++) {
        sum += 0.5 + x[i][0];
        squares += (0.5 + x[i][0]) * (0.5 + x[i][0]);
    }
    ck_assert_msg(task.status == FM_OK, "%s", task.error.message);
    ck_near(task.estimate.value, sum / N, 1e-14);
    ck_near(task.estimate.standard_error, sqrt((squares - sum * sum / N) / (N - 1) / N),
            1e-12);
    ck_assert(task.estimate.has_floor && task.estimate.floor == 0);
    ck_assert_uint_eq(task.estimate.n_used, N);
    /* nll and its floor differ by the same amount */
    const struct fm_estimate nll = measure("nll", NULL, &l).estimate;
    ck_near(nll.value - nll.floor, task.estimate.value, 1e-14);
}
END_TEST

static const char *const names[] = {"nll", "nll_gap"};

START_TEST(options_reach_the_request)
{
    struct fm_likelihood l = {.knows_data = true};
    (void)measure(names[_i], NULL, &l);
    ck_assert_uint_eq(l.last.n, N);
    ck_assert_ptr_eq(l.last.x, *x);
    ck_assert_int_eq(l.last.divergence, FM_DIVERGENCE_EXACT);
    ck_assert(l.last.rtol == 1e-5 && l.last.atol == 1e-5);
    const struct fm_metric_task task =
        measure(names[_i],
                "{points: 7, divergence: gaussian, probes: 4, rtol: 1e-3, atol: 1e-4}", &l);
    ck_assert_uint_eq(l.last.n, 7);
    ck_assert_uint_eq(task.estimate.n_used, 7);
    ck_assert_int_eq(l.last.divergence, FM_DIVERGENCE_GAUSSIAN);
    ck_assert_uint_eq(l.last.n_probes, 4);
    ck_assert(l.last.rtol == 1e-3 && l.last.atol == 1e-4);
}
END_TEST

/* ---- what can't be measured ---- */

static void check_refused(const char *name, struct fm_likelihood l, enum fm_status status,
                          const char *fragment)
{
    const struct fm_metric_task task = measure(name, NULL, &l);
    ck_assert_int_eq(task.status, status);
    ck_assert_msg(strstr(task.error.message, fragment) != NULL, "message is: %s",
                  task.error.message);
}

START_TEST(points_without_a_density_are_never_dropped)
{
    check_refused(
        names[_i], (struct fm_likelihood){.knows_data = true, .n_failed = 3},
        FM_ERROR_DIVERGED,
        "3 of 40 points could not be solved back to the source: the first stopped");
    check_refused(names[_i], (struct fm_likelihood){.knows_data = true, .n_zero = 2},
                  FM_ERROR_DIVERGED, "2 of 40 points have density 0 under the model");
    check_refused(names[_i], (struct fm_likelihood){.status = FM_ERROR_CONFIG},
                  FM_ERROR_CONFIG, "fails on purpose");
}
END_TEST

START_TEST(a_gap_needs_the_datas_density)
{
    check_refused("nll_gap", (struct fm_likelihood){0}, FM_ERROR_CONFIG,
                  "but this data set has none; use nll");
    const struct fm_likelihood wrong = {.knows_data = true, .data_is = -HUGE_VAL};
    check_refused("nll_gap", wrong, FM_ERROR_PLUGIN, "density 0 to 1 of its own 40 rows");
    struct fm_likelihood same = wrong;
    ck_assert(!measure("nll", NULL, &same).estimate.has_floor);
}
END_TEST

/* ---- the loop of metrics ---- */

static enum fm_status sees(const void *options, const struct fm_services *services,
                           const struct fm_measurement *m, struct fm_estimate *estimate,
                           struct fm_error *err)
{
    (void)options, (void)services, (void)err;
    ck_assert(m->samples && m->data && !m->log_density && !m->context);
    *estimate = (struct fm_estimate){.value = m->samples[0]};
    return FM_OK;
}

START_TEST(densities_are_measured_with_other_metrics_and_without_samples)
{
    enum { N_TASKS = 6 };
    static const struct fm_metric_ops plain = {
        .size = sizeof plain, .references = FM_REFERENCE_DATA, .measure = sees};
    const double samples[DIM] = {42, 0};
    struct fm_likelihood l = {.knows_data = true};
    struct fm_metric_task tasks[N_TASKS] = {0};
    struct test_plugin t;
    fill();
    struct fm_references r = {
        .n = N, .dim = DIM, .data = *x, .log_density = answer_as_told, .likelihood = &l};
    test_plugin_open(&t, FM_METRIC, "nll", NULL);
    for (size_t i = 0; i < N_TASKS; i++)
        tasks[i] = i % 2 ? (struct fm_metric_task){.metric = t.plugin->metric,
                                                   .options = t.options}
                         : (struct fm_metric_task){.metric = &plain, .samples = samples};
    fm_measure(&r, 3, N_TASKS, tasks);
    for (size_t i = 0; i < N_TASKS; i++) {
        ck_assert_msg(tasks[i].status == FM_OK, "%s", tasks[i].error.message);
        ck_assert((tasks[i].estimate.value == 42) == (i % 2 == 0));
    }
    ck_assert_uint_eq(l.n_calls, N_TASKS / 2);
    r.log_density = NULL;
    fm_measure(&r, 3, N_TASKS, tasks);
    for (size_t i = 0; i < N_TASKS; i++)
        ck_assert_int_eq(tasks[i].status, i % 2 ? FM_ERROR_INTERNAL : FM_OK);
    test_plugin_close(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nll");
    TCase *values = tcase_create("values"), *refusals = tcase_create("refusals");
    tcase_add_test(values, nll_is_the_mean_with_the_error_of_the_rows);
    tcase_add_test(values, nll_gap_is_the_mean_of_the_difference);
    tcase_add_loop_test(values, options_reach_the_request, 0, 2);
    tcase_add_test(values, densities_are_measured_with_other_metrics_and_without_samples);
    tcase_add_loop_test(refusals, points_without_a_density_are_never_dropped, 0, 2);
    tcase_add_test(refusals, a_gap_needs_the_datas_density);
    suite_add_tcase(suite, values);
    suite_add_tcase(suite, refusals);
    return test_main(suite);
}
