/* Helpers for data sets in text files: fields of separated values (RFC 4180).  Delimiters
 * stand between fields, which may be in double quotes, in which "" is a quote.  Lines have
 * any length and end with LF, CRLF or CR.  Empty lines, blanks before a field and a UTF-8
 * byte order mark are skipped. */
#ifndef FM_FMRUN_FIELDS_H
#define FM_FMRUN_FIELDS_H

#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FM_MAX_FIELD = 255 };

struct fm_fields {
    /* Set by the plugin before fm_fields_rewind: who reads, for messages ("dataset csv");
     * the open file and its path; the character between fields. */
    const char *name;
    FILE *file;
    const char *path;
    char delimiter;
    /* The field read last: its text, at most FM_MAX_FIELD bytes of it; length counts
     * all. */
    char text[FM_MAX_FIELD + 1];
    size_t length;
    /* Where it begins, from 1. */
    size_t field_line, field_column;
    bool is_quoted;
    /* It is the last one of its line. */
    bool is_last;
    /* The file is over: there is no field. */
    bool is_end;
    /* Inside: the place of the next character, and what the buffer holds from `at` on. */
    size_t line, column, n, at;
    unsigned char buffer[1 << 16];
};

static inline int fm_fields_peek(struct fm_fields *r)
{
    if (r->at == r->n) {
        r->n = fread(r->buffer, 1, sizeof r->buffer, r->file);
        r->at = 0;
    }
    return r->n ? r->buffer[r->at] : EOF;
}

/* The next character; each kind of line end is one '\n'. */
static inline int fm_fields_take(struct fm_fields *r)
{
    int c = fm_fields_peek(r);
    if (c == EOF)
        return EOF;
    r->at++;
    r->column++;
    if (c == '\r') {
        if (fm_fields_peek(r) == '\n')
            r->at++;
        c = '\n';
    }
    if (c == '\n') {
        r->line++;
        r->column = 1;
    }
    return c;
}

static inline void fm_fields_add(struct fm_fields *r, int c)
{
    if (r->length < FM_MAX_FIELD)
        r->text[r->length] = (char)c;
    r->length++;
}

/* FM_ERROR_NO_INPUT: what is wrong with the field read last. */
static inline enum fm_status fm_fields_fail(const struct fm_fields *r, const char *what,
                                            struct fm_error *err)
{
    return fm_fail(err, FM_ERROR_NO_INPUT, "%s: %s:%zu:%zu: %s", r->name, r->path,
                   r->field_line, r->field_column, what);
}

/* Reads the next field of the line.  FM_ERROR_NO_INPUT: with file, line and column;
 * FM_ERROR_IO. */
static inline enum fm_status fm_fields_next(struct fm_fields *r, struct fm_error *err)
{
    bool is_open = false, was_closed = false;
    r->length = 0;
    r->is_quoted = r->is_last = false;
    r->field_line = r->line;
    r->field_column = r->column;
    for (;;) {
        int c = fm_fields_take(r);
        if (c == EOF && ferror(r->file))
            return fm_fail(err, FM_ERROR_IO, "%s: can't read %s", r->name, r->path);
        if (c == '\0')
            return fm_fields_fail(r, "has a NUL byte: the file is no text, or is UTF-16",
                                  err);
        if (c == EOF && is_open)
            return fm_fields_fail(r, "the quote that begins here never ends", err);
        if (is_open && c == '"' && fm_fields_peek(r) == '"') {
            fm_fields_add(r, fm_fields_take(r));
        } else if (is_open && c == '"') {
            is_open = false;
            was_closed = true;
        } else if (is_open) {
            fm_fields_add(r, c);
        } else if (c == EOF || c == '\n' || c == r->delimiter) {
            r->is_last = c != r->delimiter;
            break;
        } else if (c == '"' && r->length == 0 && !was_closed) {
            is_open = r->is_quoted = true;
        } else if (was_closed && c != ' ') {
            return fm_fields_fail(r, "text goes on behind the closing quote", err);
        } else if (!was_closed && (r->length > 0 || c != ' ')) {
            fm_fields_add(r, c);
        }
    }
    r->text[r->length < FM_MAX_FIELD ? r->length : FM_MAX_FIELD] = '\0';
    return FM_OK;
}

/* Reads the first field of the next line that is not empty; sets is_end where there is
 * none. */
static inline enum fm_status fm_fields_next_line(struct fm_fields *r, struct fm_error *err)
{
    do {
        r->is_end = fm_fields_peek(r) == EOF;
        if (r->is_end)
            return ferror(r->file)
                       ? fm_fail(err, FM_ERROR_IO, "%s: can't read %s", r->name, r->path)
                       : FM_OK;
        FM_TRY(fm_fields_next(r, err));
    } while (r->is_last && r->length == 0 && !r->is_quoted);
    return FM_OK;
}

/* Goes back to the start of the file, behind a byte order mark. */
static inline enum fm_status fm_fields_rewind(struct fm_fields *r, struct fm_error *err)
{
    if (fseek(r->file, 0, SEEK_SET) != 0)
        return fm_fail(err, FM_ERROR_IO, "%s: can't read %s from its start", r->name,
                       r->path);
    r->n = r->at = 0;
    r->line = r->column = 1;
    if (fm_fields_peek(r) == 0xEF && r->n >= 3 && r->buffer[1] == 0xBB
        && r->buffer[2] == 0xBF)
        r->at = 3;
    return FM_OK;
}

/* Whether the field is a decimal number, perhaps with an exponent; perhaps beyond a
 * double. */
static inline bool fm_fields_is_number(const struct fm_fields *r, double *value)
{
    char *end;
    if (r->length == 0 || r->length > FM_MAX_FIELD
        || strspn(r->text, "0123456789+-.eE ") != r->length)
        return false;
    *value = strtod(r->text, &end);
    return end != r->text && end[strspn(end, " ")] == '\0';
}

#endif
