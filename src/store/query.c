#include <config.h>

#include "store/query.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "store/sql.h"

#include <stdlib.h>
#include <string.h>

/* ---- what is allowed ----------------------------------------------------------------- */

static bool is_among(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (sqlite3_stricmp(name, *names) == 0)
            return true;
    return false;
}

/* Denies what sqlite3_stmt_readonly counts as reading although it does more: attaching a file,
 * beginning a transaction, changing a setting.  Allows PRAGMAs that only report. */
static int authorize(void *context, int action, const char *first, const char *second,
                     const char *database, const char *trigger)
{
    static const char *const about_a_table[] = {"table_info",        "table_xinfo",
                                                "table_list",        "index_list",
                                                "index_info",        "foreign_key_list",
                                                "integrity_check",   "quick_check",
                                                "foreign_key_check", NULL};
    static const char *const without_value[] = {
        "application_id", "user_version", "database_list",   "page_count", "page_size",
        "encoding",       "journal_mode", "compile_options", NULL};
    (void)context;
    (void)database;
    (void)trigger;
    bool is_allowed = action != SQLITE_ATTACH && action != SQLITE_DETACH
                      && action != SQLITE_TRANSACTION && action != SQLITE_SAVEPOINT;
    if (action == SQLITE_PRAGMA)
        is_allowed =
            is_among(first, about_a_table) || (!second && is_among(first, without_value));
    return is_allowed ? SQLITE_OK : SQLITE_DENY;
}

static enum fm_status fail_writing(struct fm_error *err)
{
    return fm_fail(
        err, FM_ERROR_USAGE,
        "only statements that read are allowed here; to change the database, use "
        "the sqlite3 program while no fmrun is running");
}

/* ---- errors with a place ------------------------------------------------------------- */

static void add_place(struct fm_text *text, const char *sql, size_t offset)
{
    size_t line = 1, start = 0;
    for (size_t i = 0; i < offset; i++)
        if (sql[i] == '\n') {
            line++;
            start = i + 1;
        }
    size_t length = strcspn(sql + start, "\n");
    struct fm_text before = {0};
    fm_text_add_bytes(&before, sql + start, offset - start);
    size_t column = fm_text_columns(fm_text_bytes(&before));
    fm_text_fini(&before);
    fm_text_add(text, " (line %zu, column %zu)\n    %.*s\n    %*s^", line, column + 1,
                (int)length, sql + start, (int)column, "");
}

static enum fm_status fail_prepare(struct fm_store *store, const char *sql, int code,
                                   struct fm_error *err)
{
    int kind = code & 0xff;
    if (kind == SQLITE_AUTH)
        return fail_writing(err);
    if (kind != SQLITE_ERROR)
        return fm_sql_fail(store->db, store->path, code, err);
    struct fm_text text = {0};
    int offset = sqlite3_error_offset(store->db);
    fm_text_add(&text, "SQL: %s", sqlite3_errmsg(store->db));
    if (offset >= 0 && (size_t)offset <= strlen(sql))
        add_place(&text, sql, (size_t)offset);
    enum fm_status status = text.has_failed
                                ? fm_out_of_memory(err)
                                : fm_fail(err, FM_ERROR_USAGE, "%s", text.bytes);
    fm_text_fini(&text);
    return status;
}

/* ---- preparing ----------------------------------------------------------------------- */

/* Whether the rest is blanks, comments and semicolons. */
static bool is_blank(sqlite3 *db, const char *tail)
{
    while (*tail) {
        sqlite3_stmt *statement = NULL;
        const char *rest = tail;
        int code = sqlite3_prepare_v2(db, tail, -1, &statement, &rest);
        bool has_more = code != SQLITE_OK || statement;
        (void)sqlite3_finalize(statement);
        if (has_more || rest == tail)
            return !has_more;
        tail = rest;
    }
    return true;
}

static enum fm_status prepare_reading(struct fm_store *store, const char *sql,
                                      sqlite3_stmt **statement, struct fm_error *err)
{
    const char *tail = sql;
    (void)sqlite3_set_authorizer(store->db, authorize, NULL);
    int code = sqlite3_prepare_v2(store->db, sql, -1, statement, &tail);
    enum fm_status status = FM_OK;
    if (code != SQLITE_OK)
        status = fail_prepare(store, sql, code, err);
    else if (!*statement)
        status = fm_fail(err, FM_ERROR_USAGE, "there is no SQL statement");
    else if (!sqlite3_stmt_readonly(*statement))
        status = fail_writing(err);
    else if (sqlite3_bind_parameter_count(*statement) > 0)
        status = fm_fail(err, FM_ERROR_USAGE,
                         "the SQL statement has a parameter (%s); write the value itself",
                         sqlite3_bind_parameter_name(*statement, 1)
                             ? sqlite3_bind_parameter_name(*statement, 1)
                             : "?");
    else if (!is_blank(store->db, tail))
        status = fm_fail(err, FM_ERROR_USAGE,
                         "there is more than one SQL statement; give one at a time");
    (void)sqlite3_set_authorizer(store->db, NULL, NULL);
    return status;
}

/* ---- rows ---------------------------------------------------------------------------- */

static enum fm_status give_columns(sqlite3_stmt *statement, size_t n,
                                   const struct fm_query *query, struct fm_arena *arena,
                                   struct fm_error *err)
{
    if (!query->columns)
        return FM_OK;
    const char **names = FM_NEW(arena, n, const char *);
    if (!names)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < n; i++)
        if (!(names[i] = sqlite3_column_name(statement, (int)i)))
            return fm_out_of_memory(err);
    return query->columns(query->context, n, names, err);
}

/* Adds the fewest digits from 15 to 17 that read back the same; 15, so that 10 is not "1e+01". */
static void add_real(struct fm_text *text, double value)
{
    char digits[40];
    for (int precision = 15; precision <= 17; precision++) {
        (void)snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    fm_text_add(text, "%s", digits);
}

/* Appends the value to text and returns where it starts. */
static size_t add_value(sqlite3_stmt *statement, int column, struct fm_value *value,
                        struct fm_text *text)
{
    size_t start = text->length;
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
        value->type = FM_VALUE_NULL;
        break;
    case SQLITE_INTEGER:
        value->type = FM_VALUE_INTEGER;
        fm_text_add(text, "%lld", (long long)sqlite3_column_int64(statement, column));
        break;
    case SQLITE_FLOAT:
        value->type = FM_VALUE_REAL;
        add_real(text, sqlite3_column_double(statement, column));
        break;
    case SQLITE_TEXT: {
        value->type = FM_VALUE_TEXT;
        const unsigned char *bytes = sqlite3_column_text(statement, column);
        if (bytes)
            fm_text_add_bytes(text, (const char *)bytes,
                              (size_t)sqlite3_column_bytes(statement, column));
        break;
    }
    default: {
        value->type = FM_VALUE_BLOB;
        const unsigned char *bytes = sqlite3_column_blob(statement, column);
        int n = bytes ? sqlite3_column_bytes(statement, column) : 0;
        for (int i = 0; i < n; i++)
            fm_text_add(text, "%02x", bytes[i]);
    }
    }
    value->n_bytes = text->length - start;
    fm_text_add_bytes(text, "", 1);
    return start;
}

static enum fm_status give_row(sqlite3_stmt *statement, size_t n,
                               const struct fm_query *query, struct fm_value *values,
                               size_t *starts, struct fm_text *text, struct fm_error *err)
{
    fm_text_clear(text);
    for (size_t i = 0; i < n; i++)
        starts[i] = add_value(statement, (int)i, &values[i], text);
    if (text->has_failed)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < n; i++)
        values[i].text = values[i].type == FM_VALUE_NULL ? NULL : text->bytes + starts[i];
    return query->row(query->context, n, values, err);
}

static enum fm_status give_rows(struct fm_store *store, sqlite3_stmt *statement,
                                const struct fm_query *query, struct fm_arena *arena,
                                struct fm_text *text, struct fm_error *err)
{
    size_t n = (size_t)sqlite3_column_count(statement);
    struct fm_value *values = FM_NEW(arena, n, struct fm_value);
    size_t *starts = FM_NEW(arena, n, size_t);
    if (!values || !starts)
        return fm_out_of_memory(err);
    FM_TRY(give_columns(statement, n, query, arena, err));
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        FM_TRY(give_row(statement, n, query, values, starts, text, err));
    if ((code & 0xff) == SQLITE_ERROR) /* such as an integer overflow in sum() */
        return fm_fail(err, FM_ERROR_USAGE, "SQL: %s", sqlite3_errmsg(store->db));
    return code == SQLITE_DONE ? FM_OK : fm_sql_fail(store->db, store->path, code, err);
}

enum fm_status fm_store_query(struct fm_store *store, const char *sql,
                              const struct fm_query *query, struct fm_error *err)
{
    struct fm_arena arena = {0};
    struct fm_text text = {0};
    sqlite3_stmt *statement = NULL;
    enum fm_status status = prepare_reading(store, sql, &statement, err);
    if (status == FM_OK)
        status = give_rows(store, statement, query, &arena, &text, err);
    (void)sqlite3_finalize(statement);
    fm_text_fini(&text);
    fm_arena_fini(&arena);
    return status;
}
