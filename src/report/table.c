#include <config.h>

#include "report/table.h"

#include "base/error.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_COLUMNS = 256 };

void fm_table_init(struct fm_table *t, struct fm_arena *arena, size_t n_columns)
{
    FM_ASSERT(n_columns <= MAX_COLUMNS);
    *t = (struct fm_table){.arena = arena, .n_columns = n_columns};
    t->is_right = FM_NEW(arena, n_columns, bool);
    t->has_failed = !t->is_right;
}

void fm_table_row(struct fm_table *t)
{
    if (t->n_rows == t->capacity && !t->has_failed) {
        size_t capacity = t->capacity ? 2 * t->capacity : 64;
        const char **grown = FM_NEW(t->arena, capacity * t->n_columns, const char *);
        t->has_failed = !grown;
        if (grown && t->n_rows)
            memcpy(grown, t->cells, t->n_rows * t->n_columns * sizeof *grown);
        t->cells = grown;
        t->capacity = capacity;
    }
    t->n_rows += !t->has_failed;
}

void fm_table_cell(struct fm_table *t, size_t column, const char *format, ...)
{
    if (t->has_failed)
        return;
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    /* drops the source line and caret of a config error */
    text[strcspn(text, "\n")] = '\0';
    char *copy = fm_arena_text(t->arena, text);
    t->has_failed = !copy;
    t->cells[(t->n_rows - 1) * t->n_columns + column] = copy;
}

static const char *cell(const struct fm_table *t, size_t row, size_t column)
{
    const char *text = t->cells[row * t->n_columns + column];
    return text ? text : "";
}

static void print_row(const struct fm_table *t, size_t row, const size_t *widths, FILE *out)
{
    size_t owed =
        0; /* spaces to write before the next text, so that no line ends with spaces */
    for (size_t c = 0; c < t->n_columns; c++) {
        const char *text = cell(t, row, c);
        size_t columns = fm_text_columns(text), pad = widths[c] - columns;
        size_t before = owed + (t->is_right[c] ? pad : 0);
        owed = (t->is_right[c] ? 0 : pad) + 2;
        if (columns == 0) {
            owed += before;
            continue;
        }
        (void)fprintf(out, "%*s%s", (int)before, "", text);
    }
    (void)fputc('\n', out);
}

void fm_table_header(struct fm_table *t, const char *const *names, size_t first_right,
                     size_t last_right)
{
    fm_table_row(t);
    for (size_t i = 0; i < t->n_columns; i++) {
        fm_table_cell(t, i, "%s", names[i]);
        t->is_right[i] = i >= first_right && i <= last_right;
    }
}

enum fm_status fm_table_print(const struct fm_table *t, FILE *out, struct fm_error *err)
{
    size_t widths[MAX_COLUMNS] = {0};
    if (t->has_failed)
        return fm_out_of_memory(err);
    for (size_t r = 0; r < t->n_rows; r++)
        for (size_t c = 0; c < t->n_columns; c++) {
            size_t width = fm_text_columns(cell(t, r, c));
            if (width > widths[c])
                widths[c] = width;
        }
    bool is_bold = isatty(fileno(out)) && !getenv("NO_COLOR");
    for (size_t r = 0; r < t->n_rows; r++) {
        if (is_bold && r == 0)
            (void)fputs("\033[1m", out);
        print_row(t, r, widths, out);
        if (is_bold && r == 0)
            (void)fputs("\033[0m", out);
    }
    return FM_OK;
}

void fm_add_json_string(struct fm_text *text, const char *string)
{
    fm_text_add(text, "\"");
    for (const unsigned char *p = (const unsigned char *)string; *p; p++) {
        if (*p == '"' || *p == '\\')
            fm_text_add(text, "\\%c", *p);
        else if (*p == '\n')
            fm_text_add(text, "\\n");
        else if (*p < 0x20)
            fm_text_add(text, "\\u%04x", *p);
        else
            fm_text_add_bytes(text, (const char *)p, 1);
    }
    fm_text_add(text, "\"");
}

void fm_add_json_real(struct fm_text *text, double value)
{
    if (isfinite(value))
        fm_text_add_real(text, value);
    else
        fm_text_add(text, "null");
}
