#include <config.h>

#include "base/text.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(struct fm_text *text, size_t n)
{
    if (text->has_failed)
        return false;
    size_t needed = text->length + n + 1;
    if (needed <= text->capacity)
        return true;
    size_t capacity = text->capacity ? text->capacity : 128;
    while (capacity < needed)
        capacity *= 2;
    char *bytes = realloc(text->bytes, capacity);
    if (!bytes) {
        text->has_failed = true;
        return false;
    }
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
}

void fm_text_fini(struct fm_text *text)
{
    free(text->bytes);
    *text = (struct fm_text){0};
}

void fm_text_cut(struct fm_text *text, size_t n)
{
    text->length = n;
    if (text->bytes)
        text->bytes[n] = '\0';
}

void fm_text_cut_front(struct fm_text *text, size_t n)
{
    if (n == 0)
        return;
    memmove(text->bytes, text->bytes + n, text->length - n);
    fm_text_cut(text, text->length - n);
}

void fm_text_clear(struct fm_text *text)
{
    fm_text_cut(text, 0);
}

const char *fm_text_bytes(const struct fm_text *text)
{
    return text->bytes ? text->bytes : "";
}

void fm_text_add_bytes(struct fm_text *text, const char *bytes, size_t n)
{
    if (!reserve(text, n))
        return;
    memcpy(text->bytes + text->length, bytes, n);
    text->length += n;
    text->bytes[text->length] = '\0';
}

void fm_text_add(struct fm_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (n < 0 || !reserve(text, (size_t)n))
        return;
    va_start(arguments, format);
    (void)vsnprintf(text->bytes + text->length, (size_t)n + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)n;
}

void fm_text_add_real(struct fm_text *text, double value)
{
    char digits[40];
    if (value == rint(value) && fabs(value) < 1e15) {
        fm_text_add(text, "%.0f", value == 0 ? 0 : value);
        return;
    }
    for (int precision = 1; precision <= 17; precision++) {
        (void)snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    fm_text_add(text, "%s", digits);
}

/* Optimal string alignment distance; SIZE_MAX for long names. */
static size_t edit_distance(const char *a, const char *b)
{
    enum { LONGEST = 63 };
    size_t n = strlen(a), m = strlen(b);
    if (n > LONGEST || m > LONGEST)
        return SIZE_MAX;
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);
            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]
                && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[m];
}

const char *fm_nearest(const char *wrong, const char *const *names, size_t n)
{
    const char *nearest = NULL;
    size_t limit = strlen(wrong) / 3;
    size_t least = (limit > 1 ? limit : 1) + 1;
    for (size_t i = 0; i < n && names[i]; i++) {
        size_t distance = edit_distance(wrong, names[i]);
        if (distance < least) {
            least = distance;
            nearest = names[i];
        }
    }
    return nearest;
}

size_t fm_text_columns(const char *utf8)
{
    size_t n = 0;
    for (; *utf8; utf8++)
        n += ((unsigned char)*utf8 & 0xC0) != 0x80;
    return n;
}

void fm_text_add_count(struct fm_text *text, size_t n, const char *noun)
{
    fm_text_add(text, "%zu %s%s", n, noun, n == 1 ? "" : "s");
}

void fm_text_add_duration(struct fm_text *text, double seconds)
{
    if (!isfinite(seconds) || seconds < 0)
        fm_text_add(text, "?");
    else if (seconds < 0.9995)
        fm_text_add(text, "%.0f ms", seconds * 1e3);
    else if (seconds < 59.95)
        fm_text_add(text, "%.1f s", seconds);
    else if (seconds < 3600)
        fm_text_add(text, "%d min %02d s", (int)(seconds / 60), (int)seconds % 60);
    else
        fm_text_add(text, "%.0f h %02d min", floor(seconds / 3600),
                    (int)(fmod(seconds, 3600) / 60));
}
