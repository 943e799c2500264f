/* Option tables (fmrun/option.h): from a YAML map to a typed struct, with defaults, ranges and
 * suggestions; and back to text, for keys. */
#ifndef FM_CONFIG_OPTIONS_H
#define FM_CONFIG_OPTIONS_H

#include "base/text.h"
#include "config/document.h"
#include <fmrun/option.h>

/* Fills block (block_bytes, zeroed first) from map by the table; map NULL means all defaults.  Lists
 * and texts live in arena.  On failure block is untouched.  owner, for messages: `solver "euler"`.
 * also: keys of map that others read, ended by NULL; or NULL.  A relative FM_FILE starts from the
 * folder of its value's source (a default's: of map's source) and must be a readable file; an empty
 * one means no file.  Errors, each at the place of the key or value:
 * unknown key (with the nearest name among the table's and also), wrong type, null, out of
 * range (with the range), unknown choice (with the nearest and the list), missing required
 * option (at the map), ragged matrix, file that can't be read.  A default that does not fit
 * its own table is FM_ERROR_PLUGIN. */
FM_MUST_USE enum fm_status fm_options_bind(struct fm_arena *arena,
                                           const struct fm_option *table,
                                           size_t block_bytes, const struct fm_yaml *map,
                                           const char *owner, const char *const *also,
                                           void *block, struct fm_error *err);

/* Appends ", name: value" for every option of the table in its order, as inside a flow map.  It
 * reads back as the same values; a FM_FILE's path, already joined, from the same working folder.
 * for_key: leaves out FM_OPTION_NOT_IN_KEY, and FM_OPTION_LATER at its default; writes the sha256
 * of a FM_FILE's contents instead of its path (FM_ERROR_NO_INPUT when it can't be read). */
FM_MUST_USE enum fm_status fm_options_emit(struct fm_text *text,
                                           const struct fm_option *table, const void *block,
                                           bool for_key, struct fm_error *err);
/* The option of that name; NULL: there is none. */
const struct fm_option *fm_option_find(const struct fm_option *table, const char *name);

/* NULL-ended: the names in first (NULL-ended, or NULL), then those of the options of all tables
 * (NULL-ended; an empty table is allowed).  NULL when memory is out. */
const char *const *fm_option_names(struct fm_arena *arena, const char *const *first,
                                   const struct fm_option *const *tables);

#endif
