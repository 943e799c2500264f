#include <config.h>

#include "config/yaml_value.h"

#include "config/document.h"
#include "config/document_error.h"
#include "config/scalar.h"

#include <math.h>
#include <string.h>

static bool is_typed(const struct fm_yaml *node, enum fm_scalar type)
{
    return node->kind == FM_YAML_SCALAR && node->is_plain
           && fm_scalar_type(node->text) == type;
}

static bool is_number(const struct fm_yaml *node)
{
    return is_typed(node, FM_SCALAR_INT) || is_typed(node, FM_SCALAR_REAL);
}

/* A number in a form that YAML doesn't know: 1_000, 1,5. */
static bool looks_like_number(const char *text)
{
    size_t n = strlen(text);
    return n > 0 && strspn(text, "+-.0123456789_,eE") == n && strpbrk(text, "0123456789");
}

static const char *advice_on(const struct fm_yaml *node, const char *expected)
{
    static const char *const words[] = {"yes", "no", "on", "off", "Yes", "No", "On", "Off"};
    bool wants_number =
        strncmp(expected, "int", 3) == 0 || strncmp(expected, "num", 3) == 0;
    bool wants_bool = strncmp(expected, "true or", 7) == 0;
    if (node->kind != FM_YAML_SCALAR)
        return "";
    enum fm_scalar type = fm_scalar_type(node->text);
    if (!node->is_plain
        && ((wants_number && (type == FM_SCALAR_INT || type == FM_SCALAR_REAL))
            || (wants_bool && type == FM_SCALAR_BOOL)))
        return "; remove the quotes";
    for (size_t i = 0; wants_bool && i < sizeof words / sizeof *words; i++)
        if (strcmp(node->text, words[i]) == 0)
            return i % 2 == 0 ? "; write true" : "; write false";
    if (wants_number && node->is_plain && type == FM_SCALAR_TEXT
        && looks_like_number(node->text))
        return "; write digits alone, with a point for the fraction";
    if (node->is_plain && type == FM_SCALAR_NULL)
        return "; to have the default, leave the key out";
    return "";
}

enum fm_status fm_yaml_fail_type(const struct fm_yaml *node, const char *what,
                                 const char *expected, struct fm_error *err)
{
    const char *advice = advice_on(node, expected);
    if (node->kind == FM_YAML_LIST)
        return fm_yaml_fail(err, node, "%s: expected %s, found a list", what, expected);
    if (node->kind == FM_YAML_MAP)
        return fm_yaml_fail(err, node, "%s: expected %s, found a map", what, expected);
    if (node->is_plain && node->text[0] == '\0')
        return fm_yaml_fail(err, node, "%s: expected %s, found nothing%s", what, expected,
                            advice);
    struct fm_quoted found = fm_quote(node->text);
    size_t n = strlen(found.text);
    bool is_text = !node->is_plain || is_typed(node, FM_SCALAR_TEXT);
    if (is_text)
        return fm_yaml_fail(err, node, "%s: expected %s, found the text %s%s", what,
                            expected, found.text, advice);
    return fm_yaml_fail(err, node, "%s: expected %s, found %.*s%s", what, expected,
                        (int)(n - 2), found.text + 1, advice);
}

enum fm_status fm_yaml_bool(const struct fm_yaml *node, const char *what, bool *value,
                            struct fm_error *err)
{
    if (!is_typed(node, FM_SCALAR_BOOL))
        return fm_yaml_fail_type(node, what, "true or false", err);
    *value = node->text[0] == 't' || node->text[0] == 'T';
    return FM_OK;
}

enum fm_status fm_yaml_int_as(const struct fm_yaml *node, const char *what,
                              const char *expected, int64_t *value, struct fm_error *err)
{
    if (!is_number(node))
        return fm_yaml_fail_type(node, what, expected, err);
    if (fm_scalar_is_int(node->text, value))
        return FM_OK;
    double real;
    if (fm_scalar_is_real(node->text, &real) && fabs(real) >= 0x1p63)
        return fm_yaml_fail(err, node,
                            "%s: expected %s, found %.60s; integers lie between "
                            "-9223372036854775808 and 9223372036854775807",
                            what, expected, node->text);
    return fm_yaml_fail_type(node, what, expected, err);
}

enum fm_status fm_yaml_int(const struct fm_yaml *node, const char *what, int64_t *value,
                           struct fm_error *err)
{
    return fm_yaml_int_as(node, what, "integer", value, err);
}

enum fm_status fm_yaml_real_as(const struct fm_yaml *node, const char *what,
                               const char *expected, double *value, struct fm_error *err)
{
    double real;
    bool is_fraction = node->kind == FM_YAML_SCALAR && node->is_plain
                       && fm_scalar_is_fraction(node->text, &real);
    if (!is_fraction && (!is_number(node) || !fm_scalar_is_real(node->text, &real)))
        return fm_yaml_fail_type(node, what, expected, err);
    if (!isfinite(real))
        return fm_yaml_fail(err, node, "%s: expected %s, found %.60s, which is %s", what,
                            expected, node->text,
                            strpbrk(node->text, "nN")
                                ? "not finite"
                                : "too large or too small for a double");
    *value = real;
    return FM_OK;
}

enum fm_status fm_yaml_real(const struct fm_yaml *node, const char *what, double *value,
                            struct fm_error *err)
{
    return fm_yaml_real_as(node, what, "number", value, err);
}

enum fm_status fm_yaml_string(const struct fm_yaml *node, const char *what,
                              const char **value, struct fm_error *err)
{
    if (node->kind != FM_YAML_SCALAR || is_typed(node, FM_SCALAR_NULL))
        return fm_yaml_fail_type(node, what, "text", err);
    *value = node->text;
    return FM_OK;
}
