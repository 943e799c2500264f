#include <config.h>

#include "store/record_sampling.h"

#include "base/error.h"
#include "store/sql.h"

#include <math.h>

/* ---- samplings ----------------------------------------------------------------------- */

static const char add_sampling[] =
    "INSERT INTO sampling(run_id, key, solver, label, method, solver_order, steps, rtol, "
    "atol,"
    " t_end, grid, n_samples, noise, guidance) "
    "VALUES(:run_id, :key, :solver, coalesce(:label, :solver), :method, :solver_order, "
    ":steps,"
    " :rtol, :atol, :t_end, :grid, :n_samples, :noise, :guidance) "
    "ON CONFLICT(run_id, key) DO UPDATE SET key = key RETURNING id, status";

enum fm_status fm_store_add_sampling(struct fm_store *store,
                                     const struct fm_sampling_record *record,
                                     struct fm_known *known, struct fm_error *err)
{
    struct fm_sql query;
    bool has_row;
    FM_TRY(fm_sql_writing(store, add_sampling, &query, err));
    fm_sql_integer(&query, ":run_id", record->run_id);
    fm_sql_text(&query, ":key", record->key);
    fm_sql_text(&query, ":solver", record->solver);
    fm_sql_text_or_null(&query, ":label", record->label);
    fm_sql_text(&query, ":method", record->method);
    fm_sql_id(&query, ":solver_order", record->order);
    fm_sql_id(&query, ":steps", (int64_t)record->steps);
    fm_sql_real(&query, ":rtol", record->steps > 0 ? (double)NAN : record->rtol);
    fm_sql_real(&query, ":atol", record->steps > 0 ? (double)NAN : record->atol);
    fm_sql_real(&query, ":t_end", record->t_end > 0 ? record->t_end : 1);
    fm_sql_text(&query, ":grid", record->grid ? record->grid : "");
    fm_sql_count(&query, ":n_samples", record->n_samples);
    fm_sql_text(&query, ":noise", record->noise);
    fm_sql_real(&query, ":guidance", record->guidance);
    FM_TRY(fm_sql_step(&query, &has_row, err));
    FM_ASSERT(has_row);
    struct fm_known found = {.id = fm_sql_get_integer(&query, 0),
                             .status = fm_sql_get_status(&query, 1)};
    FM_TRY(fm_sql_run(&query, err));
    *known = found;
    return FM_OK;
}

static const char start_sampling[] =
    "UPDATE sampling SET status = 'running', reason = '', process_id = :process_id,"
    " started = " FM_SQL_NOW ", finished = NULL WHERE id = :id";

enum fm_status fm_store_start_sampling(struct fm_store *store, int64_t sampling_id,
                                       int64_t process_id, struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, start_sampling, &query, err));
    fm_sql_integer(&query, ":id", sampling_id);
    fm_sql_id(&query, ":process_id", process_id);
    return fm_sql_run(&query, err);
}

static const char set_sampling_status[] =
    "UPDATE sampling SET status = :status, reason = :reason,"
    " finished = CASE WHEN :status IN ('queued', 'running') THEN NULL ELSE " FM_SQL_NOW
    " END WHERE id = :id";

enum fm_status fm_store_set_sampling_status(struct fm_store *store, int64_t sampling_id,
                                            enum fm_run_status status, const char *reason,
                                            struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, set_sampling_status, &query, err));
    fm_sql_integer(&query, ":id", sampling_id);
    fm_sql_text(&query, ":status", fm_run_status_name(status));
    fm_sql_text(&query, ":reason", reason);
    return fm_sql_run(&query, err);
}

static const char finish_sampling[] =
    "UPDATE sampling SET status = :status, reason = :reason, finished = " FM_SQL_NOW ","
    " seconds = :seconds, nfe_mean = :nfe_mean, nfe_min = :nfe_min, nfe_max = :nfe_max,"
    " nfe_total = :nfe_total,"
    " n_failed_rows = :n_failed_rows WHERE id = :id";

static const char clear_bins[] = "DELETE FROM sampling_nfe WHERE sampling_id = :id";
static const char add_bin[] =
    "INSERT INTO sampling_nfe(sampling_id, nfe_from, nfe_to, n_samples) "
    "VALUES(:id, :nfe_from, :nfe_to, :n)";

static enum fm_status set_bins(struct fm_store *store, int64_t sampling_id,
                               const struct fm_sampling_result *result,
                               struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, clear_bins, &query, err));
    fm_sql_integer(&query, ":id", sampling_id);
    FM_TRY(fm_sql_run(&query, err));
    for (size_t i = 0; i < result->n_bins; i++) {
        FM_TRY(fm_sql_writing(store, add_bin, &query, err));
        fm_sql_integer(&query, ":id", sampling_id);
        fm_sql_count(&query, ":nfe_from", result->bins[i].nfe_from);
        fm_sql_count(&query, ":nfe_to", result->bins[i].nfe_to);
        fm_sql_count(&query, ":n", result->bins[i].n);
        FM_TRY(fm_sql_run(&query, err));
    }
    return FM_OK;
}

enum fm_status fm_store_finish_sampling(struct fm_store *store, int64_t sampling_id,
                                        const struct fm_sampling_result *result,
                                        struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, finish_sampling, &query, err));
    fm_sql_integer(&query, ":id", sampling_id);
    fm_sql_text(&query, ":status", fm_run_status_name(result->status));
    fm_sql_text(&query, ":reason", result->reason);
    fm_sql_real(&query, ":seconds", result->seconds);
    fm_sql_real(&query, ":nfe_mean", result->nfe_mean);
    fm_sql_count(&query, ":nfe_min", result->nfe_min);
    fm_sql_count(&query, ":nfe_max", result->nfe_max);
    fm_sql_count(&query, ":nfe_total", result->nfe_total);
    fm_sql_count(&query, ":n_failed_rows", result->n_failed_rows);
    FM_TRY(fm_sql_run(&query, err));
    return set_bins(store, sampling_id, result, err);
}

/* ---- metrics ------------------------------------------------------------------------- */

static const char add_metric_def[] =
    "INSERT INTO metric_def(name, version, options, direction, unit) "
    "VALUES(:name, :version, :options, :direction, :unit) "
    "ON CONFLICT(name, version, options) DO UPDATE SET name = name RETURNING id";

enum fm_status fm_store_add_metric_def(struct fm_store *store,
                                       const struct fm_metric_def_record *record,
                                       int64_t *metric_def_id, struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, add_metric_def, &query, err));
    fm_sql_text(&query, ":name", record->name);
    fm_sql_count(&query, ":version", record->version);
    fm_sql_text(&query, ":options", record->options);
    fm_sql_text(&query, ":direction", record->is_higher_better ? "max" : "min");
    fm_sql_text(&query, ":unit", record->unit);
    return fm_sql_run_id(&query, metric_def_id, err);
}

static const char add_sweep_metric[] = "INSERT INTO sweep_metric(sweep_id, metric_def_id) "
                                       "VALUES(:sweep_id, :metric_def_id) "
                                       "ON CONFLICT DO NOTHING";

enum fm_status fm_store_add_sweep_metric(struct fm_store *store, int64_t sweep_id,
                                         int64_t metric_def_id, struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, add_sweep_metric, &query, err));
    fm_sql_integer(&query, ":sweep_id", sweep_id);
    fm_sql_integer(&query, ":metric_def_id", metric_def_id);
    return fm_sql_run(&query, err);
}

static const char add_metric[] =
    "INSERT OR REPLACE INTO metric(sampling_id, metric_def_id, value, note, standard_error,"
    " floor, n_used, seconds, nfe, njvp) "
    "VALUES(:sampling_id, :metric_def_id, :value, :note, :standard_error, :floor, :n_used,"
    " :seconds, :nfe, :njvp)";

enum fm_status fm_store_add_metric(struct fm_store *store,
                                   const struct fm_metric_record *record,
                                   struct fm_error *err)
{
    const char *note = record->note;
    if (!isfinite(record->value) && (!note || !*note))
        note = "not finite";
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, add_metric, &query, err));
    fm_sql_integer(&query, ":sampling_id", record->sampling_id);
    fm_sql_integer(&query, ":metric_def_id", record->metric_def_id);
    fm_sql_real(&query, ":value", record->value);
    fm_sql_text(&query, ":note", note);
    fm_sql_real(&query, ":standard_error", record->standard_error);
    fm_sql_real(&query, ":floor", record->floor);
    fm_sql_count(&query, ":n_used", record->n_used);
    fm_sql_real(&query, ":seconds", record->seconds);
    fm_sql_positive(&query, ":nfe", record->nfe);
    fm_sql_positive(&query, ":njvp", record->njvp);
    return fm_sql_run(&query, err);
}

/* ---- artefacts ----------------------------------------------------------------------- */

static const char add_artifact[] =
    "INSERT INTO artifact(run_id, sampling_id, kind, path, sha256, bytes, created) "
    "VALUES(:run_id, :sampling_id, :kind, :path, :sha256, :bytes, " FM_SQL_NOW ") "
    "ON CONFLICT(path) DO UPDATE SET run_id = excluded.run_id,"
    " sampling_id = excluded.sampling_id, kind = excluded.kind, sha256 = excluded.sha256,"
    " bytes = excluded.bytes, created = excluded.created RETURNING id";

enum fm_status fm_store_add_artifact(struct fm_store *store,
                                     const struct fm_artifact_record *record,
                                     int64_t *artifact_id, struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, add_artifact, &query, err));
    fm_sql_id(&query, ":run_id", record->run_id);
    fm_sql_id(&query, ":sampling_id", record->sampling_id);
    fm_sql_text(&query, ":kind", record->kind);
    fm_sql_text(&query, ":path", record->path);
    fm_sql_text(&query, ":sha256", record->sha256);
    fm_sql_count(&query, ":bytes", record->n_bytes);
    return fm_sql_run_id(&query, artifact_id, err);
}
