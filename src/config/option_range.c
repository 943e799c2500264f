#include <config.h>

#include "config/option_range.h"

#include <math.h>
#include <stdalign.h>

static const struct {
    size_t bytes, alignment;
} layouts[] = {
#define LAYOUT(type)                                                                       \
    {                                                                                      \
        sizeof(type), alignof(type)                                                        \
    }
    [FM_BOOL] = LAYOUT(bool),
    [FM_INT] = LAYOUT(int64_t),
    [FM_REAL] = LAYOUT(double),
    [FM_TEXT] = LAYOUT(const char *),
    [FM_CHOICE] = LAYOUT(int),
    [FM_INTS] = LAYOUT(struct fm_ints),
    [FM_REALS] = LAYOUT(struct fm_reals),
    [FM_MATRIX] = LAYOUT(struct fm_matrix),
    [FM_FILE] = LAYOUT(const char *),
#undef LAYOUT
};

static bool is_type(enum fm_option_type type)
{
    return (size_t)type < sizeof layouts / sizeof *layouts;
}

size_t fm_option_bytes(enum fm_option_type type)
{
    return is_type(type) ? layouts[type].bytes : 0;
}

size_t fm_option_alignment(enum fm_option_type type)
{
    return is_type(type) ? layouts[type].alignment : 0;
}

static bool has_zero_bounds(const struct fm_option *option)
{
    return fpclassify(option->minimum) == FP_ZERO && fpclassify(option->maximum) == FP_ZERO;
}

bool fm_option_has_minimum(const struct fm_option *option)
{
    if (has_zero_bounds(option))
        return (option->flags & FM_OPTION_ABOVE_MINIMUM) != 0;
    return !isinf(option->minimum);
}

bool fm_option_has_maximum(const struct fm_option *option)
{
    if (has_zero_bounds(option))
        return (option->flags & FM_OPTION_BELOW_MAXIMUM) != 0;
    return !isinf(option->maximum);
}

/* Sign of value - bound. */
static int compare_int(int64_t value, double bound)
{
    if (bound >= 0x1p63)
        return -1;
    if (bound < -0x1p63)
        return 1;
    double floor_of_bound = floor(bound);
    int64_t whole = (int64_t)floor_of_bound;
    if (value != whole)
        return value < whole ? -1 : 1;
    return bound > floor_of_bound ? -1 : 0;
}

static int compare_real(double value, double bound)
{
    return (value > bound) - (value < bound);
}

static bool allows(const struct fm_option *option, int to_minimum, int to_maximum)
{
    int least = (option->flags & FM_OPTION_ABOVE_MINIMUM) != 0;
    int most = (option->flags & FM_OPTION_BELOW_MAXIMUM) != 0 ? -1 : 0;
    return (!fm_option_has_minimum(option) || to_minimum >= least)
           && (!fm_option_has_maximum(option) || to_maximum <= most);
}

bool fm_option_allows_int(const struct fm_option *option, int64_t value)
{
    return allows(option, compare_int(value, option->minimum),
                  compare_int(value, option->maximum));
}

bool fm_option_allows_real(const struct fm_option *option, double value)
{
    return allows(option, compare_real(value, option->minimum),
                  compare_real(value, option->maximum));
}

static void add_range(struct fm_text *text, const struct fm_option *option)
{
    bool has_minimum = fm_option_has_minimum(option);
    bool has_maximum = fm_option_has_maximum(option);
    bool is_above = (option->flags & FM_OPTION_ABOVE_MINIMUM) != 0;
    bool is_below = (option->flags & FM_OPTION_BELOW_MAXIMUM) != 0;
    if (has_minimum && has_maximum) {
        fm_text_add(text, is_above ? " in (" : " in [");
        fm_text_add_real(text, option->minimum);
        fm_text_add(text, ", ");
        fm_text_add_real(text, option->maximum);
        fm_text_add(text, is_below ? ")" : "]");
    } else if (has_minimum) {
        fm_text_add(text, is_above ? " > " : " >= ");
        fm_text_add_real(text, option->minimum);
    } else if (has_maximum) {
        fm_text_add(text, is_below ? " < " : " <= ");
        fm_text_add_real(text, option->maximum);
    }
}

static void add_choices(struct fm_text *text, const struct fm_option *option)
{
    fm_text_add(text, "one of ");
    for (size_t i = 0; option->choices && option->choices[i]; i++)
        fm_text_add(text, "%s%s", i > 0 ? ", " : "", option->choices[i]);
}

static void describe(struct fm_text *text, const struct fm_option *option, bool is_element)
{
    bool is_list = !is_element
                   && (option->type == FM_INTS || option->type == FM_REALS
                       || option->type == FM_MATRIX);
    const char *s = is_list ? "s" : "";
    fm_text_add(text, "%s",
                !is_list                    ? ""
                : option->type == FM_MATRIX ? "matrix of "
                                            : "list of ");
    switch (option->type) {
    case FM_BOOL:
        fm_text_add(text, "true or false");
        return;
    case FM_TEXT:
        fm_text_add(text, "text");
        return;
    case FM_FILE:
        fm_text_add(text, "path of a file");
        return;
    case FM_CHOICE:
        add_choices(text, option);
        return;
    case FM_INT:
    case FM_INTS:
        fm_text_add(text, "integer%s", s);
        break;
    case FM_REAL:
    case FM_REALS:
    case FM_MATRIX:
        fm_text_add(text, "number%s", s);
        break;
    }
    add_range(text, option);
    if (option->unit && option->unit[0])
        fm_text_add(text, " (%s)", option->unit);
}

void fm_option_describe_element(struct fm_text *text, const struct fm_option *option)
{
    describe(text, option, true);
}

void fm_option_describe(struct fm_text *text, const struct fm_option *option)
{
    describe(text, option, false);
}
