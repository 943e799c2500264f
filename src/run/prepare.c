/* From the plan to rows of the database, and to the tasks that are left. */
#include <config.h>

#include "base/error.h"
#include "base/isa.h"
#include "base/log.h"
#include "base/parallel.h"
#include "config/options.h"
#include "run/session.h"
#include "store/read.h"

#include <string.h>

/* ---- names and parameters ---- */

struct params {
    struct fm_arena *arena;
    size_t n, capacity;
    struct fm_param *params;
};

static enum fm_status add_param(struct params *p, const char *key,
                                const struct fm_yaml *node, struct fm_error *err)
{
    if (p->n == p->capacity) {
        size_t capacity = p->capacity ? 2 * p->capacity : 128;
        struct fm_param *grown = FM_NEW(p->arena, capacity, struct fm_param);
        if (!grown)
            return fm_out_of_memory(err);
        if (p->n)
            memcpy(grown, p->params, p->n * sizeof *grown);
        p->params = grown;
        p->capacity = capacity;
    }
    struct fm_text value = {0};
    if (node->kind == FM_YAML_SCALAR)
        fm_text_add(&value, "%s", node->text);
    else
        fm_yaml_emit(&value, node, 0);
    while (value.length > 0 && value.bytes[value.length - 1] == '\n')
        value.bytes[--value.length] = '\0';
    p->params[p->n].key = fm_arena_text(p->arena, key);
    p->params[p->n].value =
        value.has_failed ? NULL : fm_arena_text(p->arena, fm_text_bytes(&value));
    fm_text_fini(&value);
    if (!p->params[p->n].key || !p->params[p->n].value)
        return fm_out_of_memory(err);
    p->n++;
    return FM_OK;
}

/* Every leaf below node, under dotted keys. */
static enum fm_status collect_params(struct params *p, const char *prefix,
                                     const struct fm_yaml *node, struct fm_error *err)
{
    if (node->kind != FM_YAML_MAP)
        return add_param(p, prefix, node, err);
    for (size_t i = 0; i < node->n; i++) {
        struct fm_text key = {0};
        fm_text_add(&key, "%s%s%s", prefix, *prefix ? "." : "", node->keys[i]->text);
        enum fm_status status =
            key.has_failed ? fm_out_of_memory(err)
                           : collect_params(p, fm_text_bytes(&key), node->items[i], err);
        fm_text_fini(&key);
        FM_TRY(status);
    }
    return FM_OK;
}

/* What decides the run: not its name, seeds, samplings and metrics. */
static enum fm_status set_params(struct fm_session *s, const struct fm_plan_run *run,
                                 int64_t run_id, struct fm_error *err)
{
    static const char *const keys[] = {"source", "data",     "split", "network",
                                       "path",   "coupling", "train", NULL};
    struct params p = {.arena = &s->arena};
    for (size_t i = 0; keys[i]; i++) {
        const struct fm_yaml *node = fm_yaml_find(run->point->resolved, keys[i]);
        if (node)
            FM_TRY(collect_params(&p, keys[i], node, err));
    }
    return fm_store_set_params(s->store, run_id, p.n, p.params, err);
}

/* A rebuilt plugin that kept its version is taken for the same.  That is right for a new
 * compiler flag and wrong for new numbers, so it is said, once a plugin. */
static enum fm_status check_build(struct fm_session *s, int64_t run_id,
                                  const struct fm_component *c, struct fm_error *err)
{
    const struct fm_plugin *p = c->loaded->plugin;
    bool is_other = false;
    for (size_t i = 0; i < s->n_rebuilt; i++)
        if (s->rebuilt[i] == p)
            return FM_OK;
    FM_TRY(fm_store_has_other_build(s->store, run_id, fm_kind_name(p->kind), p->name,
                                    p->version, c->loaded->sha256, &is_other, err));
    if (!is_other || s->n_rebuilt == sizeof s->rebuilt / sizeof *s->rebuilt)
        return FM_OK;
    s->rebuilt[s->n_rebuilt++] = p;
    struct fm_text text = {0};
    fm_text_add(
        &text,
        "%s/%s version %u was rebuilt since some of these results were made; if its "
        "numbers changed, raise its version, or they are mixed",
        fm_kind_name(p->kind), p->name, p->version);
    fm_warn("%s", fm_text_bytes(&text));
    enum fm_status status =
        fm_store_add_event(s->store, run_id, FM_EVENT_WARNING, fm_text_bytes(&text), err);
    fm_text_fini(&text);
    return status;
}

static enum fm_status add_plugin(struct fm_session *s, int64_t run_id,
                                 const struct fm_component *c, struct fm_error *err)
{
    int64_t id;
    const struct fm_plugin *p = c->loaded->plugin;
    const struct fm_plugin_record record = {
        .kind = fm_kind_name(p->kind),
        .name = p->name,
        .version = p->version,
        .path = c->loaded->file,
        .sha256 = c->loaded->sha256,
    };
    FM_TRY(check_build(s, run_id, c, err));
    FM_TRY(fm_store_add_plugin(s->store, &record, &id, err));
    return fm_store_add_run_plugin(s->store, run_id, id, err);
}

/* Does `each` for every plugin the experiment uses. */
static enum fm_status
each_plugin(struct fm_session *s, int64_t run_id, const struct fm_experiment *e,
            enum fm_status (*each)(struct fm_session *, int64_t,
                                   const struct fm_component *, struct fm_error *),
            struct fm_error *err)
{
    const struct fm_component *const parts[] = {&e->source, &e->data, &e->network, &e->path,
                                                &e->coupling};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        FM_TRY(each(s, run_id, parts[i], err));
    if (e->sample_path.loaded)
        FM_TRY(each(s, run_id, &e->sample_path, err));
    for (size_t i = 0; i < e->n_methods; i++)
        FM_TRY(each(s, run_id, &e->methods[i].solver, err));
    for (size_t i = 0; i < e->n_metrics; i++)
        FM_TRY(each(s, run_id, &e->metrics[i], err));
    if (fm_experiment_needs(e, FM_REFERENCE_EXACT))
        FM_TRY(each(s, run_id, &e->exact, err));
    return FM_OK;
}

/* ---- runs ---- */

static enum fm_status add_run(struct fm_session *s, size_t index, struct fm_error *err)
{
    const struct fm_plan_run *run = &s->plan->runs[index];
    const struct fm_experiment *e = &run->point->experiment;
    struct fm_task *task = &s->tasks[index];
    struct fm_known known;
    struct fm_text train = {0};
    bool is_trained = fm_experiment_is_trained(e);
    if (is_trained) {
        fm_text_add(&train, "{format: 1");
        FM_TRY(fm_options_emit(&train, fm_train_table, &e->train, false, err));
        fm_text_add(&train, "}");
    }
    const struct fm_run_record record = {
        .key = run->key,
        .seed = run->seed,
        .data = e->data.loaded->plugin->name,
        .source = e->source.loaded->plugin->name,
        .network = e->network.loaded->plugin->name,
        .path = e->path.loaded->plugin->name,
        .coupling = e->coupling.loaded->plugin->name,
        .train = fm_text_bytes(&train),
        .n_steps = is_trained ? (size_t)e->train.steps : 0,
    };
    enum fm_status status = fm_store_add_run(s->store, &record, &known, err);
    fm_text_fini(&train);
    FM_TRY(status);
    task->run = run;
    task->run_id = known.id;
    task->is_done = known.status == FM_RUN_DONE
                    || (known.status == FM_RUN_DIVERGED && !s->options->must_retry);
    s->has_failures = s->has_failures || (task->is_done && known.status != FM_RUN_DONE);
    if (known.status == FM_RUN_QUEUED)
        FM_TRY(set_params(s, run, known.id, err));
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

/* A parent's weights must be there before a child is trained. */
static enum fm_status check_parents(struct fm_session *s, struct fm_error *err)
{
    for (size_t i = 0; i < s->plan->n_runs; i++) {
        const struct fm_plan_run *run = &s->plan->runs[i];
        const struct fm_experiment *e = &run->point->experiment;
        const struct fm_task *task = &s->tasks[i];
        if (!e->parent || !fm_experiment_is_trained(e->parent) || task->is_done
            || has_weights(s, task->folder) || has_weights(s, task->parent_folder))
            continue;
        return fm_yaml_fail(
            err, e->coupling.node,
            "the parent's run with seed %llu is not in %s: do it first, as in "
            "fmrun %s 'seeds=[%llu]'",
            (unsigned long long)run->seed, s->options->db, e->parent_file,
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

/* Whether an earlier point of the same task already measures the sampling by the metric. */
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
                                   const int64_t *metric_ids, struct fm_task_sampling *t,
                                   struct fm_error *err)
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
    *t = (struct fm_task_sampling){.sampling = sampling, .sampling_id = known.id};
    bool is_known = known.status == FM_RUN_DONE;
    bool is_final =
        is_known || (known.status == FM_RUN_DIVERGED && !s->options->must_retry);
    const struct fm_point_record point = {
        .sweep_id = s->sweep_id,
        .index = p->index,
        .setting = p->setting,
        .run_id = task->run_id,
        .sampling_id = known.id,
        .is_reused = is_known,
    };
    FM_TRY(fm_store_add_point(s->store, &point, err));
    s->has_failures = s->has_failures || (is_final && !is_known);
    t->must_sample = !is_final && !is_sampled(task, known.id);
    t->is_over = !t->must_sample;
    if (is_final && !is_known)
        return FM_OK; /* diverged: nothing to measure */
    t->metrics = FM_NEW(&s->arena, e->n_metrics, struct fm_task_metric);
    if (!t->metrics)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < e->n_metrics; i++) {
        bool has_row = false, has_value = false;
        FM_TRY(fm_store_has_metric(s->store, known.id, metric_ids[i], &has_row, &has_value,
                                   err));
        bool is_left = !has_row || (!has_value && s->options->must_retry);
        s->has_failures = s->has_failures || (!is_left && !has_value);
        if (is_left && !is_scheduled(task, known.id, metric_ids[i]))
            t->metrics[t->n_metrics++] =
                (struct fm_task_metric){&p->metrics[i], metric_ids[i]};
    }
    if (t->n_metrics > 0)
        t->is_over = false; /* at least to be measured */
    return FM_OK;
}

static enum fm_status add_point(struct fm_session *s, const struct fm_point *p,
                                struct fm_error *err)
{
    const struct fm_experiment *e = &p->experiment;
    int64_t *metric_ids = FM_NEW(&s->arena, e->n_metrics, int64_t);
    if (!metric_ids)
        return fm_out_of_memory(err);
    FM_TRY(add_metric_defs(s, p, metric_ids, err));
    for (size_t r = 0; r < e->n_seeds; r++) {
        struct fm_task *task = &s->tasks[p->runs[r]];
        struct fm_task_point *tp = &task->points[task->n_points];
        tp->point = p;
        tp->samplings = FM_NEW(&s->arena, e->n_methods, struct fm_task_sampling);
        if (!tp->samplings)
            return fm_out_of_memory(err);
        if (e->n_methods == 0)
            FM_TRY(fm_store_add_point(s->store,
                                      &(struct fm_point_record){.sweep_id = s->sweep_id,
                                                                .index = p->index,
                                                                .setting = p->setting,
                                                                .run_id = task->run_id,
                                                                .is_reused = task->is_done},
                                      err));
        for (size_t i = 0; i < e->n_methods; i++) {
            FM_TRY(add_sampling(s, task, p, i, metric_ids, &tp->samplings[i], err));
            task->n_samplings += !tp->samplings[i].is_over;
        }
        tp->n_samplings = e->n_methods;
        task->n_points++;
        if (!task->is_done || task->n_samplings > 0)
            FM_TRY(each_plugin(s, task->run_id, e, add_plugin, err));
        else
            FM_TRY(each_plugin(s, task->run_id, e, check_build, err));
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
    for (size_t i = 0; i < n; i++)
        FM_TRY(add_run(s, i, err));
    FM_TRY(name_folders(s, err));
    FM_TRY(check_parents(s, err));
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
        FM_TRY(add_point(s, &s->plan->points[p], err));
    for (size_t i = 0; i < n; i++) {
        struct fm_task *task = &s->tasks[i];
        /* a run that diverged in training has nothing to sample */
        struct fm_known known;
        FM_TRY(fm_store_find_run(s->store, task->run->key, &known, err));
        if (known.status != FM_RUN_DIVERGED || s->options->must_retry)
            task->is_done = task->is_done && task->n_samplings == 0;
    }
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
