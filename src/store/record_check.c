#include <config.h>

#include "store/record_check.h"

#include "store/sql.h"

static const char forget[] =
    "DELETE FROM plugin_check WHERE kind = :kind AND name = :name AND sha256 = :sha256"
    " AND options = :options";

static const char add[] =
    "INSERT OR REPLACE INTO plugin_check(kind, name, version, sha256, options, property,"
    " problem, declared, measured, result, note, fmrun_version, checked) "
    "VALUES(:kind, :name, :version, :sha256, :options, :property, :problem, :declared,"
    " :measured, :result, :note, :fmrun_version, " FM_SQL_NOW ")";

static void bind_plugin(struct fm_sql *query, const struct fm_checked_plugin *plugin)
{
    fm_sql_text(query, ":kind", plugin->kind);
    fm_sql_text(query, ":name", plugin->name);
    fm_sql_text(query, ":sha256", plugin->sha256);
    fm_sql_text(query, ":options", plugin->options);
}

static enum fm_status replace(struct fm_store *store,
                              const struct fm_checked_plugin *plugin, size_t n,
                              const struct fm_plugin_check_record *records,
                              struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, forget, &query, err));
    bind_plugin(&query, plugin);
    FM_TRY(fm_sql_run(&query, err));
    for (size_t i = 0; i < n; i++) {
        FM_TRY(fm_sql_writing(store, add, &query, err));
        bind_plugin(&query, plugin);
        fm_sql_count(&query, ":version", plugin->version);
        fm_sql_text(&query, ":property", records[i].property);
        fm_sql_text(&query, ":problem", records[i].problem);
        fm_sql_real(&query, ":declared", records[i].declared);
        fm_sql_real(&query, ":measured", records[i].measured);
        fm_sql_text(&query, ":result", records[i].result);
        fm_sql_text(&query, ":note", records[i].note);
        fm_sql_text(&query, ":fmrun_version", PACKAGE_VERSION);
        FM_TRY(fm_sql_run(&query, err));
    }
    return FM_OK;
}

enum fm_status fm_store_set_plugin_check(struct fm_store *store,
                                         const struct fm_checked_plugin *plugin, size_t n,
                                         const struct fm_plugin_check_record *records,
                                         struct fm_error *err)
{
    FM_TRY(fm_store_begin(store, err));
    enum fm_status status = replace(store, plugin, n, records, err);
    if (status != FM_OK) {
        fm_store_rollback(store);
        return status;
    }
    return fm_store_commit(store, err);
}

/* ---- reading ------------------------------------------------------------------------- */

/* A run that was resumed can have used several files of a plugin.  This takes the last. */
static const char each_solver_check[] =
    "WITH used AS ("
    " SELECT s.solver AS solver, min(p.id) AS place, max(u.id) AS plugin_id"
    " FROM point p JOIN sampling s ON s.id = p.sampling_id"
    " JOIN run_plugin ru ON ru.run_id = p.run_id"
    " JOIN plugin u ON u.id = ru.plugin_id AND u.kind = 'solver' AND u.name = s.solver"
    " WHERE p.sweep_id = :sweep_id GROUP BY s.solver) "
    "SELECT used.solver, count(c.id) > 0,"
    " min(c.measured) FILTER (WHERE c.property IN ('order', 'weak order')),"
    " (SELECT group_concat(property, ', ') FROM (SELECT DISTINCT f.property FROM "
    "plugin_check f"
    "  WHERE f.kind = 'solver' AND f.name = used.solver AND f.sha256 = u.sha256"
    "  AND f.result = 'fail' ORDER BY f.id)) "
    "FROM used JOIN plugin u ON u.id = used.plugin_id"
    " LEFT JOIN plugin_check c ON c.kind = 'solver' AND c.name = used.solver"
    " AND c.sha256 = u.sha256 "
    "GROUP BY used.solver ORDER BY used.place";

enum fm_status fm_store_each_solver_check(
    struct fm_store *store, int64_t sweep_id,
    enum fm_status (*row)(void *context, const struct fm_solver_check_row *check,
                          struct fm_error *err),
    void *context, struct fm_error *err)
{
    struct fm_sql q;
    FM_TRY(fm_sql_reading(store, each_solver_check, &q, err));
    fm_sql_integer(&q, ":sweep_id", sweep_id);
    enum fm_status status = FM_OK;
    while (fm_sql_next(&q, &status, err)) {
        const struct fm_solver_check_row check = {
            .solver = fm_sql_get_text(&q, 0),
            .is_checked = fm_sql_get_integer(&q, 1) != 0,
            .order = fm_sql_get_real(&q, 2),
            .failed = fm_sql_get_text(&q, 3),
        };
        status = row(context, &check, err);
    }
    fm_sql_end(&q);
    return status;
}
