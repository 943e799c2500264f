/* The key `include`: a config composed of several files. */
#ifndef FM_CONFIG_INCLUDE_H
#define FM_CONFIG_INCLUDE_H

#include "config/document.h"
#include <fmrun/status.h>

/* Replaces root's key `include`, a file or a list of files relative to root's folder, by what these
 * files have and root lacks.  Maps are merged key by key; any other value of root replaces the
 * file's, as does a map with another `plugin`; null removes the key.  A later file wins over an
 * earlier one.  Files may include others, 32 in all.  Nodes keep their places.  FM_ERROR_CONFIG, at
 * the include, when a file can't be read. */
FM_MUST_USE enum fm_status fm_yaml_include(struct fm_arena *arena, struct fm_yaml *root,
                                           struct fm_error *err);

#endif
