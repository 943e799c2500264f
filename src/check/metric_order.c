#include <config.h>

#include "check/metric_order.h"

#include <math.h>
#include <string.h>

/* Groups of rows that belong together: those of the sampling, of the data, and of fresh. */
enum { N_GROUPS = 3 };
static const char *const group_names[N_GROUPS] = {"samples (with x0 and solves)", "data",
                                                  "fresh"};

static int group_of(enum fm_metric_rows rows)
{
    return rows == FM_ROWS_DATA ? 1 : rows == FM_ROWS_FRESH ? 2 : 0;
}

/* Rounding of sums in another order, relative to the value. */
static const double rounding = 1e-9;
/* Noise may choose other rows after reordering; allowed, in standard errors. */
static const double most_errors = 6;

/* Copies `from`, with the rows of a group reversed or scattered. */
static void permute(struct fm_metric_input *to, const struct fm_metric_input *from,
                    int group, bool is_reversed)
{
    const size_t n = from->n, stride = 127; /* coprime to the numbers of rows here */
    fm_metric_input_copy(to, from);
    for (int k = 0; k < FM_N_METRIC_ROWS; k++) {
        const size_t width = fm_metric_width(from, (enum fm_metric_rows)k);
        for (size_t i = 0; group_of((enum fm_metric_rows)k) == group && i < n; i++) {
            const size_t j = is_reversed ? n - 1 - i : (i * stride + 1) % n;
            memcpy(to->rows[k] + i * width, from->rows[k] + j * width,
                   width * sizeof **to->rows);
        }
    }
}

static bool is_near(const struct fm_metric_subject *s, double a, double b, double error)
{
    return fabs(a - b)
           <= rounding * (1 + fabs(a)) + (s->is_noisy ? most_errors * error : 0);
}

/* Tries all orders of one input; false: wrong or not decided, with a row that says so. */
static bool check_input(struct fm_metric_subject *s, struct fm_metric_input *in,
                        struct fm_metric_input *other, double *worst)
{
    struct fm_metric_answer first, a;
    if (!fm_metric_measure(s, in, &first))
        return true;
    const double error = first.estimate.standard_error;
    if (first.estimate.n_used < in->n) {
        fm_check_add_row(s->sink, "order of rows", "", FM_CHECK_SKIP, (double)in->n,
                         (double)first.estimate.n_used,
                         "not decided: the metric uses only some rows");
        return false;
    }
    for (int k = 0; k < 2 * N_GROUPS; k++) {
        permute(other, in, k / 2, k % 2);
        const bool is_measured = fm_metric_measure(s, other, &a);
        *worst = fmax(*worst, fabs(a.estimate.value - first.estimate.value));
        if (is_measured && is_near(s, first.estimate.value, a.estimate.value, error)
            && (!first.estimate.has_floor
                || is_near(s, first.estimate.floor, a.estimate.floor, error)))
            continue;
        fm_check_add_row(s->sink, "order of rows", "", FM_CHECK_FAIL, first.estimate.value,
                         a.estimate.value,
                         "%zu rows: the value changes when rows of %s are reordered", in->n,
                         group_names[k / 2]);
        return false;
    }
    return true;
}

enum fm_status fm_check_metric_order(struct fm_metric_subject *s, struct fm_error *err)
{
    static const size_t shapes[][2] = {{2, 2}, {33, 3}, {FM_METRIC_ROWS, FM_METRIC_DIM}};
    double worst = 0;
    fm_check_begin(s->sink, "the order of rows");
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        struct fm_metric_input in, other;
        FM_TRY(fm_metric_input_open(s->arena, shapes[k][0], shapes[k][1], &in, err));
        FM_TRY(fm_metric_input_open(s->arena, shapes[k][0], shapes[k][1], &other, err));
        fm_metric_input_usual(&in, 0);
        if (!check_input(s, &in, &other, &worst))
            return FM_OK;
    }
    fm_check_add_row(s->sink, "order of rows", "", FM_CHECK_PASS, 0, worst,
                     s->is_noisy ? "largest change; %g standard errors are allowed"
                                 : "largest change, by rounding",
                     most_errors);
    return FM_OK;
}
