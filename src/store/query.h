/* The user's own SQL. */
#ifndef FM_STORE_QUERY_H
#define FM_STORE_QUERY_H

#include "store/store.h"

enum fm_value_type {
    FM_VALUE_NULL,
    FM_VALUE_INTEGER,
    FM_VALUE_REAL,
    FM_VALUE_TEXT,
    FM_VALUE_BLOB
};

struct fm_value {
    enum fm_value_type type;
    /* NULL for FM_VALUE_NULL; a real is the shortest text that reads back the same, a blob its hex
     * digits. */
    const char *text;
    size_t n_bytes; /* of text, without the NUL */
};

struct fm_query {
    void *context;
    /* Called once, before the rows, also when there are none.  NULL: not called. */
    enum fm_status (*columns)(void *context, size_t n, const char *const *names,
                              struct fm_error *err);
    enum fm_status (*row)(void *context, size_t n, const struct fm_value *values,
                          struct fm_error *err);
};

/* Runs one statement that only reads.  FM_ERROR_USAGE: it writes, attaches other files, is more than
 * one, or is wrong; then the message is SQLite's, with line, column and a caret where SQLite gives
 * them. */
FM_MUST_USE enum fm_status fm_store_query(struct fm_store *store, const char *sql,
                                          const struct fm_query *query,
                                          struct fm_error *err);

#endif
