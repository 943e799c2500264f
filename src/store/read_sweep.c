#include <config.h>

#include "store/read_sweep.h"

#include "base/error.h"
#include "base/text.h"
#include "store/sql.h"

static const char each_sweep[] =
    "WITH member AS ("
    "  SELECT DISTINCT p.sweep_id, r.id, r.status FROM point p JOIN run r ON r.id = "
    "p.run_id),"
    " runs AS ("
    "  SELECT sweep_id, count(*) AS n, sum(status = 'done') AS n_done,"
    "   sum(status IN ('failed', 'diverged')) AS n_failed FROM member GROUP BY sweep_id),"
    " points AS ("
    "  SELECT sweep_id, count(DISTINCT number) AS n, count(DISTINCT sampling_id) AS "
    "n_samplings"
    "  FROM point GROUP BY sweep_id) "
    "SELECT s.id, s.key, s.name, s.question, s.config_file, s.created, s.used, w.is_latest,"
    " p.n, r.n, p.n_samplings, r.n_done, r.n_failed "
    "FROM sweep s JOIN v_sweep w ON w.sweep_id = s.id"
    " LEFT JOIN runs r ON r.sweep_id = s.id LEFT JOIN points p ON p.sweep_id = s.id "
    "ORDER BY s.used DESC, s.id DESC";

enum fm_status fm_store_each_sweep(struct fm_store *store,
                                   enum fm_status (*row)(void *context,
                                                         const struct fm_sweep_row *sweep,
                                                         struct fm_error *err),
                                   void *context, struct fm_error *err)
{
    struct fm_sql q;
    FM_TRY(fm_sql_reading(store, each_sweep, &q, err));
    enum fm_status status = FM_OK;
    while (fm_sql_next(&q, &status, err)) {
        struct fm_sweep_row sweep = {
            .id = fm_sql_get_integer(&q, 0),
            .key = fm_sql_get_text(&q, 1),
            .name = fm_sql_get_text(&q, 2),
            .question = fm_sql_get_text(&q, 3),
            .config_file = fm_sql_get_text(&q, 4),
            .created = fm_sql_get_text(&q, 5),
            .used = fm_sql_get_text(&q, 6),
            .is_latest = fm_sql_get_integer(&q, 7) != 0,
            .n_points = fm_sql_get_count(&q, 8),
            .n_runs = fm_sql_get_count(&q, 9),
            .n_samplings = fm_sql_get_count(&q, 10),
            .n_runs_done = fm_sql_get_count(&q, 11),
            .n_runs_failed = fm_sql_get_count(&q, 12),
        };
        sweep.n_runs_open = sweep.n_runs - sweep.n_runs_done - sweep.n_runs_failed;
        status = row(context, &sweep, err);
    }
    fm_sql_end(&q);
    return status;
}

/* The first row's id, or 0. */
static enum fm_status first_id(struct fm_sql *q, int64_t *id, struct fm_error *err)
{
    bool has_row;
    *id = 0;
    FM_TRY(fm_sql_step(q, &has_row, err));
    if (has_row)
        *id = fm_sql_get_integer(q, 0);
    fm_sql_end(q);
    return FM_OK;
}

struct names {
    struct fm_arena arena;
    const char *list[256];
    size_t n;
};

static enum fm_status fail_unknown(struct fm_store *store, const char *name,
                                   struct names *names, struct fm_error *err)
{
    struct fm_sql q;
    bool has_row = true;
    FM_TRY(fm_sql_reading(
        store, "SELECT name FROM sweep GROUP BY name ORDER BY max(used) DESC", &q, err));
    while (names->n < sizeof names->list / sizeof *names->list) {
        FM_TRY(fm_sql_step(&q, &has_row, err));
        if (!has_row)
            break;
        const char *copy = fm_arena_text(&names->arena, fm_sql_get_text(&q, 0));
        if (!copy) {
            fm_sql_end(&q);
            return fm_out_of_memory(err);
        }
        names->list[names->n++] = copy;
    }
    fm_sql_end(&q);
    const char *nearest = fm_nearest(name, names->list, names->n);
    if (names->n == 0)
        return fm_fail(err, FM_ERROR_NO_INPUT, "%s holds no sweep yet", store->path);
    if (nearest)
        return fm_fail(err, FM_ERROR_NO_INPUT,
                       "%s holds no sweep \"%s\"; did you mean \"%s\"?", store->path, name,
                       nearest);
    return fm_fail(err, FM_ERROR_NO_INPUT,
                   "%s holds no sweep \"%s\"; the latest one is \"%s\"", store->path, name,
                   names->list[0]);
}

enum fm_status fm_store_find_sweep(struct fm_store *store, const char *name,
                                   int64_t *sweep_id, struct fm_error *err)
{
    struct fm_sql q;
    int64_t id;
    FM_TRY(fm_sql_reading(
        store,
        "SELECT id FROM sweep WHERE name = :name ORDER BY used DESC, id DESC LIMIT 1", &q,
        err));
    fm_sql_text(&q, ":name", name);
    FM_TRY(first_id(&q, &id, err));
    if (id == 0) {
        struct names names = {.n = 0};
        enum fm_status status = fail_unknown(store, name, &names, err);
        fm_arena_fini(&names.arena);
        return status;
    }
    *sweep_id = id;
    return FM_OK;
}

enum fm_status fm_store_last_sweep(struct fm_store *store, int64_t *sweep_id,
                                   struct fm_error *err)
{
    struct fm_sql q;
    int64_t id;
    FM_TRY(fm_sql_reading(store, "SELECT id FROM sweep ORDER BY used DESC, id DESC LIMIT 1",
                          &q, err));
    FM_TRY(first_id(&q, &id, err));
    if (id == 0)
        return fm_fail(err, FM_ERROR_NO_INPUT, "%s holds no sweep yet", store->path);
    *sweep_id = id;
    return FM_OK;
}

enum fm_status fm_store_read_sweep(struct fm_store *store, int64_t sweep_id,
                                   struct fm_arena *arena, struct fm_sweep_record *record,
                                   struct fm_error *err)
{
    struct fm_sql q;
    bool has_row;
    FM_TRY(
        fm_sql_reading(store,
                       "SELECT key, name, question, config_file, plan, resolved FROM sweep "
                       "WHERE id = :id",
                       &q, err));
    fm_sql_integer(&q, ":id", sweep_id);
    FM_TRY(fm_sql_step(&q, &has_row, err));
    if (!has_row)
        return fm_fail(err, FM_ERROR_NO_INPUT, "%s holds no sweep with id %lld",
                       store->path, (long long)sweep_id);
    struct fm_sweep_record r = {
        .key = fm_sql_get_text(&q, 0),
        .name = fm_sql_get_text(&q, 1),
        .question = fm_sql_get_text(&q, 2),
        .config_file = fm_sql_get_text(&q, 3),
        .plan = fm_sql_get_text(&q, 4),
        .resolved = fm_sql_get_text(&q, 5),
    };
    const char **const texts[] = {&r.key,         &r.name, &r.question,
                                  &r.config_file, &r.plan, &r.resolved};
    enum fm_status status =
        fm_sql_keep_texts(arena, texts, sizeof texts / sizeof *texts, err);
    fm_sql_end(&q);
    if (status == FM_OK)
        *record = r;
    return status;
}
