/* One YAML value -> the C object of one option. */
#ifndef FM_CONFIG_OPTION_VALUE_H
#define FM_CONFIG_OPTION_VALUE_H

#include "config/document.h"
#include <fmrun/option.h>
#include <fmrun/status.h>

/* Writes the value to block; what it points to lives in arena.  A relative FM_FILE starts
 * at folder; NULL: it is neither joined nor looked at. */
FM_MUST_USE enum fm_status fm_option_read(struct fm_arena *arena,
                                          const struct fm_option *option,
                                          const struct fm_yaml *node, const char *folder,
                                          void *block, struct fm_error *err);

/* The default; "" is an empty text, list, matrix, or no file.  owner: for messages. */
FM_MUST_USE enum fm_status fm_option_read_default(struct fm_arena *arena,
                                                  const struct fm_option *option,
                                                  const char *owner, const char *folder,
                                                  void *block, struct fm_error *err);

#endif
