#include <config.h>

#include "store/record_sweep.h"

#include "base/error.h"
#include "base/isa.h"
#include "base/parallel.h"
#include "store/sql.h"

#include <string.h>
#include <unistd.h>

/* ---- processes ----------------------------------------------------------------------- */

static void fill_in(struct fm_process_record *record, char *host, char *model, size_t size)
{
    if (!record->host) {
        if (gethostname(host, size) != 0)
            (void)snprintf(host, size, "unknown");
        host[size - 1] = '\0';
        record->host = host;
    }
    if (!record->cpu_model) {
        fm_cpu_model(model, size);
        record->cpu_model = model;
    }
    if (!record->fmrun_version)
        record->fmrun_version = PACKAGE_VERSION;
    if (!record->compiler)
        record->compiler = __VERSION__;
    if (!record->build_flags)
        record->build_flags = FM_BUILD_FLAGS;
    if (record->n_processors == 0)
        record->n_processors = fm_n_processors();
}

static const char add_process[] =
    "INSERT INTO process(started, pid, host, fmrun_version, git_commit, compiler, "
    "build_flags,"
    " cpu_model, n_processors, isa, n_threads, n_jobs, command_line) "
    "VALUES(" FM_SQL_NOW
    ", :pid, :host, :fmrun_version, :git_commit, :compiler, :build_flags,"
    " :cpu_model, :n_processors, :isa, :n_threads, :n_jobs, :command_line) RETURNING id";

enum fm_status fm_store_add_process(struct fm_store *store,
                                    const struct fm_process_record *record,
                                    int64_t *process_id, struct fm_error *err)
{
    char host[256], model[256];
    struct fm_process_record r = *record;
    fill_in(&r, host, model, sizeof host);
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, add_process, &query, err));
    fm_sql_integer(&query, ":pid", getpid());
    fm_sql_text(&query, ":host", r.host);
    fm_sql_text(&query, ":fmrun_version", r.fmrun_version);
    fm_sql_text_or_null(&query, ":git_commit", r.git_commit);
    fm_sql_text(&query, ":compiler", r.compiler);
    fm_sql_text(&query, ":build_flags", r.build_flags);
    fm_sql_text(&query, ":cpu_model", r.cpu_model);
    fm_sql_count(&query, ":n_processors", r.n_processors);
    fm_sql_text(&query, ":isa", r.isa);
    fm_sql_count(&query, ":n_threads", r.n_threads);
    fm_sql_count(&query, ":n_jobs", r.n_jobs);
    fm_sql_text(&query, ":command_line", r.command_line);
    return fm_sql_run_id(&query, process_id, err);
}

static const char finish_process[] =
    "UPDATE process SET ended = " FM_SQL_NOW ", exit_status = :exit_status WHERE id = :id";

enum fm_status fm_store_finish_process(struct fm_store *store, int64_t process_id,
                                       int exit_status, struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, finish_process, &query, err));
    fm_sql_integer(&query, ":id", process_id);
    fm_sql_integer(&query, ":exit_status", exit_status);
    return fm_sql_run(&query, err);
}

/* ---- plugins ------------------------------------------------------------------------- */

static const char add_plugin[] = "INSERT INTO plugin(kind, name, version, path, sha256) "
                                 "VALUES(:kind, :name, :version, :path, :sha256) "
                                 "ON CONFLICT(kind, name, version, sha256) DO UPDATE SET "
                                 "path = excluded.path RETURNING id";

enum fm_status fm_store_add_plugin(struct fm_store *store,
                                   const struct fm_plugin_record *record,
                                   int64_t *plugin_id, struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, add_plugin, &query, err));
    fm_sql_text(&query, ":kind", record->kind);
    fm_sql_text(&query, ":name", record->name);
    fm_sql_count(&query, ":version", record->version);
    fm_sql_text(&query, ":path", record->path);
    fm_sql_text(&query, ":sha256", record->sha256);
    return fm_sql_run_id(&query, plugin_id, err);
}

static const char add_run_plugin[] = "INSERT INTO run_plugin(run_id, plugin_id) "
                                     "VALUES(:run_id, :plugin_id) ON CONFLICT DO NOTHING";

enum fm_status fm_store_add_run_plugin(struct fm_store *store, int64_t run_id,
                                       int64_t plugin_id, struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, add_run_plugin, &query, err));
    fm_sql_integer(&query, ":run_id", run_id);
    fm_sql_integer(&query, ":plugin_id", plugin_id);
    return fm_sql_run(&query, err);
}

/* ---- sweeps -------------------------------------------------------------------------- */

static const char add_sweep[] =
    "INSERT INTO sweep(key, name, question, config_file, plan, resolved, created, used) "
    "VALUES(:key, :name, :question, :config_file, :plan, :resolved, " FM_SQL_NOW
    ", " FM_SQL_NOW ") "
    "ON CONFLICT(key) DO UPDATE SET used = excluded.used RETURNING id";

enum fm_status fm_store_add_sweep(struct fm_store *store,
                                  const struct fm_sweep_record *record, int64_t *sweep_id,
                                  struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, add_sweep, &query, err));
    fm_sql_text(&query, ":key", record->key);
    fm_sql_text(&query, ":name", record->name);
    fm_sql_text(&query, ":question", record->question);
    fm_sql_text(&query, ":config_file", record->config_file);
    fm_sql_text(&query, ":plan", record->plan);
    fm_sql_text(&query, ":resolved", record->resolved);
    return fm_sql_run_id(&query, sweep_id, err);
}

static const char add_point[] =
    "INSERT INTO point(sweep_id, number, setting, run_id, sampling_id, is_reused) "
    "VALUES(:sweep_id, :number, :setting, :run_id, :sampling_id, :is_reused) "
    "ON CONFLICT DO NOTHING";

enum fm_status fm_store_add_point(struct fm_store *store,
                                  const struct fm_point_record *record,
                                  struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, add_point, &query, err));
    fm_sql_integer(&query, ":sweep_id", record->sweep_id);
    fm_sql_count(&query, ":number", record->index);
    fm_sql_text(&query, ":setting", record->setting);
    fm_sql_integer(&query, ":run_id", record->run_id);
    fm_sql_id(&query, ":sampling_id", record->sampling_id);
    fm_sql_integer(&query, ":is_reused", record->is_reused);
    return fm_sql_run(&query, err);
}

/* ---- events -------------------------------------------------------------------------- */

static const char add_event[] = "INSERT INTO event(time, run_id, level, text) "
                                "VALUES(" FM_SQL_NOW ", :run_id, :level, :text)";

enum fm_status fm_store_add_event(struct fm_store *store, int64_t run_id,
                                  enum fm_event_level level, const char *text,
                                  struct fm_error *err)
{
    static const char *const levels[] = {"info", "warning", "error"};
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, add_event, &query, err));
    fm_sql_id(&query, ":run_id", run_id);
    fm_sql_text(&query, ":level", levels[level]);
    fm_sql_text(&query, ":text", text);
    return fm_sql_run(&query, err);
}
