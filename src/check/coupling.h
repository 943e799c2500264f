/* Measures whether a coupling does what it declares. */
#ifndef FM_CHECK_COUPLING_H
#define FM_CHECK_COUPLING_H

#include "check/row.h"
#include "host/coupling.h"

/* Runs all checks that apply.  Enters OpenMP regions.  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_check_coupling(const struct fm_check_sink *sink,
                                             const struct fm_coupling *coupling,
                                             struct fm_error *err);

#endif
