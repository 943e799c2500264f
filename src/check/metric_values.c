#include <config.h>

#include "check/metric_values.h"

#include <math.h>

/* ---- identical sets ---- */

/* Rounding of a value that should be 0, relative to the usual value; a root turns 1e-16 into
 * 1e-8. */
static const double rounding = 1e-6;

static bool compares_rows(const struct fm_metric_subject *s)
{
    return fm_metric_asks(s, FM_REFERENCE_DATA) || fm_metric_asks(s, FM_REFERENCE_SOLVE)
           || fm_metric_asks(s, FM_REFERENCE_EXACT);
}

/* Adds the row, from the estimates of perfect rows and of usual ones. */
static void add_identical(const struct fm_metric_subject *s, const struct fm_estimate *same,
                          const struct fm_estimate *usual)
{
    const bool is_lower = s->plugin->metric->direction == FM_LOWER_IS_BETTER,
               has_floor = same->has_floor;
    const double allowed = rounding * fabs(usual->value);
    const bool is_zero = fabs(same->value) <= allowed,
               is_floor = has_floor && fabs(same->value - same->floor) <= allowed;
    const double expected = is_floor && !is_zero ? same->floor : 0;
    if (compares_rows(s) && is_lower && same->value < -allowed && !is_floor)
        fm_check_add_row(s->sink, "identical sets", "", FM_CHECK_FAIL, expected,
                         same->value,
                         "below 0 for identical sets, without a floor of its own");
    else if (compares_rows(s) && is_lower && is_zero && usual->value < 0)
        fm_check_add_row(s->sink, "identical sets", "", FM_CHECK_FAIL, 0, usual->value,
                         "below 0, the value for identical sets");
    else if (is_zero || is_floor)
        fm_check_add_row(s->sink, "identical sets", "", FM_CHECK_PASS, expected,
                         same->value, "%s",
                         is_zero ? "value for identical sets"
                                 : "value for identical sets, its own floor");
    else
        fm_check_add_row(
            s->sink, "identical sets", "", FM_CHECK_INFO, (double)NAN, same->value,
            "value for identical sets; not decided: neither 0 nor its own floor");
}

enum fm_status fm_check_metric_identical(struct fm_metric_subject *s, struct fm_error *err)
{
    struct fm_metric_input in;
    struct fm_metric_answer same, usual;
    if (!compares_rows(s) && !fm_metric_asks(s, FM_REFERENCE_DENSITY)) {
        fm_check_add_note(s->sink, "identical sets", "", FM_CHECK_SKIP,
                          "not decided: it compares no sets");
        return FM_OK;
    }
    FM_TRY(fm_metric_input_open(s->arena, FM_METRIC_ROWS, FM_METRIC_DIM, &in, err));
    fm_check_begin(s->sink, "identical sets");
    fm_metric_input_perfect(&in);
    const bool is_measured = fm_metric_measure(s, &in, &same);
    fm_metric_input_usual(&in, 0);
    if (is_measured && fm_metric_measure(s, &in, &usual))
        add_identical(s, &same.estimate, &usual.estimate);
    else
        fm_check_add_note(s->sink, "identical sets", "", FM_CHECK_SKIP, "refused: %s",
                          same.error.message);
    return FM_OK;
}

/* ---- direction ---- */

/* Changes allowed: by rounding, and in standard errors of a noisy metric. */
static const double rounding_of_value = 1e-9, most_errors = 6;

/* Rows that are worse than perfect. */
enum worse { SHIFTED, WIDER, NET_SHIFTED, NET_WIDER, MORE_ENERGY, LESS_LIKELY, N_WORSE };
static const char *const worse_names[N_WORSE] = {"samples shifted by 3",
                                                 "samples three times as wide",
                                                 "solves and samples shifted by 3",
                                                 "solves and samples three times as wide",
                                                 "twice the path energy",
                                                 "log p lower by 1"};

static void move(struct fm_metric_input *in, enum fm_metric_rows rows, bool is_shift)
{
    for (size_t i = 0; i < in->n * in->dim; i++)
        in->rows[rows][i] = is_shift ? in->rows[rows][i] + 3 : 3 * in->rows[rows][i];
}

static void make_worse(struct fm_metric_input *in, enum worse how)
{
    fm_metric_input_perfect(in);
    switch (how) {
    case NET_SHIFTED:
    case NET_WIDER:
        move(in, FM_ROWS_SOLVE, how == NET_SHIFTED);
        move(in, FM_ROWS_SAMPLES, how == NET_SHIFTED);
        break;
    case SHIFTED:
    case WIDER:
        move(in, FM_ROWS_SAMPLES, how == SHIFTED);
        break;
    case MORE_ENERGY:
        for (size_t i = 0; i < in->n; i++)
            in->rows[FM_ROWS_PATH_ENERGY][i] *= 2;
        break;
    case LESS_LIKELY:
        in->log_p_shift = -1;
        break;
    case N_WORSE:
        break;
    }
}

/* The worst value, and the rows that gave it. */
struct worst {
    double change, value;
    const char *how;
};

/* False: a value is better than that of perfect rows, with a row that says so. */
static bool find_worst(struct fm_metric_subject *s, struct fm_metric_input *in,
                       const struct fm_estimate *perfect, struct worst *worst)
{
    const double sign = s->plugin->metric->direction == FM_LOWER_IS_BETTER ? 1 : -1;
    for (int k = 0; k < N_WORSE; k++) {
        struct fm_metric_answer a;
        make_worse(in, (enum worse)k);
        if (!fm_metric_measure(s, in, &a))
            continue;
        const double change = sign * (a.estimate.value - perfect->value),
                     error = hypot(a.estimate.standard_error, perfect->standard_error),
                     allowed = rounding_of_value * (1 + fabs(perfect->value))
                               + (s->is_noisy ? most_errors * error : 0);
        if (change < -allowed) {
            fm_check_add_row(s->sink, "direction", "", FM_CHECK_FAIL, perfect->value,
                             a.estimate.value,
                             "%s: better than identical sets (%s is declared better)",
                             worse_names[k], sign > 0 ? "lower" : "higher");
            return false;
        }
        if (change > allowed && change > worst->change)
            *worst = (struct worst){change, a.estimate.value, worse_names[k]};
    }
    return true;
}

enum fm_status fm_check_metric_direction(struct fm_metric_subject *s, struct fm_error *err)
{
    struct fm_metric_input in;
    struct fm_metric_answer perfect;
    struct worst worst = {0};
    FM_TRY(fm_metric_input_open(s->arena, FM_METRIC_ROWS, FM_METRIC_DIM, &in, err));
    fm_check_begin(s->sink, "the direction");
    if (s->plugin->metric->references == FM_REFERENCE_NONE) {
        fm_check_add_note(s->sink, "direction", "", FM_CHECK_SKIP,
                          "not decided: it compares with nothing");
        return FM_OK;
    }
    fm_metric_input_perfect(&in);
    if (!fm_metric_measure(s, &in, &perfect))
        fm_check_add_note(s->sink, "direction", "", FM_CHECK_SKIP, "refused: %s",
                          perfect.error.message);
    else if (!find_worst(s, &in, &perfect.estimate, &worst))
        return FM_OK;
    else if (worst.how)
        fm_check_add_row(s->sink, "direction", "", FM_CHECK_PASS, perfect.estimate.value,
                         worst.value, "%s: worse than identical sets", worst.how);
    else
        fm_check_add_row(
            s->sink, "direction", "", s->is_noisy ? FM_CHECK_SKIP : FM_CHECK_FAIL,
            perfect.estimate.value, perfect.estimate.value, "%s",
            s->is_noisy ? "not decided: all changes are within standard errors"
                        : "shifted, wider and less likely rows score the same");
    return FM_OK;
}

/* ---- not finite ---- */

static const double odd_numbers[] = {NAN, HUGE_VAL, -HUGE_VAL};
enum { N_ODD = sizeof odd_numbers / sizeof *odd_numbers };

/* Whether the estimate depends on the rows; *n: how many it uses. */
static bool is_used(struct fm_metric_subject *s, struct fm_metric_input *in,
                    enum fm_metric_rows rows, size_t *n)
{
    struct fm_metric_answer before, after;
    fm_metric_input_usual(in, 0);
    (void)fm_metric_measure(s, in, &before);
    for (size_t i = 0; i < in->n * fm_metric_width(in, rows); i++)
        in->rows[rows][i] = 1 + 2 * in->rows[rows][i];
    (void)fm_metric_measure(s, in, &after);
    *n = before.estimate.n_used;
    return !fm_metric_same(&before, &after);
}

/* False: the value is finite, or an error has no message, with a row that says so. */
static bool check_odd(struct fm_metric_subject *s, struct fm_metric_input *in,
                      const char *where, double number)
{
    struct fm_metric_answer a;
    const bool is_finite = fm_metric_measure(s, in, &a),
               is_silent = a.status != FM_OK && !a.error.message[0];
    if (is_finite)
        fm_check_add_row(s->sink, "not finite", where, FM_CHECK_FAIL, (double)NAN,
                         a.estimate.value, "a finite value from rows with %g", number);
    else if (is_silent)
        fm_check_add_note(s->sink, "not finite", where, FM_CHECK_FAIL,
                          "fails without a message from rows with %g", number);
    return !is_finite && !is_silent;
}

/* Changes one row if the metric uses all n, else all, for it may leave out any. */
static bool check_odd_rows(struct fm_metric_subject *s, struct fm_metric_input *in,
                           enum fm_metric_rows rows, size_t n_used)
{
    const size_t width = fm_metric_width(in, rows), n_odd = n_used == in->n ? 1 : in->n;
    for (size_t k = 0; k < N_ODD; k++) {
        fm_metric_input_usual(in, 0);
        for (size_t i = 0; i < n_odd; i++)
            in->rows[rows][i * width] = odd_numbers[k];
        if (!check_odd(s, in, fm_metric_rows_names[rows], odd_numbers[k]))
            return false;
    }
    return true;
}

enum fm_status fm_check_metric_not_finite(struct fm_metric_subject *s, struct fm_error *err)
{
    static const enum fm_metric_rows all[] = {FM_ROWS_SAMPLES, FM_ROWS_SOLVE, FM_ROWS_EXACT,
                                              FM_ROWS_PATH_ENERGY};
    struct fm_metric_input in;
    size_t n = 0, n_used;
    FM_TRY(fm_metric_input_open(s->arena, FM_METRIC_ROWS, FM_METRIC_DIM, &in, err));
    fm_check_begin(s->sink, "not finite");
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        if (!fm_metric_reads(s, all[k]) || !is_used(s, &in, all[k], &n_used))
            continue;
        n++;
        if (!check_odd_rows(s, &in, all[k], n_used))
            return FM_OK;
    }
    for (size_t k = 0; fm_metric_asks(s, FM_REFERENCE_DENSITY) && k < N_ODD; k++) {
        if (odd_numbers[k] > 0)
            continue;
        fm_metric_input_usual(&in, 0);
        in.first_log_p = odd_numbers[k];
        n++;
        if (!check_odd(s, &in, "log p", odd_numbers[k]))
            return FM_OK;
    }
    fm_check_add_note(s->sink, "not finite", "", n > 0 ? FM_CHECK_PASS : FM_CHECK_SKIP,
                      "%s",
                      n > 0 ? "NaN and infinity give an error or a value that is not finite"
                            : "not decided: no row changes the value");
    return FM_OK;
}
