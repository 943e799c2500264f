/* Inside of the checks of paths.  Each part measures promises and tells rows; none can fail but
 * by its rows. */
#ifndef FM_CHECK_PATH_PARTS_H
#define FM_CHECK_PATH_PARTS_H

#include "check/path.h"
#include <stdbool.h>

struct fm_path_subject {
    const struct fm_check_sink *sink;
    const struct fm_path_ops *ops;
    const void *options;
};

/* Whether it says what it is: coefficients or a bridge. */
bool fm_path_is_declared(const struct fm_path_subject *s);
/* The path at n times, of one that is declared.  An affine path is a bridge of variance 0. */
void fm_path_declared(const struct fm_path_subject *s, size_t n, const double *t,
                      struct fm_path_bridge *points);
struct fm_path_bridge fm_path_declared_at(const struct fm_path_subject *s, double t);

/* A row whose note ends with " t = ...". */
void fm_path_tell(const struct fm_path_subject *s, const char *property, bool is_right,
                  double declared, double measured, const char *note, double t);

bool fm_check_path_finite(
    const struct fm_path_subject *s); /* false: nothing else makes sense */
void fm_check_path_ends(const struct fm_path_subject *s);
void fm_check_path_limits(const struct fm_path_subject *s);
void fm_check_path_derivatives(const struct fm_path_subject *s);
void fm_check_path_order(const struct fm_path_subject *s);
void fm_check_path_conversions(const struct fm_path_subject *s);
void fm_check_path_draws(const struct fm_path_subject *s);
bool fm_check_path_bits(const struct fm_path_subject *s); /* false: nothing holds still */
void fm_check_path_bounds(const struct fm_path_subject *s);

/* Times that crowd at both ends, which are the first and the last. */
enum {
    FM_PATH_N_NEAR = 12,
    FM_PATH_N_INNER = 199,
    FM_PATH_N_TIMES = 2 * FM_PATH_N_NEAR + FM_PATH_N_INNER + 2
};
double fm_path_time(size_t i);

#endif
