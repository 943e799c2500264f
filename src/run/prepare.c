#include <config.h>

#include "run/prepare.h"

#include "base/error.h"
#include "base/file.h"
#include "base/isa.h"
#include "base/parallel.h"
#include "config/document_error.h"
#include "config/options.h"
#include "run/ledger.h"
#include "run/provenance.h"
#include "store/record_run.h"
#include "store/record_sampling.h"
#include "store/record_sweep.h"

#include <string.h>

/* ---- runs ---- */

/* "{format: 1, steps: 4000, ...}"; "" for a closed form. */
static enum fm_status write_train(struct fm_text *text, const struct fm_experiment *e,
                                  struct fm_error *err)
{
    if (!fm_experiment_is_trained(e))
        return FM_OK;
    fm_text_add(text, "{format: 1");
    FM_TRY(fm_options_emit(text, fm_train_table, &e->train, false, err));
    fm_text_add(text, "}");
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}

static enum fm_status add_run(struct fm_session *s, size_t index,
                              const struct fm_ledger_run *ledger, struct fm_error *err)
{
    const struct fm_plan_run *run = &s->plan->runs[index];
    const struct fm_experiment *e = &run->point->experiment;
    struct fm_task *task = &s->tasks[index];
    struct fm_known known;
    struct fm_text train = {0};
    enum fm_status status = write_train(&train, e, err);
    if (status == FM_OK) {
        const struct fm_run_record record = {
            .key = run->key,
            .seed = run->seed,
            .data = e->data.loaded->plugin->name,
            .source = e->source.loaded->plugin->name,
            .network = e->network.loaded->plugin->name,
            .path = e->path.loaded->plugin->name,
            .coupling = e->coupling.loaded->plugin->name,
            .train = fm_text_bytes(&train),
            .n_steps = fm_experiment_is_trained(e) ? (size_t)e->train.steps : 0,
        };
        status = fm_store_add_run(s->store, &record, &known, err);
    }
    fm_text_fini(&train);
    FM_TRY(status);
    task->run = run;
    task->run_id = known.id;
    task->is_done = !ledger->is_left;
    s->has_failures = s->has_failures || (ledger->is_final && known.status != FM_RUN_DONE);
    if (known.status == FM_RUN_QUEUED)
        FM_TRY(fm_provenance_set_params(s, run, known.id, err));
    return FM_OK;
}

/* results/fmrun.db -> results/fmrun.runs/KEY */
static const char *run_folder(struct fm_session *s, const char *key)
{
    const char *db = s->options->db;
    struct fm_text folder = {0};
    size_t n = strlen(db);
    if (n > 3 && strcmp(db + n - 3, ".db") == 0)
        n -= 3;
    fm_text_add(&folder, "%.*s.runs/%.16s", (int)n, db, key);
    const char *copy =
        folder.has_failed ? NULL : fm_arena_text(&s->arena, fm_text_bytes(&folder));
    fm_text_fini(&folder);
    return copy;
}

static enum fm_status name_folders(struct fm_session *s, struct fm_error *err)
{
    for (size_t i = 0; i < s->plan->n_runs; i++) {
        const struct fm_plan_run *run = &s->plan->runs[i];
        struct fm_task *task = &s->tasks[i];
        const bool has_parent = run->parent_key[0] != '\0';
        task->folder = run_folder(s, run->key);
        task->parent_folder = has_parent ? run_folder(s, run->parent_key) : NULL;
        task->db_folder = fm_path_folder(&s->arena, s->options->db);
        if (!task->folder || !task->db_folder || (has_parent && !task->parent_folder))
            return fm_out_of_memory(err);
    }
    return FM_OK;
}

static bool has_weights(struct fm_session *s, const char *folder)
{
    const char *path = fm_path_join(&s->arena, folder, "weights.safetensors");
    return path && fm_file_exists(path);
}

/* A child's training needs its parent's weights. */
static enum fm_status check_parents(struct fm_session *s, const struct fm_ledger *ledger,
                                    struct fm_error *err)
{
    for (size_t i = 0; i < s->plan->n_runs; i++) {
        const struct fm_plan_run *run = &s->plan->runs[i];
        const struct fm_experiment *e = &run->point->experiment;
        const struct fm_task *task = &s->tasks[i];
        if (!e->parent || !fm_experiment_is_trained(e->parent) || ledger->runs[i].is_final
            || has_weights(s, task->folder) || has_weights(s, task->parent_folder))
            continue;
        return fm_yaml_fail(
            err, e->coupling.node,
            "%s has no run of the parent with seed %llu; do it first, as in "
            "fmrun %s 'seeds=[%llu]'",
            s->options->db, (unsigned long long)run->seed, e->parent_file,
            (unsigned long long)run->seed);
    }
    return FM_OK;
}

/* ---- points, samplings, metrics ---- */

static enum fm_status add_metric_defs(struct fm_session *s, const struct fm_point *p,
                                      int64_t *ids, struct fm_error *err)
{
    for (size_t i = 0; i < p->experiment.n_metrics; i++) {
        const struct fm_plugin *plugin = p->metrics[i].metric->loaded->plugin;
        const struct fm_metric_def_record record = {
            .name = plugin->name,
            .version = plugin->version,
            .options = p->metrics[i].text,
            .is_higher_better = plugin->metric->direction == FM_HIGHER_IS_BETTER,
            .unit = plugin->metric->unit,
        };
        FM_TRY(fm_store_add_metric_def(s->store, &record, &ids[i], err));
        FM_TRY(fm_store_add_sweep_metric(s->store, s->sweep_id, ids[i], err));
    }
    return FM_OK;
}

/* Whether an earlier point of the task already measures the sampling with the metric. */
static bool is_scheduled(const struct fm_task *task, int64_t sampling_id, int64_t def_id)
{
    for (size_t i = 0; i < task->n_points; i++)
        for (size_t j = 0; j < task->points[i].n_samplings; j++) {
            const struct fm_task_sampling *t = &task->points[i].samplings[j];
            for (size_t k = 0; t->sampling_id == sampling_id && k < t->n_metrics; k++)
                if (t->metrics[k].metric_def_id == def_id)
                    return true;
        }
    return false;
}

static bool is_sampled(const struct fm_task *task, int64_t sampling_id)
{
    for (size_t i = 0; i < task->n_points; i++)
        for (size_t j = 0; j < task->points[i].n_samplings; j++)
            if (task->points[i].samplings[j].sampling_id == sampling_id
                && task->points[i].samplings[j].must_sample)
                return true;
    return false;
}

static const char *noise_name(struct fm_session *s, const struct fm_plan_run *run,
                              const struct fm_experiment *e)
{
    char name[64];
    (void)snprintf(name, sizeof name, "seed %llu, %lld rows", (unsigned long long)run->seed,
                   (long long)e->sample.count);
    return fm_arena_text(&s->arena, name);
}

static enum fm_status add_sampling(struct fm_session *s, struct fm_task *task,
                                   const struct fm_point *p, size_t index,
                                   const struct fm_ledger_sampling *ledger,
                                   int64_t *sampling_id, struct fm_error *err)
{
    const struct fm_experiment *e = &p->experiment;
    const struct fm_plan_sampling *sampling = &p->samplings[index];
    const struct fm_method *m = sampling->method;
    struct fm_known known;
    bool is_fixed = m->options.steps > 0;
    const struct fm_sampling_record record = {
        .run_id = task->run_id,
        .key = sampling->key,
        .solver = m->solver.loaded->plugin->name,
        .label = m->label,
        .method = sampling->method_text,
        .order = m->ready.scheme.is_stochastic ? 0 : fm_solver_order(&m->ready),
        .steps = is_fixed ? (size_t)m->options.steps : 0,
        .rtol = is_fixed ? 0 : m->options.rtol,
        .atol = is_fixed ? 0 : m->options.atol,
        .t_end = m->options.t_end,
        .guidance = m->options.guidance,
        .grid = !is_fixed                ? ""
                : m->options.times.n > 0 ? "times"
                                         : fm_grid_names[m->options.grid],
        .n_samples = (size_t)e->sample.count,
        .noise = noise_name(s, task->run, e),
    };
    if (!record.noise)
        return fm_out_of_memory(err);
    FM_TRY(fm_store_add_sampling(s->store, &record, &known, err));
    *sampling_id = known.id;
    const struct fm_point_record point = {
        .sweep_id = s->sweep_id,
        .index = p->index,
        .setting = p->setting,
        .run_id = task->run_id,
        .sampling_id = known.id,
        .is_reused = ledger->is_final && known.status == FM_RUN_DONE,
    };
    s->has_failures = s->has_failures || ledger->has_failed;
    return fm_store_add_point(s->store, &point, err);
}

/* Sets what the task does for the point's sampling: what is left of it, except what an
 * earlier point of the task does. */
static enum fm_status plan_sampling(struct fm_session *s, struct fm_task *task,
                                    const struct fm_point *p, size_t index,
                                    const struct fm_ledger_sampling *ledger,
                                    const int64_t *metric_ids, struct fm_task_sampling *t,
                                    struct fm_error *err)
{
    const size_t n_metrics = p->experiment.n_metrics;
    t->sampling = &p->samplings[index];
    t->must_sample =
        ledger->is_left && !ledger->is_final && !is_sampled(task, t->sampling_id);
    t->metrics = FM_NEW(&s->arena, n_metrics, struct fm_task_metric);
    if (!t->metrics)
        return fm_out_of_memory(err);
    for (size_t i = 0; ledger->n_metrics_left > 0 && i < n_metrics; i++)
        if (ledger->metric_is_left[i] && !is_scheduled(task, t->sampling_id, metric_ids[i]))
            t->metrics[t->n_metrics++] =
                (struct fm_task_metric){&p->metrics[i], metric_ids[i]};
    t->is_over = !t->must_sample && t->n_metrics == 0;
    task->n_samplings += !t->is_over;
    return FM_OK;
}

/* Adds the point's samplings for one run. */
static enum fm_status add_samplings(struct fm_session *s, struct fm_task *task,
                                    const struct fm_point *p,
                                    const struct fm_ledger_sampling *ledger,
                                    const int64_t *metric_ids, struct fm_error *err)
{
    const size_t n = p->experiment.n_methods;
    struct fm_task_point *tp = &task->points[task->n_points];
    tp->point = p;
    tp->samplings = FM_NEW(&s->arena, n, struct fm_task_sampling);
    if (!tp->samplings)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < n; i++) {
        FM_TRY(add_sampling(s, task, p, i, &ledger[i], &tp->samplings[i].sampling_id, err));
        FM_TRY(
            plan_sampling(s, task, p, i, &ledger[i], metric_ids, &tp->samplings[i], err));
    }
    tp->n_samplings = n;
    task->n_points++;
    return FM_OK;
}

static enum fm_status add_point(struct fm_session *s, const struct fm_point *p,
                                const struct fm_ledger *ledger, struct fm_error *err)
{
    const struct fm_experiment *e = &p->experiment;
    int64_t *metric_ids = FM_NEW(&s->arena, e->n_metrics, int64_t);
    if (!metric_ids)
        return fm_out_of_memory(err);
    FM_TRY(add_metric_defs(s, p, metric_ids, err));
    for (size_t r = 0; r < e->n_seeds; r++) {
        struct fm_task *task = &s->tasks[p->runs[r]];
        const struct fm_point_record alone = {
            .sweep_id = s->sweep_id,
            .index = p->index,
            .setting = p->setting,
            .run_id = task->run_id,
            .is_reused = ledger->runs[p->runs[r]].is_final,
        };
        if (e->n_methods == 0)
            FM_TRY(fm_store_add_point(s->store, &alone, err));
        FM_TRY(add_samplings(s, task, p, &ledger->samplings[p->index][r * e->n_methods],
                             metric_ids, err));
        FM_TRY(fm_provenance_visit_plugins(s, task->run_id, e, !task->is_done, err));
    }
    return FM_OK;
}

/* ---- the whole ---- */

static enum fm_status add_process_and_sweep(struct fm_session *s, struct fm_error *err)
{
    const struct fm_process_record process = {
        .git_commit = s->options->git_commit,
        .isa = fm_isa_name(),
        .n_threads = s->n_threads,
        .n_jobs = s->n_workers,
        .n_processors = fm_n_processors(),
        .command_line = s->options->command_line,
    };
    const struct fm_sweep_record sweep = {
        .key = s->plan->key,
        .name = s->plan->name,
        .question = s->plan->question,
        .config_file = s->plan->origin,
        .plan = s->plan->text,
        .resolved = s->plan->resolved,
    };
    FM_TRY(fm_store_add_process(s->store, &process, &s->process_id, err));
    return fm_store_add_sweep(s->store, &sweep, &s->sweep_id, err);
}

static enum fm_status prepare(struct fm_session *s, struct fm_error *err)
{
    size_t n = s->plan->n_runs;
    s->tasks = FM_NEW(&s->arena, n, struct fm_task);
    if (!s->tasks)
        return fm_out_of_memory(err);
    FM_TRY(add_process_and_sweep(s, err));
    struct fm_ledger ledger;
    FM_TRY(
        fm_ledger_read(&s->arena, s->plan, s->store, s->options->must_retry, &ledger, err));
    for (size_t i = 0; i < n; i++)
        FM_TRY(add_run(s, i, &ledger.runs[i], err));
    FM_TRY(name_folders(s, err));
    FM_TRY(check_parents(s, &ledger, err));
    size_t *n_points = FM_NEW(&s->arena, n, size_t);
    if (!n_points)
        return fm_out_of_memory(err);
    for (size_t p = 0; p < s->plan->n_points; p++)
        for (size_t r = 0; r < s->plan->points[p].experiment.n_seeds; r++)
            n_points[s->plan->points[p].runs[r]]++;
    for (size_t i = 0; i < n; i++)
        if (!(s->tasks[i].points = FM_NEW(&s->arena, n_points[i], struct fm_task_point)))
            return fm_out_of_memory(err);
    for (size_t p = 0; p < s->plan->n_points; p++)
        FM_TRY(add_point(s, &s->plan->points[p], &ledger, err));
    return FM_OK;
}

enum fm_status fm_session_prepare(struct fm_session *s, struct fm_error *err)
{
    FM_TRY(fm_store_begin(s->store, err));
    enum fm_status status = prepare(s, err);
    if (status == FM_OK)
        status = fm_store_commit(s->store, err);
    if (status != FM_OK)
        fm_store_rollback(s->store);
    return status;
}
