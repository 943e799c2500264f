/* How the rows of a sampling differ in cost. */
#ifndef FM_RUN_HISTOGRAM_H
#define FM_RUN_HISTOGRAM_H

#include "store/record_sampling.h"

/* Fills result->bins: one bin for each cost that occurs among nfe, [n], or FM_MAX_NFE_BINS of
 * equal width, without the empty ones, when more occur. */
FM_MUST_USE enum fm_status fm_nfe_histogram(size_t n, const uint64_t *nfe,
                                            struct fm_sampling_result *result,
                                            struct fm_error *err);

#endif
