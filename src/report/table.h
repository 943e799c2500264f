/* Tables on a terminal or in a pipe: columns aligned, UTF-8 aware. */
#ifndef FM_REPORT_TABLE_H
#define FM_REPORT_TABLE_H

#include "base/arena.h"
#include "base/text.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct fm_table {
    struct fm_arena *arena;
    size_t n_columns, n_rows, capacity;
    const char **cells; /* [n_rows][n_columns]; row 0 is the header */
    bool *is_right;     /* [n_columns]: aligned to the right */
    bool has_failed;    /* memory ran out; checked once, when printing */
};

/* An empty table of n_columns (up to 256), texts in arena. */
void fm_table_init(struct fm_table *table, struct fm_arena *arena, size_t n_columns);
/* The first row: n_columns names, and columns first_right .. last_right aligned to the right. */
void fm_table_header(struct fm_table *table, const char *const *names, size_t first_right,
                     size_t last_right);
/* A new row of empty cells. */
void fm_table_row(struct fm_table *table);
/* Sets a cell of the last row. */
void fm_table_cell(struct fm_table *table, size_t column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Two spaces between columns; the header is bold on a terminal without NO_COLOR. */
FM_MUST_USE enum fm_status fm_table_print(const struct fm_table *table, FILE *out,
                                          struct fm_error *err);

/* "text" with JSON's escapes, quotes included. */
void fm_add_json_string(struct fm_text *text, const char *string);
/* A JSON number, or null when value is not finite. */
void fm_add_json_real(struct fm_text *text, double value);

#endif
