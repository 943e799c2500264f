/* The path under test, and the coefficients or bridge that it declares.  Parts of the checks
 * (path_draw.h, ...) report errors by rows alone. */
#ifndef FM_CHECK_PATH_SUBJECT_H
#define FM_CHECK_PATH_SUBJECT_H

#include "check/row.h"
#include <fmrun/path.h>
#include <stdbool.h>

struct fm_path_subject {
    const struct fm_check_sink *sink;
    const struct fm_path_ops *ops;
    const void *options;
};

/* Whether it declares coefficients or a bridge. */
bool fm_path_is_declared(const struct fm_path_subject *s);
/* The declared path at n times.  An affine path is a bridge of variance 0. */
void fm_path_declared(const struct fm_path_subject *s, size_t n, const double *t,
                      struct fm_path_bridge *points);
struct fm_path_bridge fm_path_declared_at(const struct fm_path_subject *s, double t);

/* Adds a row whose note ends with " t = ...". */
void fm_path_row(const struct fm_path_subject *s, const char *property, bool is_right,
                 double declared, double measured, const char *note, double t);

/* Times from 0 to 1, dense at both ends. */
enum {
    FM_PATH_N_NEAR = 12,
    FM_PATH_N_INNER = 199,
    FM_PATH_N_TIMES = 2 * FM_PATH_N_NEAR + FM_PATH_N_INNER + 2
};
double fm_path_time(size_t i);

#endif
