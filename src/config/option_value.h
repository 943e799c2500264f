/* One YAML value -> the C object of one option. */
#ifndef FM_CONFIG_OPTION_VALUE_H
#define FM_CONFIG_OPTION_VALUE_H

#include "config/document.h"
#include <fmrun/option.h>
#include <fmrun/status.h>

/* Writes the value to block; lists and texts live in arena.  A relative FM_FILE starts from folder;
 * folder NULL: the path is neither joined nor checked. */
FM_MUST_USE enum fm_status fm_option_read(struct fm_arena *arena,
                                          const struct fm_option *option,
                                          const struct fm_yaml *node, const char *folder,
                                          void *block, struct fm_error *err);

/* Writes the default; "" is an empty text, list or matrix, or no file.  owner: for messages. */
FM_MUST_USE enum fm_status fm_option_read_default(struct fm_arena *arena,
                                                  const struct fm_option *option,
                                                  const char *owner, const char *folder,
                                                  void *block, struct fm_error *err);

#endif
