/* Networks in closed form: refusals, prepare, values and options. */
#ifndef FM_CHECK_NETWORK_FORM_H
#define FM_CHECK_NETWORK_FORM_H

#include "check/row.h"
#include <fmrun/plugin.h>

/* Runs all checks that apply to a plugin with `prepare`.  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_check_forms(const struct fm_check_sink *sink,
                                          const struct fm_plugin *p, const void *options,
                                          struct fm_error *err);

#endif
