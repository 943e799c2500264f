/* A check of option tables, which plugins bring. */
#ifndef FM_CONFIG_OPTIONS_CHECK_H
#define FM_CONFIG_OPTIONS_CHECK_H

#include <fmrun/option.h>
#include <fmrun/status.h>

/* Errors in a table itself (default that does not parse or is out of range, repeated or
 * malformed name, offset outside block_bytes or misaligned, two options in the same place,
 * no choices, minimum above maximum): a plugin author's mistake. FM_ERROR_PLUGIN.
 * table NULL, like an empty one, means no options.  Files are not looked at. */
FM_MUST_USE enum fm_status fm_options_check(const struct fm_option *table,
                                            size_t block_bytes, const char *owner,
                                            struct fm_error *err);

#endif
