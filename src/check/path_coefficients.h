/* The coefficients or the bridge that a path declares. */
#ifndef FM_CHECK_PATH_COEFFICIENTS_H
#define FM_CHECK_PATH_COEFFICIENTS_H

#include "check/path_subject.h"

/* "finite"; false: nothing else can be measured. */
bool fm_check_path_finite(const struct fm_path_subject *s);
/* "ends" */
void fm_check_path_ends(const struct fm_path_subject *s);
/* "limits" */
void fm_check_path_limits(const struct fm_path_subject *s);
/* "derivatives" */
void fm_check_path_derivatives(const struct fm_path_subject *s);
/* "signal to noise": alpha / sigma rises, and the time is found from it. */
void fm_check_path_order(const struct fm_path_subject *s);
/* "conversions" */
void fm_check_path_conversions(const struct fm_path_subject *s);

#endif
