/* Inside store/: prepared statements, values bound by name, and messages for SQLite's errors. */
#ifndef FM_STORE_SQL_H
#define FM_STORE_SQL_H

#include "base/arena.h"
#include "store/run_status.h"
#include "store/store.h"
#include <sqlite3.h>

enum { FM_SQL_N_CACHED = 64 };

struct fm_store {
    sqlite3 *db;
    char *path;
    int lock; /* descriptor of PATH.lock, -1 without */
    bool is_in_transaction;
    bool has_failed; /* a statement of the open transaction failed */
    size_t n_cached;
    struct {
        const char *sql;
        sqlite3_stmt *statement;
    } cached[FM_SQL_N_CACHED];
};

/* A statement about to run.  The first failure is kept in code; step reports it. */
struct fm_sql {
    struct fm_store *store;
    sqlite3_stmt *statement;
    int code;
    bool is_cached;
};

/* Prepares sql, which must outlive the store.  fm_sql_writing caches statements by the address of sql;
 * fm_sql_reading doesn't, so that queries can nest. */
FM_MUST_USE enum fm_status fm_sql_writing(struct fm_store *store, const char *sql,
                                          struct fm_sql *query, struct fm_error *err);
FM_MUST_USE enum fm_status fm_sql_reading(struct fm_store *store, const char *sql,
                                          struct fm_sql *query, struct fm_error *err);

/* Binds a value to ":name".  Texts are borrowed until fm_sql_end; NULL is "". */
void fm_sql_text(struct fm_sql *query, const char *name, const char *text);
void fm_sql_integer(struct fm_sql *query, const char *name, int64_t value);
void fm_sql_count(struct fm_sql *query, const char *name, size_t value);
/* NULL when value isn't finite. */
void fm_sql_real(struct fm_sql *query, const char *name, double value);
/* NULL unless value is above 0. */
void fm_sql_positive(struct fm_sql *query, const char *name, double value);
/* NULL when value is 0. */
void fm_sql_id(struct fm_sql *query, const char *name, int64_t value);
/* NULL when text is NULL. */
void fm_sql_text_or_null(struct fm_sql *query, const char *name, const char *text);

/* For many rows: finds the place of ":name", binds by place, and runs to the end but keeps the
 * statement and its values for the next row.  End it with fm_sql_end; a failure has ended it. */
int fm_sql_place(const struct fm_sql *query, const char *name);
void fm_sql_integer_at(struct fm_sql *query, int place, int64_t value);
void fm_sql_real_at(struct fm_sql *query, int place, double value);
FM_MUST_USE enum fm_status fm_sql_run_again(struct fm_sql *query, struct fm_error *err);

/* Goes to the next row.  Ends the statement after the last row or a failure. */
FM_MUST_USE enum fm_status fm_sql_step(struct fm_sql *query, bool *has_row,
                                       struct fm_error *err);
/* Goes to the next row, for loops: false after the last row, after a failure, and when *status is
 * not FM_OK already.  A failure is written to *status. */
bool fm_sql_next(struct fm_sql *query, enum fm_status *status, struct fm_error *err);
/* Runs it to its end and ignores rows. */
FM_MUST_USE enum fm_status fm_sql_run(struct fm_sql *query, struct fm_error *err);
/* Runs it to its end; *id is the first column of its one row. */
FM_MUST_USE enum fm_status fm_sql_run_id(struct fm_sql *query, int64_t *id,
                                         struct fm_error *err);
/* Ends the statement; does nothing when it is ended. */
void fm_sql_end(struct fm_sql *query);

/* Columns of the current row, from 0: text is never NULL; a NULL is NaN or 0. */
const char *fm_sql_get_text(const struct fm_sql *query, int column);
int64_t fm_sql_get_integer(const struct fm_sql *query, int column);
size_t fm_sql_get_count(const struct fm_sql *query, int column);
double fm_sql_get_real(const struct fm_sql *query, int column);
enum fm_run_status fm_sql_get_status(const struct fm_sql *query, int column);

/* Copies n texts to arena, in place. */
FM_MUST_USE enum fm_status fm_sql_keep_texts(struct fm_arena *arena,
                                             const char **const *texts, size_t n,
                                             struct fm_error *err);

/* Runs statements that have no parameters. */
FM_MUST_USE enum fm_status fm_sql_script(sqlite3 *db, const char *path, const char *sql,
                                         struct fm_error *err);
/* Reads the one integer of a statement that has no parameters. */
FM_MUST_USE enum fm_status fm_sql_one_integer(sqlite3 *db, const char *path,
                                              const char *sql, int64_t *value,
                                              struct fm_error *err);

/* Writes what a result code means for the file at path and what to do.  Returns the status.  db may
 * be NULL. */
enum fm_status fm_sql_fail(sqlite3 *db, const char *path, int code, struct fm_error *err);

/* The time now, as the database writes times; for statements. */
#define FM_SQL_NOW "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"

#endif
