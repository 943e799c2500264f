/* The key `include`: a config composed of several files. */
#ifndef FM_CONFIG_INCLUDE_H
#define FM_CONFIG_INCLUDE_H

#include "config/document.h"
#include <fmrun/status.h>

/* Composes files: root's key `include`, a file or a list of them, relative to root's folder, goes
 * away, and what these say stands below what root says.  Maps are merged key by key; any other
 * value replaces, so does a map with another `plugin`, and null takes the key out.  Of several
 * files the later stands above the earlier; each may include others, 32 files in all.  Nodes
 * keep their places.  FM_ERROR_CONFIG, at the include, when a file can't be read. */
FM_MUST_USE enum fm_status fm_yaml_include(struct fm_arena *arena, struct fm_yaml *root,
                                           struct fm_error *err);

#endif
