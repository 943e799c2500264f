#include <config.h>

#include "store/read_known.h"

#include "store/sql.h"

static enum fm_status read_known(struct fm_sql *q, struct fm_known *known,
                                 struct fm_error *err)
{
    bool has_row;
    struct fm_known found = {.id = 0};
    FM_TRY(fm_sql_step(q, &has_row, err));
    if (has_row) {
        found.id = fm_sql_get_integer(q, 0);
        found.status = fm_sql_get_status(q, 1);
        found.step = fm_sql_get_count(q, 2);
    }
    fm_sql_end(q);
    *known = found;
    return FM_OK;
}

enum fm_status fm_store_find_run(struct fm_store *store, const char *key,
                                 struct fm_known *known, struct fm_error *err)
{
    struct fm_sql q;
    FM_TRY(fm_sql_reading(store, "SELECT id, status, step FROM run WHERE key = :key", &q,
                          err));
    fm_sql_text(&q, ":key", key);
    return read_known(&q, known, err);
}

enum fm_status fm_store_find_sampling(struct fm_store *store, int64_t run_id,
                                      const char *key, struct fm_known *known,
                                      struct fm_error *err)
{
    struct fm_sql q;
    FM_TRY(fm_sql_reading(
        store, "SELECT id, status, 0 FROM sampling WHERE run_id = :run_id AND key = :key",
        &q, err));
    fm_sql_integer(&q, ":run_id", run_id);
    fm_sql_text(&q, ":key", key);
    return read_known(&q, known, err);
}

enum fm_status fm_store_find_metric_def(struct fm_store *store, const char *name,
                                        unsigned version, const char *options,
                                        int64_t *metric_def_id, struct fm_error *err)
{
    struct fm_sql q;
    bool has_found;
    FM_TRY(fm_sql_reading(
        store,
        "SELECT id FROM metric_def WHERE name = :name AND version = :version "
        "AND options = :options",
        &q, err));
    fm_sql_text(&q, ":name", name);
    fm_sql_integer(&q, ":version", version);
    fm_sql_text(&q, ":options", options);
    FM_TRY(fm_sql_step(&q, &has_found, err));
    *metric_def_id = has_found ? fm_sql_get_integer(&q, 0) : 0;
    fm_sql_end(&q);
    return FM_OK;
}

enum fm_status fm_store_has_metric(struct fm_store *store, int64_t sampling_id,
                                   int64_t metric_def_id, bool *has_row, bool *has_value,
                                   struct fm_error *err)
{
    struct fm_sql q;
    bool has_found;
    FM_TRY(fm_sql_reading(
        store,
        "SELECT value IS NOT NULL FROM metric WHERE sampling_id = :sampling_id "
        "AND metric_def_id = :metric_def_id",
        &q, err));
    fm_sql_integer(&q, ":sampling_id", sampling_id);
    fm_sql_integer(&q, ":metric_def_id", metric_def_id);
    FM_TRY(fm_sql_step(&q, &has_found, err));
    *has_row = has_found;
    *has_value = has_found && fm_sql_get_integer(&q, 0) != 0;
    fm_sql_end(&q);
    return FM_OK;
}

enum fm_status fm_store_has_other_build(struct fm_store *store, int64_t run_id,
                                        const char *kind, const char *name,
                                        unsigned version, const char *sha256,
                                        bool *is_other, struct fm_error *err)
{
    struct fm_sql q;
    FM_TRY(fm_sql_reading(store,
                          "SELECT 1 FROM run_plugin JOIN plugin ON plugin.id = plugin_id "
                          "WHERE run_id = :run_id AND kind = :kind AND name = :name "
                          "AND version = :version AND sha256 <> :sha256 LIMIT 1",
                          &q, err));
    fm_sql_integer(&q, ":run_id", run_id);
    fm_sql_text(&q, ":kind", kind);
    fm_sql_text(&q, ":name", name);
    fm_sql_integer(&q, ":version", version);
    fm_sql_text(&q, ":sha256", sha256);
    FM_TRY(fm_sql_step(&q, is_other, err));
    fm_sql_end(&q);
    return FM_OK;
}
