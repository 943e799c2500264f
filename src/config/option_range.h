/* The bounds of options, in numbers and in words, and the memory that their types take. */
#ifndef FM_CONFIG_OPTION_RANGE_H
#define FM_CONFIG_OPTION_RANGE_H

#include "base/text.h"
#include <fmrun/option.h>

/* Size and alignment of each type's C object; 0 for an unknown type. */
size_t fm_option_bytes(enum fm_option_type type);
size_t fm_option_alignment(enum fm_option_type type);

bool fm_option_has_minimum(const struct fm_option *option);
bool fm_option_has_maximum(const struct fm_option *option);

/* Exact also for integers that no double holds. */
bool fm_option_allows_int(const struct fm_option *option, int64_t value);
bool fm_option_allows_real(const struct fm_option *option, double value);

/* What one number of the option, or of its list, must be: "integer in [1, 64]". */
void fm_option_describe_element(struct fm_text *text, const struct fm_option *option);

/* "integer in [1, 64]", "number > 0 (1/s)", "one of a, b, c": for help and errors.
 * Two bounds of 0 mean no bounds, unless a flag excludes one: FM_OPTION_ABOVE_MINIMUM alone means
 * "> 0", FM_OPTION_BELOW_MAXIMUM alone "< 0".  INFINITY is no bound on its side. */
void fm_option_describe(struct fm_text *text, const struct fm_option *option);

#endif
