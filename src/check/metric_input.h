/* Generated rows that metrics are measured on, each array between guard zones.
 *
 * x0 is standard normal.  The exact flow takes it to m + s x0 along straight lines.  This map is
 * the gradient of a convex function, so that the flow's pairing of x0 and end points is optimal.
 * data and fresh are draws from N(m, s^2), whose log p is known. */
#ifndef FM_CHECK_METRIC_INPUT_H
#define FM_CHECK_METRIC_INPUT_H

#include "base/arena.h"
#include <fmrun/metric.h>

enum fm_metric_rows {
    FM_ROWS_X0,
    FM_ROWS_SAMPLES,
    FM_ROWS_DATA,
    FM_ROWS_SOLVE,
    FM_ROWS_EXACT,
    FM_ROWS_FRESH,
    FM_ROWS_PATH_ENERGY,
    FM_N_METRIC_ROWS
};
extern const char *const fm_metric_rows_names[FM_N_METRIC_ROWS];

struct fm_metric_input {
    size_t n, dim;
    double *rows[FM_N_METRIC_ROWS]; /* [n][dim]; path_energy: [n] */
    double *block, *kept;           /* [size]: all rows and guard zones, and a copy */
    size_t size;
    struct fm_stream noise;
    bool has_fresh;        /* false: fresh is NULL */
    bool has_data_density; /* false: data_log_p is NULL, unless the metric asks for it */
    /* The model's log p less the data's: a sine of this amplitude, and a constant. */
    double log_p_wave, log_p_shift;
    /* replaces log p of the first point if not finite; NaN: it failed */
    double first_log_p;
};

/* Allocates the arrays. */
FM_MUST_USE enum fm_status fm_metric_input_open(struct fm_arena *arena, size_t n,
                                                size_t dim, struct fm_metric_input *input,
                                                struct fm_error *err);

/* Fills in the result of a perfect network, solver and sampler: samples, solve and exact are the
 * same rows, data the same in reverse order, and the model's density is the data's. */
void fm_metric_input_perfect(struct fm_metric_input *input);
/* Fills in rows with errors of network and solver, and independent data and fresh; other rows for
 * each index. */
void fm_metric_input_usual(struct fm_metric_input *input, uint32_t index);

/* Copies rows into arrays of the same shape. */
void fm_metric_input_copy(struct fm_metric_input *to, const struct fm_metric_input *from);

/* Numbers in a row: dim, or 1 of path_energy. */
size_t fm_metric_width(const struct fm_metric_input *input, enum fm_metric_rows rows);

/* Before a call: writes `mark` into the guard zones and copies everything. */
void fm_metric_input_guard(struct fm_metric_input *input, double mark);
/* After the call: what it wrote to; NULL: nothing. */
const char *fm_metric_input_damage(const struct fm_metric_input *input);
/* Undoes what the call wrote. */
void fm_metric_input_restore(struct fm_metric_input *input);

/* The log density of N(m, s^2) at x. */
double fm_metric_log_density(size_t dim, const double *x);

#endif
