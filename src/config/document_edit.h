/* Changes to a tree: by a dotted key, or as the command line writes them. */
#ifndef FM_CONFIG_DOCUMENT_EDIT_H
#define FM_CONFIG_DOCUMENT_EDIT_H

#include "config/document.h"
#include <fmrun/status.h>

/* Sets the value at a dotted key ("train.lr", "solvers.0.steps": a number indexes a list, from 0).
 * Replaces the old value; makes maps for missing and null parts of the key.  value becomes part of
 * the tree: clone it to set it in several places.  where, which may be NULL: the node that errors
 * point at, and the place of new keys.  FM_ERROR_CONFIG when a part of the key names a scalar, or
 * an item that its list lacks. */
FM_MUST_USE enum fm_status fm_yaml_set(struct fm_arena *arena, struct fm_yaml *root,
                                       const char *key, struct fm_yaml *value,
                                       const struct fm_yaml *where, struct fm_error *err);
/* The same with a value in YAML text, read as a file "default" in the working folder. */
FM_MUST_USE enum fm_status fm_yaml_set_text(struct fm_arena *arena, struct fm_yaml *root,
                                            const char *key, const char *yaml,
                                            struct fm_error *err);
/* Removes the entry or item at a dotted key.  FM_ERROR_CONFIG when there is none. */
FM_MUST_USE enum fm_status fm_yaml_remove(struct fm_yaml *root, const char *key,
                                          const struct fm_yaml *where,
                                          struct fm_error *err);

/* Applies one command-line override, VALUE in YAML ("[1, 2]", "1e-3"):
 *     a.b=VALUE    sets;   +a.b=VALUE   sets a key that must be absent;   ~a.b   removes.
 * FM_ERROR_CONFIG, with the place command line:1:col. */
FM_MUST_USE enum fm_status fm_yaml_override(struct fm_arena *arena, struct fm_yaml *root,
                                            const char *assignment, struct fm_error *err);

#endif
