#include <config.h>

#include "config/document_error.h"

#include "config/utf8.h"

#include <string.h>

/* Columns of a source line that an error shows. */
enum { WINDOW = 76 };

const char *fm_yaml_line(const char *text, unsigned line)
{
    for (; line > 1; line--) {
        text += strcspn(text, "\r\n");
        if (*text == '\0')
            return NULL;
        text += text[0] == '\r' && text[1] == '\n' ? 2 : 1;
    }
    return text;
}

/* Copies a code point, or a replacement when it isn't printable; returns the bytes read. */
static size_t show(char *out, size_t *n_out, const char *bytes, size_t n)
{
    uint32_t c;
    size_t length = fm_utf8_decode(bytes, n, &c);
    if (length > 0 && fm_utf8_is_printable(c)) {
        memcpy(out + *n_out, bytes, length);
        *n_out += length;
        return length;
    }
    out[(*n_out)++] = length > 0 && c == '\t' ? ' ' : '?';
    return length > 0 ? length : 1;
}

struct fm_quoted fm_quote(const char *text)
{
    enum { LONGEST = 60 };
    struct fm_quoted quoted = {"\""};
    size_t n = 1, left = strlen(text), columns = 0;
    while (left > 0 && columns < LONGEST) {
        size_t used = 1;
        if (*text == '\n') {
            quoted.text[n++] = '\\';
            quoted.text[n++] = 'n';
            columns++;
        } else {
            used = show(quoted.text, &n, text, left);
        }
        text += used;
        left -= used;
        columns++;
    }
    memcpy(quoted.text + n, left > 0 ? "..\"" : "\"", left > 0 ? 4 : 2);
    return quoted;
}

/* Copies the part of a source line around column (from 1); gives the caret's column in it. */
static void add_line(char out[4 * WINDOW + 16], const char *line, unsigned column,
                     size_t *caret, size_t *n_columns)
{
    size_t left = strcspn(line, "\r\n"), n = 0, skipped = 0, shown = 0;
    size_t first = column > WINDOW ? column - WINDOW / 2 : 1;
    uint32_t c;
    for (; left > 0 && skipped + 1 < first; skipped++) {
        size_t used = fm_utf8_decode(line, left, &c);
        used += used == 0;
        line += used;
        left -= used;
    }
    if (skipped > 0) {
        memcpy(out, "...", 3);
        n = 3;
    }
    *caret = column - 1 - skipped + n;
    for (; left > 0 && shown < WINDOW; shown++) {
        size_t used = show(out, &n, line, left);
        line += used;
        left -= used;
    }
    *n_columns = (skipped > 0 ? 3 : 0) + shown;
    memcpy(out + n, left > 0 ? "..." : "", left > 0 ? 4 : 1);
}

/* "\n    7 |   lr: fast\n      |       ^~~~" */
static void add_excerpt(char *out, size_t size, const struct fm_yaml *node)
{
    char window[4 * WINDOW + 16], marks[2 * WINDOW + 16];
    size_t caret, n_columns;
    const char *line = fm_yaml_line(node->source->text, node->line);
    out[0] = '\0';
    if (!line)
        return;
    add_line(window, line, node->column, &caret, &n_columns);
    if (caret > WINDOW + 3)
        caret = WINDOW + 3;
    memset(marks, ' ', caret);
    marks[caret] = '^';
    size_t end = caret + 1;
    for (; end < caret + node->width && end < n_columns; end++)
        marks[end] = '~';
    marks[end] = '\0';
    (void)snprintf(out, size, "\n%5u | %s\n      | %s", node->line, window, marks);
}

/* Removes a code point that the end of a full buffer cut in two. */
static void trim(char *text, size_t size)
{
    size_t n = strlen(text), start = n;
    if (n + 1 < size)
        return;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    uint32_t c;
    if (start > 0 && fm_utf8_decode(text + start - 1, n - start + 1, &c) == 0)
        text[start - 1] = '\0';
}

enum fm_status fm_yaml_fail(struct fm_error *err, const struct fm_yaml *node,
                            const char *format, ...)
{
    char message[1000], excerpt[6 * WINDOW + 100], place[24] = "";
    if (!err)
        return FM_ERROR_CONFIG;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    trim(message, sizeof message);
    if (!node || !node->source)
        return fm_fail(err, FM_ERROR_CONFIG, "%s", message);
    excerpt[0] = '\0';
    if (node->line > 0) {
        (void)snprintf(place, sizeof place, ":%u:%u", node->line, node->column);
        add_excerpt(excerpt, sizeof excerpt, node);
    }
    const char *name = node->source->name;
    size_t n = strlen(name), longest = 300;
    bool is_long = n > longest;
    return fm_fail(err, FM_ERROR_CONFIG, "%s%s%s: error: %s%s", is_long ? "..." : "",
                   is_long ? name + n - longest : name, place, message, excerpt);
}
