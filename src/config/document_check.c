#include <config.h>

#include "config/document_check.h"

#include "config/document.h"
#include "config/document_error.h"
#include "config/utf8.h"

#include <stdlib.h>
#include <string.h>

static enum fm_status fail_at_byte(const struct fm_yaml *here, const unsigned char *bytes,
                                   size_t n, struct fm_error *err)
{
    bool is_utf16 =
        here->line == 1 && here->column == 1 && n >= 2
        && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0);
    return fm_yaml_fail(err, here, "byte 0x%02X is not UTF-8; save the file as UTF-8%s",
                        bytes[0], is_utf16 ? " (it is UTF-16)" : "");
}

static enum fm_status fail_at_character(const struct fm_yaml *here, uint32_t c,
                                        struct fm_error *err)
{
    if (c == 0)
        return fm_yaml_fail(err, here, "a NUL byte; this is not a text file");
    if (c == 0xFEFF)
        return fm_yaml_fail(
            err, here, "a byte order mark (U+FEFF) in the middle of the text; remove it");
    if (c == 0x2028 || c == 0x2029)
        return fm_yaml_fail(err, here,
                            "U+%04X, an invisible line separator; write an ordinary line "
                            "break, or \"\\u%04X\" in double quotes",
                            c, c);
    return fm_yaml_fail(err, here, "control character U+%04X; remove it", c);
}

enum fm_status fm_yaml_check_characters(const struct fm_yaml_source *source, size_t n_bytes,
                                        struct fm_error *err)
{
    struct fm_yaml here = {.source = source, .line = 1, .column = 1, .width = 1};
    const char *p = source->text, *end = p + n_bytes;
    while (p < end) {
        uint32_t c;
        size_t length = fm_utf8_decode(p, (size_t)(end - p), &c);
        if (length == 0)
            return fail_at_byte(&here, (const unsigned char *)p, (size_t)(end - p), err);
        bool is_break = c == '\n' || c == '\r';
        if (!fm_utf8_is_printable(c) && c != '\t' && !is_break)
            return fail_at_character(&here, c, err);
        if (c == '\r' && p[1] == '\n')
            length = 2;
        here.line += is_break;
        here.column = is_break ? 1 : here.column + 1;
        p += length;
    }
    return FM_OK;
}

/* Advice on common problems, by libyaml's words for them. */
static const char *advice(const char *problem, char at)
{
    if (at == '\t')
        return "; indent with spaces instead of tabs";
    if (strstr(problem, "cannot start any token"))
        return "; put the text in quotes";
    if (strstr(problem, "mapping values are not allowed"))
        return "; a text with \": \" in it needs quotes, and a key its own line";
    if (strstr(problem, "could not find expected ':'"))
        return "; a key ends with \": \" on the same line";
    if (strstr(problem, "did not find expected key")
        || strstr(problem, "did not find expected '-'"))
        return "; check the indentation, and quotes around special characters";
    if (strstr(problem, "found unexpected ':'"))
        return "; a space must follow the \":\" of a key";
    if (strstr(problem, "unexpected end of stream"))
        return "; the closing quote is missing";
    if (strstr(problem, "',' or"))
        return "; a closing bracket, or a comma, is missing";
    return "";
}

/* The byte of the text at a node's place, or NULL when the text has no such line. */
static const char *find_place(const struct fm_yaml *here)
{
    const char *p = fm_yaml_line(here->source->text, here->line);
    for (unsigned i = 1; p && *p && i < here->column; i++) {
        uint32_t c;
        p += fm_utf8_decode(p, strnlen(p, 4), &c);
    }
    return p;
}

enum fm_status fm_yaml_fail_syntax(const struct fm_yaml *here, const char *problem,
                                   const struct fm_yaml *from, const char *context,
                                   struct fm_error *err)
{
    const char *at = find_place(here);
    bool is_at_end = !at || *at == '\0';
    const char *what_to_do = advice(problem, is_at_end ? '\0' : *at);
    if (!context)
        return fm_yaml_fail(err, here, "%s%s", problem, what_to_do);
    /* point at the start of what has no end */
    if (is_at_end)
        return fm_yaml_fail(err, from, "%s before the end (%s that starts here)%s", problem,
                            context, what_to_do);
    return fm_yaml_fail(err, here, "%s (%s, from line %u, column %u)%s", problem, context,
                        from->line, from->column, what_to_do);
}

enum fm_status fm_yaml_check_key(const struct fm_yaml *key, struct fm_error *err)
{
    if (key->is_plain && strcmp(key->text, "<<") == 0)
        return fm_yaml_fail(err, key,
                            "merge keys (<<) are not part of YAML 1.2; write the keys "
                            "out, or share a whole value by an alias (key: *name)");
    size_t n = strlen(key->text);
    if (n == 0)
        return fm_yaml_fail(err, key, "a key is missing");
    if (n > FM_YAML_MAX_KEY_BYTES)
        return fm_yaml_fail(err, key, "a key of %zu bytes; keys have at most %d", n,
                            FM_YAML_MAX_KEY_BYTES);
    return FM_OK;
}

/* By text, then by place. */
static int compare_keys(const void *left, const void *right)
{
    const struct fm_yaml *a = *(struct fm_yaml *const *)left;
    const struct fm_yaml *b = *(struct fm_yaml *const *)right;
    int order = strcmp(a->text, b->text);
    if (order == 0)
        order = (a->line > b->line) - (a->line < b->line);
    if (order == 0)
        order = (a->column > b->column) - (a->column < b->column);
    return order;
}

enum fm_status fm_yaml_check_duplicates(struct fm_yaml *const *keys,
                                        struct fm_yaml **sorted, size_t n,
                                        struct fm_error *err)
{
    const struct fm_yaml *first = NULL, *second = NULL;
    if (n < 2)
        return FM_OK;
    memcpy(sorted, keys, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_keys);
    for (size_t i = 1; i < n; i++) {
        const struct fm_yaml *a = sorted[i - 1], *b = sorted[i];
        bool is_earlier = !second || b->line < second->line
                          || (b->line == second->line && b->column < second->column);
        if (strcmp(a->text, b->text) == 0 && is_earlier) {
            first = a;
            second = b;
        }
    }
    if (!second)
        return FM_OK;
    return fm_yaml_fail(err, second, "duplicate key %s; the first is at line %u, column %u",
                        fm_quote(second->text).text, first->line, first->column);
}
