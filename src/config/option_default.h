/* Defaults of options: whether a value is the default, and defaults written into a config. */
#ifndef FM_CONFIG_OPTION_DEFAULT_H
#define FM_CONFIG_OPTION_DEFAULT_H

#include "config/document.h"
#include <fmrun/option.h>
#include <fmrun/status.h>

/* Whether the option's value in block equals its default, compared as YAML text; false for a
 * required option, which has none.  A FM_FILE's default is the table's text, not joined to a folder.
 * FM_ERROR_MEMORY; FM_ERROR_PLUGIN when the default does not fit its own option. */
FM_MUST_USE enum fm_status fm_option_is_default(const struct fm_option *option,
                                                const void *block, bool *result,
                                                struct fm_error *err);
/* The same for all options of the table. */
FM_MUST_USE enum fm_status fm_options_are_default(const struct fm_option *table,
                                                  const void *block, bool *result,
                                                  struct fm_error *err);

/* Adds to map the default of each option of the table that map lacks, except the options in `but`
 * (ended by NULL; or NULL).  A relative FM_FILE starts from folder.  Errors as above. */
FM_MUST_USE enum fm_status
fm_options_add_defaults(struct fm_arena *arena, struct fm_yaml *map,
                        const struct fm_option *table, const char *folder,
                        const char *const *but, struct fm_error *err);

#endif
