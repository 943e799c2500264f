/* How many velocity evaluations the rows of a sampling cost, as a histogram. */
#ifndef FM_RUN_HISTOGRAM_H
#define FM_RUN_HISTOGRAM_H

#include "store/record_sampling.h"

/* Fills result->bins: one bin for each cost among nfe, [n].  For more than FM_MAX_NFE_BINS
 * different costs, bins have equal width; empty ones are left out. */
FM_MUST_USE enum fm_status fm_nfe_histogram(size_t n, const uint64_t *nfe,
                                            struct fm_sampling_result *result,
                                            struct fm_error *err);

#endif
