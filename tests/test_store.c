#include <config.h>

#include "test_store.h"

#include "base/file.h"
#include "store/query.h"
#include "store/read_known.h"
#include "store/read_run.h"
#include "store/read_sweep.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- shared -------------------------------------------------------------------------- */

const char *test_database(const char *folder)
{
    static char path[4100];
    (void)snprintf(path, sizeof path, "%s/results.db", test_scratch_folder(folder));
    return path;
}

int64_t test_add_run(struct fm_store *store, const char *key, struct fm_error *err)
{
    struct fm_known known = {0};
    struct fm_run_record record = {.key = key,
                                   .seed = 3,
                                   .data = "moons",
                                   .source = "gaussian",
                                   .network = "mlp",
                                   .path = "linear",
                                   .coupling = "independent",
                                   .train = "steps: 100",
                                   .n_steps = 100};
    ck_assert_msg(fm_store_add_run(store, &record, &known, err) == FM_OK, "%s",
                  err->message);
    return known.id;
}

static char value_text[4000];

static enum fm_status keep_value(void *context, size_t n, const struct fm_value *values,
                                 struct fm_error *err)
{
    (void)context, (void)n, (void)err;
    (void)snprintf(value_text, sizeof value_text, "%s",
                   values[0].text ? values[0].text : "NULL");
    return FM_OK;
}

const char *test_value(struct fm_store *store, const char *sql)
{
    struct fm_error err = {0};
    struct fm_query query = {.row = keep_value};
    (void)snprintf(value_text, sizeof value_text, "no row");
    ck_ok(fm_store_query(store, sql, &query, &err));
    return value_text;
}

static struct fm_error err;
static struct fm_store *store;

static void set_up(void)
{
    err = (struct fm_error){0};
    ck_ok(fm_store_open(&store, test_database("store"), &err));
}

static void tear_down(void)
{
    fm_store_close(store);
    store = NULL;
}

/* ---- records ------------------------------------------------------------------------- */

START_TEST(a_run_is_added_once_and_found_with_its_status_and_step)
{
    struct fm_known known;
    int64_t id = test_add_run(store, "k1", &err);
    ck_assert_int_ne(test_add_run(store, "k2", &err), id);
    ck_assert_int_eq(test_add_run(store, "k1", &err), id);
    ck_ok(fm_store_start_run(store, id, 0, &err));
    ck_ok(fm_store_set_run_step(store, id, 42, &err));
    ck_ok(fm_store_find_run(store, "k1", &known, &err));
    ck_assert_int_eq(known.id, id);
    ck_assert_int_eq(known.status, FM_RUN_RUNNING);
    ck_assert_uint_eq(known.step, 42);
    ck_ok(fm_store_find_run(store, "k3", &known, &err));
    ck_assert_int_eq(known.id, 0);
}
END_TEST

START_TEST(a_finished_run_keeps_what_a_later_result_leaves_unknown)
{
    struct fm_arena arena = {0};
    struct fm_run_row row;
    int64_t weights, id = test_add_run(store, "k", &err);
    ck_ok(fm_store_add_artifact(
        store, &(struct fm_artifact_record){id, 0, "weights", "w/k.safetensors", "ab", 12},
        &weights, &err));
    struct fm_run_result result = {.status = FM_RUN_INTERRUPTED,
                                   .reason = "SIGINT",
                                   .step = 50,
                                   .n_parameters = 99,
                                   .flops_per_row = 600,
                                   .n_threads = 2,
                                   .isa = "avx2",
                                   .train_seconds = 1.5,
                                   .samples_per_second = 1e5,
                                   .weights_id = weights};
    ck_ok(fm_store_finish_run(store, id, &result, &err));
    result = (struct fm_run_result){.status = FM_RUN_DONE, .train_seconds = (double)NAN};
    ck_ok(fm_store_finish_run(store, id, &result, &err));
    ck_ok(fm_store_read_run(store, id, &arena, &row, &err));
    ck_assert_int_eq(row.status, FM_RUN_DONE);
    ck_assert_str_eq(row.reason, "");
    ck_assert_uint_eq(row.step, 50);
    ck_assert_uint_eq(row.n_parameters, 99);
    ck_assert_str_eq(row.isa, "avx2");
    ck_assert_str_eq(row.weights, "w/k.safetensors");
    ck_assert_double_eq(row.train_seconds, 1.5);
    ck_assert_str_eq(row.network, "mlp");
    ck_assert_uint_eq(row.seed, 3);
    ck_assert_str_ne(row.finished, "");
    ck_fails(fm_store_read_run(store, 999, &arena, &row, &err), FM_ERROR_NO_INPUT, "999");
    fm_arena_fini(&arena);
}
END_TEST

struct seen {
    size_t n;
    char text[400];
};

static enum fm_status see_param(void *context, const struct fm_param *param,
                                struct fm_error *error)
{
    struct seen *seen = context;
    size_t used = strlen(seen->text);
    (void)error;
    seen->n++;
    (void)snprintf(seen->text + used, sizeof seen->text - used, "%s=%s;", param->key,
                   param->value);
    return FM_OK;
}

START_TEST(parameters_are_replaced_and_ordered_by_key)
{
    int64_t id = test_add_run(store, "k", &err);
    struct fm_param first[] = {{"a", "1"}, {"gone", "x"}};
    struct fm_param second[] = {{"train.lr", "0.001"}, {"network.hidden", "[8, 'it''s']"}};
    struct seen seen = {0};
    ck_ok(fm_store_set_params(store, id, 2, first, &err));
    ck_ok(fm_store_set_params(store, id, 2, second, &err));
    ck_ok(fm_store_each_param(store, id, see_param, &seen, &err));
    ck_assert_str_eq(seen.text, "network.hidden=[8, 'it''s'];train.lr=0.001;");
}
END_TEST

static enum fm_status see_loss(void *context, const struct fm_loss_row *loss,
                               struct fm_error *error)
{
    struct seen *seen = context;
    size_t used = strlen(seen->text);
    (void)error;
    (void)snprintf(seen->text + used, sizeof seen->text - used, "%zu:%g,%g,%g;", loss->step,
                   loss->loss, loss->grad_norm, loss->lr);
    return ++seen->n == 3 ? fm_fail(error, FM_INTERRUPTED, "enough") : FM_OK;
}

START_TEST(losses_of_a_resumed_run_replace_those_of_the_same_step)
{
    int64_t id = test_add_run(store, "k", &err);
    struct fm_loss_row first[] = {{1, 4, 1, .1}, {2, 3, 1, .1}};
    struct fm_loss_row second[] = {{2, 2.5, 1, .1}, {3, (double)NAN, (double)INFINITY, .1}};
    struct seen seen = {0};
    ck_ok(fm_store_add_losses(store, id, 2, first, &err));
    ck_ok(fm_store_add_losses(store, id, 2, second, &err));
    ck_fails(fm_store_each_loss(store, id, see_loss, &seen, &err), FM_INTERRUPTED,
             "enough");
    ck_assert_str_eq(seen.text, "1:4,1,0.1;2:2.5,1,0.1;3:nan,nan,0.1;");
    ck_assert_str_eq(test_value(store, "select count(*) from loss where loss is null"),
                     "1");
}
END_TEST

START_TEST(losses_by_time_and_scales_of_a_repeated_step_replace_the_first)
{
    int64_t id = test_add_run(store, "k", &err);
    const struct fm_loss_time_row losses[] = {{10, 0, 0.1, 4, 7}, {10, 0.1, 0.2, 3, 9}},
                                  again = {10, 0, 0.1, 2.5, 8};
    const struct fm_scale_row scales[] = {{true, 0, 1, 2}, {false, 0, 3, 4}},
                              anew = {false, 0, 5, 6};
    ck_ok(fm_store_add_losses_by_time(store, id, 2, losses, &err));
    ck_ok(fm_store_add_losses_by_time(store, id, 1, &again, &err));
    ck_assert_str_eq(test_value(store,
                                "select group_concat(format('%g %g %g %d', t_from, t_to,"
                                " loss, n_rows)) from loss_by_time"),
                     "0 0.1 2.5 8,0.1 0.2 3 9");
    ck_ok(fm_store_add_scales(store, id, 2, scales, &err));
    ck_ok(fm_store_add_scales(store, id, 1, &anew, &err));
    ck_assert_str_eq(test_value(store, "select group_concat(format('%s %d %g %g', part,"
                                       " coordinate, shift, scale)) from (select * from"
                                       " standardisation order by part)"),
                     "data 0 5 6,source 0 1 2");
}
END_TEST

START_TEST(losses_of_many_calls_are_all_kept)
{
    enum { N = 50000, BATCH = 10000 };
    static struct fm_loss_row rows[BATCH];
    int64_t id = test_add_run(store, "k", &err);
    for (size_t first = 0; first < N; first += BATCH) {
        for (size_t i = 0; i < BATCH; i++)
            rows[i] =
                (struct fm_loss_row){first + i, 1.0 / (double)(first + i + 1), 2, 1e-3};
        ck_ok(fm_store_add_losses(store, id, BATCH, rows, &err));
    }
    ck_assert_str_eq(test_value(store,
                                "select count(*) || ' ' || sum(round(1 / loss)) || ' ' "
                                "|| max(step) from loss"),
                     "50000 1250025000.0 49999");
}
END_TEST

START_TEST(a_metric_without_a_finite_value_is_null_with_a_note)
{
    int64_t run = test_add_run(store, "k", &err), metric;
    struct fm_known sampling;
    bool has, has_value;
    struct fm_sampling_record record = {.run_id = run,
                                        .key = "s",
                                        .solver = "dopri5",
                                        .order = 5,
                                        .rtol = 1e-5,
                                        .atol = (double)NAN,
                                        .n_samples = 10,
                                        .noise = "n"};
    ck_ok(fm_store_add_sampling(store, &record, &sampling, &err));
    ck_assert_int_eq(sampling.status, FM_RUN_QUEUED);
    ck_ok(fm_store_add_metric_def(
        store, &(struct fm_metric_def_record){"w2", 1, "", false, ""}, &metric, &err));
    ck_ok(fm_store_has_metric(store, sampling.id, metric, &has, &has_value, &err));
    ck_assert(!has);
    struct fm_metric_record value = {
        sampling.id, metric, (double)INFINITY, NULL, (double)NAN, 0.1, 10, (double)NAN};
    ck_ok(fm_store_add_metric(store, &value, &err));
    ck_ok(fm_store_has_metric(store, sampling.id, metric, &has, &has_value, &err));
    ck_assert(has);
    ck_assert_str_eq(test_value(store,
                                "select value is null and standard_error is null "
                                "and note = 'not finite' and floor = 0.1 from metric"),
                     "1");
    ck_assert_str_eq(test_value(store,
                                "select steps is null and atol is null and rtol = 1e-5 "
                                "and label = 'dopri5' from sampling"),
                     "1");
    ck_ok(fm_store_finish_sampling(
        store, sampling.id,
        &(struct fm_sampling_result){FM_RUN_DIVERGED, "3 rows", 0.5, 80, 90, 800, 3},
        &err));
    ck_ok(fm_store_find_sampling(store, run, "s", &sampling, &err));
    ck_assert_int_eq(sampling.status, FM_RUN_DIVERGED);
}
END_TEST

START_TEST(a_process_records_its_own_properties)
{
    int64_t id;
    ck_ok(fm_store_add_process(
        store, &(struct fm_process_record){.isa = "avx2", .n_threads = 2, .n_jobs = 1}, &id,
        &err));
    ck_ok(fm_store_finish_process(store, id, 0, &err));
    ck_assert_str_eq(test_value(store,
                                "select host <> '' and fmrun_version <> '' and compiler "
                                "<> '' and cpu_model <> '' and n_processors > 0 and "
                                "exit_status = 0 and git_commit is null from process"),
                     "1");
    char pid[30];
    (void)snprintf(pid, sizeof pid, "%ld", (long)getpid());
    ck_assert_str_eq(test_value(store, "select pid from process"), pid);
    ck_assert_str_eq(test_value(store, "select started like '____-__-__T__:__:__.___Z' "
                                       "from process"),
                     "1");
}
END_TEST

START_TEST(a_plugin_is_one_row_per_file)
{
    int64_t a, b, c, run = test_add_run(store, "k", &err);
    struct fm_plugin_record record = {"solver", "rk4", 1, "/a/rk4.so", "aa"};
    ck_ok(fm_store_add_plugin(store, &record, &a, &err));
    record.path = "/b/rk4.so";
    ck_ok(fm_store_add_plugin(store, &record, &b, &err));
    record.sha256 = "bb";
    ck_ok(fm_store_add_plugin(store, &record, &c, &err));
    ck_assert_int_eq(a, b);
    ck_assert_int_ne(a, c);
    ck_assert_str_eq(test_value(store, "select path from plugin where sha256 = 'aa'"),
                     "/b/rk4.so");
    ck_ok(fm_store_add_run_plugin(store, run, a, &err));
    ck_ok(fm_store_add_run_plugin(store, run, a, &err));
    ck_ok(fm_store_add_event(store, 0, FM_EVENT_WARNING, "w", &err));
    ck_ok(fm_store_add_event(store, run, FM_EVENT_INFO, "i", &err));
    ck_assert_str_eq(test_value(store, "select count(*) from event, run_plugin"), "2");
}
END_TEST

/* ---- sweeps -------------------------------------------------------------------------- */

static int64_t add_sweep(const char *key, const char *name)
{
    int64_t id = 0;
    struct fm_sweep_record record = {key,      name,          "why?",
                                     "a.yaml", "name: 'x'\n", "resolved"};
    ck_ok(fm_store_add_sweep(store, &record, &id, &err));
    return id;
}

START_TEST(the_latest_sweep_of_a_name_is_the_one_started_last)
{
    struct fm_arena arena = {0};
    struct fm_sweep_record record;
    int64_t found, old = add_sweep("k1", "rk4_vs_euler"),
                   new = add_sweep("k2", "rk4_vs_euler");
    ck_ok(fm_store_find_sweep(store, "rk4_vs_euler", &found, &err));
    ck_assert_int_eq(found, new);
    ck_assert_int_eq(usleep(5000), 0); /* times have milliseconds */
    ck_assert_int_eq(add_sweep("k1", "rk4_vs_euler"), old);
    ck_ok(fm_store_find_sweep(store, "rk4_vs_euler", &found, &err));
    ck_assert_int_eq(found, old);
    ck_ok(fm_store_last_sweep(store, &found, &err));
    ck_assert_int_eq(found, old);
    ck_ok(fm_store_read_sweep(store, old, &arena, &record, &err));
    ck_assert_str_eq(record.plan, "name: 'x'\n");
    ck_fails(fm_store_find_sweep(store, "rk4_vs_eulr", &found, &err), FM_ERROR_NO_INPUT,
             "did you mean \"rk4_vs_euler\"?");
    ck_fails(fm_store_find_sweep(store, "other", &found, &err), FM_ERROR_NO_INPUT,
             "the latest one is \"rk4_vs_euler\"");
    fm_arena_fini(&arena);
}
END_TEST

static enum fm_status see_sweep(void *context, const struct fm_sweep_row *s,
                                struct fm_error *error)
{
    struct seen *seen = context;
    size_t used = strlen(seen->text);
    (void)error;
    (void)snprintf(seen->text + used, sizeof seen->text - used,
                   "%s points=%zu runs=%zu done=%zu failed=%zu open=%zu samplings=%zu;",
                   s->name, s->n_points, s->n_runs, s->n_runs_done, s->n_runs_failed,
                   s->n_runs_open, s->n_samplings);
    return FM_OK;
}

static enum fm_status see_run(void *context, const struct fm_run_row *r,
                              struct fm_error *error)
{
    struct seen *seen = context;
    size_t used = strlen(seen->text);
    (void)error;
    (void)snprintf(seen->text + used, sizeof seen->text - used, "%s %s [%s] %zu/%zu;",
                   r->key, fm_run_status_name(r->status), r->setting, r->n_samplings_done,
                   r->n_samplings);
    return FM_OK;
}

START_TEST(sweeps_and_their_runs_are_listed_with_counts)
{
    int64_t sweep = add_sweep("k", "s"), a = test_add_run(store, "a", &err),
            b = test_add_run(store, "b", &err), c = test_add_run(store, "c", &err);
    struct fm_known one, two;
    struct fm_sampling_record record = {
        .run_id = a, .key = "1", .solver = "euler", .steps = 1, .n_samples = 5};
    ck_ok(fm_store_add_sampling(store, &record, &one, &err));
    record.key = "2";
    ck_ok(fm_store_add_sampling(store, &record, &two, &err));
    ck_ok(fm_store_set_sampling_status(store, one.id, FM_RUN_DONE, NULL, &err));
    ck_ok(fm_store_set_run_status(store, a, FM_RUN_DONE, NULL, &err));
    ck_ok(fm_store_set_run_status(store, b, FM_RUN_DIVERGED, "loss is nan", &err));
    struct fm_point_record points[] = {{sweep, 0, "lr=1", a, one.id, false},
                                       {sweep, 0, "lr=1", a, two.id, true},
                                       {sweep, 1, "lr=2", b, 0, false},
                                       {sweep, 1, "lr=2", c, 0, false}};
    for (int twice = 0; twice < 2; twice++)
        for (size_t i = 0; i < 4; i++)
            ck_ok(fm_store_add_point(store, &points[i], &err));
    struct seen seen = {0};
    ck_ok(fm_store_each_sweep(store, see_sweep, &seen, &err));
    ck_assert_str_eq(seen.text, "s points=2 runs=3 done=1 failed=1 open=1 samplings=2;");
    seen = (struct seen){0};
    ck_ok(fm_store_each_run(store, sweep, see_run, &seen, &err));
    ck_assert_str_eq(seen.text,
                     "a done [lr=1] 1/2;b diverged [lr=2] 0/0;c queued [lr=2] 0/0;");
}
END_TEST

static enum fm_status see_speed(void *context, const struct fm_speed_row *speed,
                                struct fm_error *error)
{
    struct seen *seen = context;
    (void)error;
    seen->n++;
    ck_assert_double_eq(speed->flops_per_second, 600e5);
    ck_assert_uint_eq(speed->n_jobs, 4);
    return FM_OK;
}

START_TEST(speeds_come_from_finished_runs_on_this_host)
{
    int64_t process, a = test_add_run(store, "a", &err), b = test_add_run(store, "b", &err);
    struct seen seen = {0};
    struct fm_run_result result = {
        .status = FM_RUN_DONE, .flops_per_row = 600, .samples_per_second = 1e5};
    ck_ok(fm_store_add_process(store, &(struct fm_process_record){.n_jobs = 4}, &process,
                               &err));
    ck_ok(fm_store_start_run(store, a, process, &err));
    ck_ok(fm_store_start_run(store, b, process, &err));
    ck_ok(fm_store_finish_run(store, a, &result, &err));
    ck_ok(fm_store_each_speed(store, NULL, 10, see_speed, &seen, &err));
    ck_assert_uint_eq(seen.n, 1);
    ck_ok(fm_store_each_speed(store, "elsewhere", 10, see_speed, &seen, &err));
    ck_assert_uint_eq(seen.n, 1);
}
END_TEST

static enum fm_status see_artifact(void *context, const struct fm_artifact_record *artifact,
                                   struct fm_error *error)
{
    struct seen *seen = context;
    size_t used = strlen(seen->text);
    (void)error;
    (void)snprintf(seen->text + used, sizeof seen->text - used, "%s %s %llu;",
                   artifact->kind, artifact->path, (unsigned long long)artifact->n_bytes);
    return FM_OK;
}

START_TEST(artefacts_of_a_run_include_those_of_its_samplings)
{
    int64_t id, again, run = test_add_run(store, "k", &err);
    struct fm_known sampling;
    struct seen seen = {0};
    struct fm_sampling_record record = {.run_id = run, .key = "s", .solver = "euler"};
    ck_ok(fm_store_add_sampling(store, &record, &sampling, &err));
    struct fm_artifact_record artifact = {run, 0, "checkpoint", "c", "aa", 7};
    ck_ok(fm_store_add_artifact(store, &artifact, &id, &err));
    artifact.n_bytes = 8;
    ck_ok(fm_store_add_artifact(store, &artifact, &again, &err));
    ck_assert_int_eq(id, again);
    artifact = (struct fm_artifact_record){0, sampling.id, "samples", "x1.npy", "bb", 9};
    ck_ok(fm_store_add_artifact(store, &artifact, &id, &err));
    ck_ok(fm_store_each_artifact(store, run, see_artifact, &seen, &err));
    ck_assert_str_eq(seen.text, "checkpoint c 8;samples x1.npy 9;");
}
END_TEST

/* ---- transactions -------------------------------------------------------------------- */

START_TEST(what_was_rolled_back_is_gone)
{
    ck_ok(fm_store_begin(store, &err));
    (void)test_add_run(store, "a", &err);
    fm_store_rollback(store);
    ck_assert_str_eq(test_value(store, "select count(*) from run"), "0");
    ck_ok(fm_store_begin(store, &err));
    (void)test_add_run(store, "b", &err);
    ck_ok(fm_store_commit(store, &err));
    ck_assert_str_eq(test_value(store, "select count(*) from run"), "1");
}
END_TEST

START_TEST(a_failure_inside_a_transaction_fails_the_rest_and_the_commit)
{
    int64_t id;
    ck_ok(fm_store_begin(store, &err));
    (void)test_add_run(store, "a", &err);
    struct fm_point_record orphan = {.sweep_id = 77, .run_id = 77};
    ck_fails(fm_store_add_point(store, &orphan, &err), FM_ERROR_INTERNAL, "FOREIGN KEY");
    ck_fails(fm_store_add_metric_def(
                 store, &(struct fm_metric_def_record){"w2", 1, "", false, ""}, &id, &err),
             FM_ERROR_IO, "earlier record");
    ck_fails(fm_store_commit(store, &err), FM_ERROR_IO, "earlier record");
    fm_store_rollback(store);
    ck_assert_str_eq(test_value(store, "select count(*) from run"), "0");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store");
    TCase *records = tcase_create("records");
    tcase_add_checked_fixture(records, set_up, tear_down);
    tcase_add_test(records, a_run_is_added_once_and_found_with_its_status_and_step);
    tcase_add_test(records, a_finished_run_keeps_what_a_later_result_leaves_unknown);
    tcase_add_test(records, parameters_are_replaced_and_ordered_by_key);
    tcase_add_test(records, losses_of_a_resumed_run_replace_those_of_the_same_step);
    tcase_add_test(records, losses_by_time_and_scales_of_a_repeated_step_replace_the_first);
    tcase_add_test(records, losses_of_many_calls_are_all_kept);
    tcase_add_test(records, a_metric_without_a_finite_value_is_null_with_a_note);
    tcase_add_test(records, a_process_records_its_own_properties);
    tcase_add_test(records, a_plugin_is_one_row_per_file);
    tcase_add_test(records, the_latest_sweep_of_a_name_is_the_one_started_last);
    tcase_add_test(records, sweeps_and_their_runs_are_listed_with_counts);
    tcase_add_test(records, speeds_come_from_finished_runs_on_this_host);
    tcase_add_test(records, artefacts_of_a_run_include_those_of_its_samplings);
    tcase_add_test(records, what_was_rolled_back_is_gone);
    tcase_add_test(records, a_failure_inside_a_transaction_fails_the_rest_and_the_commit);
    suite_add_tcase(suite, records);
    suite_add_tcase(suite, test_store_query());
    suite_add_tcase(suite, test_store_safety());
    suite_add_tcase(suite, test_store_migration());
    return test_main(suite);
}
