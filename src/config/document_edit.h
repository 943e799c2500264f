/* Changes to a tree: by a dotted key, or as the command line writes them. */
#ifndef FM_CONFIG_DOCUMENT_EDIT_H
#define FM_CONFIG_DOCUMENT_EDIT_H

#include "config/document.h"
#include <fmrun/status.h>

/* Sets the value at a dotted key ("train.lr", "solvers.0.steps": a number indexes a list,
 * from 0), making maps on the way where nothing or null stands; replaces what was there.
 * value becomes part of the tree: to set it in several places, clone it.  where, which may
 * be NULL, is the node blamed in errors, and where new keys stand. FM_ERROR_CONFIG when the
 * way leads through a scalar, or to no item of a list. */
FM_MUST_USE enum fm_status fm_yaml_set(struct fm_arena *arena, struct fm_yaml *root,
                                       const char *key, struct fm_yaml *value,
                                       const struct fm_yaml *where, struct fm_error *err);
/* The same with a value in YAML, as if it stood in a file "default" of the working folder. */
FM_MUST_USE enum fm_status fm_yaml_set_text(struct fm_arena *arena, struct fm_yaml *root,
                                            const char *key, const char *yaml,
                                            struct fm_error *err);
/* Takes the entry or item at a dotted key out.  FM_ERROR_CONFIG when there is none. */
FM_MUST_USE enum fm_status fm_yaml_remove(struct fm_yaml *root, const char *key,
                                          const struct fm_yaml *where,
                                          struct fm_error *err);

/* Applies one command-line override, VALUE in YAML ("[1, 2]", "1e-3"):
 *     a.b=VALUE    sets;   +a.b=VALUE   sets what must not be there yet;   ~a.b   removes.
 * FM_ERROR_CONFIG, placed as command line:1:col. */
FM_MUST_USE enum fm_status fm_yaml_override(struct fm_arena *arena, struct fm_yaml *root,
                                            const char *assignment, struct fm_error *err);

#endif
