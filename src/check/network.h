/* Measures whether a network does what it declares. */
#ifndef FM_CHECK_NETWORK_H
#define FM_CHECK_NETWORK_H

#include "check/row.h"
#include <fmrun/plugin.h>

/* Runs all checks that apply to a plugin of kind network.  Enters OpenMP regions.
 * FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_check_network(const struct fm_check_sink *sink,
                                            const struct fm_plugin *p, const void *options,
                                            struct fm_error *err);

#endif
