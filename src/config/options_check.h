/* Checks an option table that a plugin brings. */
#ifndef FM_CONFIG_OPTIONS_CHECK_H
#define FM_CONFIG_OPTIONS_CHECK_H

#include <fmrun/option.h>
#include <fmrun/status.h>

/* FM_ERROR_PLUGIN for a mistake of the plugin's author: a default that does not parse or is out of
 * range, a repeated or malformed name, an offset outside block_bytes or misaligned, two options in
 * the same bytes, no choices, a minimum above the maximum.  table NULL or empty: no options.  Does
 * not look at files. */
FM_MUST_USE enum fm_status fm_options_check(const struct fm_option *table,
                                            size_t block_bytes, const char *owner,
                                            struct fm_error *err);

#endif
