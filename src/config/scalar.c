#include <config.h>

#include "config/scalar.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_sign(const char *p)
{
    return *p == '-' || *p == '+' ? p + 1 : p;
}

static const char *skip_digits(const char *p)
{
    while (is_digit(*p))
        p++;
    return p;
}

/* 8 for 0o17, 16 for 0x1F, 10 for 12; 0 when text is not an integer. */
static unsigned int_base(const char *text)
{
    if (text[0] == '0' && text[1] == 'o' && text[2] != '\0')
        return text[2 + strspn(text + 2, "01234567")] == '\0' ? 8 : 0;
    if (text[0] == '0' && text[1] == 'x' && text[2] != '\0')
        return text[2 + strspn(text + 2, "0123456789abcdefABCDEF")] == '\0' ? 16 : 0;
    const char *digits = skip_sign(text);
    return is_digit(*digits) && *skip_digits(digits) == '\0' ? 10 : 0;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_decimal(const char *text)
{
    const char *start = skip_sign(text), *p = skip_digits(start);
    bool has_digits = p != start;
    if (*p == '.') {
        const char *fraction = p + 1;
        p = skip_digits(fraction);
        has_digits = has_digits || p != fraction;
    }
    if (!has_digits)
        return false;
    if (*p == 'e' || *p == 'E') {
        const char *exponent = skip_sign(p + 1);
        p = skip_digits(exponent);
        if (p == exponent)
            return false;
    }
    return *p == '\0';
}

static bool is_infinity(const char *text)
{
    static const char *const words[] = {".inf", ".Inf", ".INF", NULL};
    return is_one_of(skip_sign(text), words);
}

static bool is_nan(const char *text)
{
    static const char *const words[] = {".nan", ".NaN", ".NAN", NULL};
    return is_one_of(text, words);
}

enum fm_scalar fm_scalar_type(const char *text)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const bools[] = {"true",  "True",  "TRUE", "false",
                                        "False", "FALSE", NULL};
    if (is_one_of(text, nulls))
        return FM_SCALAR_NULL;
    if (is_one_of(text, bools))
        return FM_SCALAR_BOOL;
    if (int_base(text) != 0)
        return FM_SCALAR_INT;
    if (is_decimal(text) || is_infinity(text) || is_nan(text))
        return FM_SCALAR_REAL;
    return FM_SCALAR_TEXT;
}

/* Appends a digit to an integer that is kept negative, so that INT64_MIN fits. */
static bool append_digit(int64_t *value, int base, int digit)
{
    if (*value < (INT64_MIN + digit) / base)
        return false;
    *value = *value * base - digit;
    return true;
}

static bool apply_sign(int64_t below_zero, bool is_negative, int64_t *value)
{
    if (!is_negative && below_zero == INT64_MIN)
        return false;
    *value = is_negative ? below_zero : -below_zero;
    return true;
}

static bool read_int(const char *text, unsigned base, int64_t *value)
{
    int64_t v = 0;
    for (const char *p = base == 10 ? skip_sign(text) : text + 2; *p; p++) {
        int digit = is_digit(*p) ? *p - '0' : (*p | 0x20) - 'a' + 10;
        if (!append_digit(&v, (int)base, digit))
            return false;
    }
    return apply_sign(v, text[0] == '-', value);
}

/* The exponent after e, limited to +-1e6; texts are shorter than that. */
static long read_exponent(const char *e)
{
    enum { LIMIT = 10000000 };
    if (*e == '\0')
        return 0;
    const char *p = skip_sign(e + 1);
    long exponent = 0;
    for (; is_digit(*p) && exponent < LIMIT; p++)
        exponent = 10 * exponent + (*p - '0');
    return e[1] == '-' ? -exponent : exponent;
}

/* Digit by digit, because a double would round 9007199254740993.0. */
static bool read_integral_decimal(const char *text, int64_t *value)
{
    const char *start = skip_sign(text), *end = start + strcspn(start, "eE");
    long exponent = read_exponent(end);
    const char *point = memchr(start, '.', (size_t)(end - start));
    if (point)
        exponent -= end - point - 1;
    while (end > start && (end[-1] == '0' || end[-1] == '.')) {
        exponent += end[-1] == '0';
        end--;
    }
    int64_t v = 0;
    for (const char *p = start; p < end; p++)
        if (*p != '.' && !append_digit(&v, 10, *p - '0'))
            return false;
    if (v == 0)
        exponent = 0;
    for (; exponent > 0; exponent--)
        if (!append_digit(&v, 10, 0))
            return false;
    return exponent == 0 && apply_sign(v, text[0] == '-', value);
}

bool fm_scalar_is_int(const char *text, int64_t *value)
{
    unsigned base = int_base(text);
    if (base != 0)
        return read_int(text, base, value);
    return is_decimal(text) && read_integral_decimal(text, value);
}

bool fm_scalar_is_real(const char *text, double *value)
{
    unsigned base = int_base(text);
    if (base == 8 || base == 16) {
        int64_t v;
        *value = read_int(text, base, &v) ? (double)v : (double)INFINITY;
    } else if (base == 10 || is_decimal(text)) {
        double v = strtod(text, NULL);
        const char *digits = skip_sign(text);
        char rest = digits[strspn(digits, "0.")];
        bool is_zero = rest == '\0' || rest == 'e' || rest == 'E';
        *value = v == 0 && !is_zero ? (double)INFINITY : v;
    } else if (is_infinity(text)) {
        *value = text[0] == '-' ? -(double)INFINITY : (double)INFINITY;
    } else if (is_nan(text)) {
        *value = (double)NAN;
    } else {
        return false;
    }
    return true;
}

bool fm_scalar_is_fraction(const char *text, double *value)
{
    const char *slash = strchr(text, '/');
    char parts[2][64];
    double numbers[2];
    if (!slash || (size_t)(slash - text) >= sizeof parts[0]
        || strlen(slash + 1) >= sizeof parts[1])
        return false;
    memcpy(parts[0], text, (size_t)(slash - text));
    parts[0][slash - text] = '\0';
    memcpy(parts[1], slash + 1, strlen(slash + 1) + 1);
    for (size_t i = 0; i < 2; i++)
        if (!is_decimal(parts[i]) || !fm_scalar_is_real(parts[i], &numbers[i]))
            return false;
    *value = numbers[1] == 0 ? (double)INFINITY : numbers[0] / numbers[1];
    return true;
}
