#include <config.h>

#include "store/sql.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* ---- errors -------------------------------------------------------------------------- */

static enum fm_status fail_system(sqlite3 *db, const char *path, const char *text,
                                  struct fm_error *err)
{
    int code = db ? sqlite3_system_errno(db) : 0;
    return fm_fail(err, FM_ERROR_IO, "can't use the database %s: %s%s%s", path, text,
                   code ? ": " : "", code ? strerror(code) : "");
}

enum fm_status fm_sql_fail(sqlite3 *db, const char *path, int code, struct fm_error *err)
{
    const char *text = db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return fm_out_of_memory(err);
    case SQLITE_FULL:
        return fm_fail(
            err, FM_ERROR_IO,
            "can't write the database %s: the disk is full; what was recorded "
            "before is safe; free some space, or choose another place with --db, "
            "and run the same command again",
            path);
    case SQLITE_READONLY:
        return fm_fail(err, FM_ERROR_IO,
                       "can't write the database %s: it or its folder is read-only; change "
                       "the permissions, or choose another place with --db",
                       path);
    case SQLITE_CORRUPT:
        return fm_fail(
            err, FM_ERROR_IO,
            "the database %s is damaged (%s); keep a copy, and save what is left "
            "with: sqlite3 %s .recover | sqlite3 recovered.db",
            path, text, path);
    case SQLITE_NOTADB:
        return fm_fail(err, FM_ERROR_IO,
                       "%s is not an SQLite database; choose another file with --db", path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fm_fail(
            err, FM_ERROR_IO,
            "the database %s is locked by another program; close it and run the same "
            "command again",
            path);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_TOOBIG:
        return fail_system(db, path, text, err);
    default:
        return fm_fail(err, FM_ERROR_INTERNAL, "database %s: %s (SQLite code %d)", path,
                       text, code);
    }
}

/* ---- statements ---------------------------------------------------------------------- */

static enum fm_status prepare(struct fm_store *store, const char *sql, unsigned flags,
                              sqlite3_stmt **statement, struct fm_error *err)
{
    int code = sqlite3_prepare_v3(store->db, sql, -1, flags, statement, NULL);
    return code == SQLITE_OK ? FM_OK : fm_sql_fail(store->db, store->path, code, err);
}

enum fm_status fm_sql_reading(struct fm_store *store, const char *sql, struct fm_sql *query,
                              struct fm_error *err)
{
    *query = (struct fm_sql){.store = store};
    return prepare(store, sql, 0, &query->statement, err);
}

enum fm_status fm_sql_writing(struct fm_store *store, const char *sql, struct fm_sql *query,
                              struct fm_error *err)
{
    *query = (struct fm_sql){.store = store, .is_cached = true};
    /* SQLite rolls a transaction back itself when, for instance, the disk is full.  Later records
     * of the transaction must not be written on their own then. */
    if (store->is_in_transaction && store->has_failed)
        return fm_fail(err, FM_ERROR_IO,
                       "can't write the database %s: an earlier record of "
                       "the same transaction failed",
                       store->path);
    for (size_t i = 0; i < store->n_cached; i++)
        if (store->cached[i].sql == sql) {
            query->statement = store->cached[i].statement;
            return FM_OK;
        }
    FM_ASSERT(store->n_cached < FM_SQL_N_CACHED);
    FM_TRY(prepare(store, sql, SQLITE_PREPARE_PERSISTENT, &query->statement, err));
    store->cached[store->n_cached].sql = sql;
    store->cached[store->n_cached++].statement = query->statement;
    return FM_OK;
}

void fm_sql_end(struct fm_sql *query)
{
    if (!query->statement)
        return;
    if (query->is_cached) {
        (void)sqlite3_reset(query->statement);
        (void)sqlite3_clear_bindings(query->statement);
    } else {
        (void)sqlite3_finalize(query->statement);
    }
    query->statement = NULL;
}

enum fm_status fm_sql_step(struct fm_sql *query, bool *has_row, struct fm_error *err)
{
    struct fm_store *store = query->store;
    int code = query->code ? query->code : sqlite3_step(query->statement);
    *has_row = code == SQLITE_ROW;
    if (code == SQLITE_ROW)
        return FM_OK;
    enum fm_status status = FM_OK;
    if (code != SQLITE_DONE) {
        status = fm_sql_fail(query->code ? NULL : store->db, store->path, code, err);
        store->has_failed = true;
    }
    fm_sql_end(query);
    return status;
}

bool fm_sql_next(struct fm_sql *query, enum fm_status *status, struct fm_error *err)
{
    bool has_row = false;
    if (*status == FM_OK)
        *status = fm_sql_step(query, &has_row, err);
    return *status == FM_OK && has_row;
}

enum fm_status fm_sql_run(struct fm_sql *query, struct fm_error *err)
{
    bool has_row = true;
    while (has_row)
        FM_TRY(fm_sql_step(query, &has_row, err));
    return FM_OK;
}

enum fm_status fm_sql_run_again(struct fm_sql *query, struct fm_error *err)
{
    bool has_row;
    if (query->code != SQLITE_OK || sqlite3_step(query->statement) != SQLITE_DONE) {
        (void)sqlite3_reset(query->statement);
        return fm_sql_step(query, &has_row, err); /* fails again, with a message */
    }
    (void)sqlite3_reset(query->statement);
    return FM_OK;
}

enum fm_status fm_sql_run_id(struct fm_sql *query, int64_t *id, struct fm_error *err)
{
    bool has_row;
    FM_TRY(fm_sql_step(query, &has_row, err));
    FM_ASSERT(has_row);
    int64_t value = fm_sql_get_integer(query, 0);
    FM_TRY(fm_sql_run(query, err));
    *id = value;
    return FM_OK;
}

/* ---- values -------------------------------------------------------------------------- */

int fm_sql_place(const struct fm_sql *query, const char *name)
{
    int place = sqlite3_bind_parameter_index(query->statement, name);
    FM_ASSERT(place > 0);
    return place;
}

static void keep(struct fm_sql *query, int code)
{
    if (code != SQLITE_OK && query->code == SQLITE_OK)
        query->code = code;
}

void fm_sql_text(struct fm_sql *query, const char *name, const char *text)
{
    fm_sql_text_or_null(query, name, text ? text : "");
}

void fm_sql_text_or_null(struct fm_sql *query, const char *name, const char *text)
{
    int place = fm_sql_place(query, name);
    keep(query, text ? sqlite3_bind_text64(query->statement, place, text, strlen(text),
                                           SQLITE_STATIC, SQLITE_UTF8)
                     : sqlite3_bind_null(query->statement, place));
}

void fm_sql_integer_at(struct fm_sql *query, int place, int64_t value)
{
    keep(query, sqlite3_bind_int64(query->statement, place, value));
}

void fm_sql_integer(struct fm_sql *query, const char *name, int64_t value)
{
    fm_sql_integer_at(query, fm_sql_place(query, name), value);
}

void fm_sql_count(struct fm_sql *query, const char *name, size_t value)
{
    FM_ASSERT(value <= INT64_MAX);
    fm_sql_integer(query, name, (int64_t)value);
}

void fm_sql_real_at(struct fm_sql *query, int place, double value)
{
    keep(query, isfinite(value) ? sqlite3_bind_double(query->statement, place, value)
                                : sqlite3_bind_null(query->statement, place));
}

void fm_sql_real(struct fm_sql *query, const char *name, double value)
{
    fm_sql_real_at(query, fm_sql_place(query, name), value);
}

void fm_sql_positive(struct fm_sql *query, const char *name, double value)
{
    fm_sql_real(query, name, value > 0 ? value : (double)NAN);
}

void fm_sql_id(struct fm_sql *query, const char *name, int64_t value)
{
    int place = fm_sql_place(query, name);
    keep(query, value ? sqlite3_bind_int64(query->statement, place, value)
                      : sqlite3_bind_null(query->statement, place));
}

const char *fm_sql_get_text(const struct fm_sql *query, int column)
{
    const unsigned char *text = sqlite3_column_text(query->statement, column);
    return text ? (const char *)text : "";
}

int64_t fm_sql_get_integer(const struct fm_sql *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

size_t fm_sql_get_count(const struct fm_sql *query, int column)
{
    int64_t value = fm_sql_get_integer(query, column);
    return value > 0 ? (size_t)value : 0;
}

double fm_sql_get_real(const struct fm_sql *query, int column)
{
    if (sqlite3_column_type(query->statement, column) == SQLITE_NULL)
        return NAN;
    return sqlite3_column_double(query->statement, column);
}

enum fm_run_status fm_sql_get_status(const struct fm_sql *query, int column)
{
    const enum fm_run_status status = fm_run_status_find(fm_sql_get_text(query, column));
    return status != FM_N_RUN_STATUSES ? status
                                       : FM_RUN_LOST; /* the tables' checks exclude it */
}

enum fm_status fm_sql_keep_texts(struct fm_arena *arena, const char **const *texts,
                                 size_t n, struct fm_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!(*texts[i] = fm_arena_text(arena, *texts[i])))
            return fm_out_of_memory(err);
    return FM_OK;
}

/* ---- without values ------------------------------------------------------------------ */

enum fm_status fm_sql_script(sqlite3 *db, const char *path, const char *sql,
                             struct fm_error *err)
{
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? FM_OK : fm_sql_fail(db, path, code, err);
}

enum fm_status fm_sql_one_integer(sqlite3 *db, const char *path, const char *sql,
                                  int64_t *value, struct fm_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    enum fm_status status = FM_OK;
    if (code == SQLITE_ROW)
        *value = sqlite3_column_int64(statement, 0);
    else
        status = fm_sql_fail(db, path, code, err);
    (void)sqlite3_finalize(statement);
    return status;
}
