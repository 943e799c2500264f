/* Option tables (fmrun/option.h) at work: YAML map -> typed options struct, with defaults,
 * ranges, and suggestions; and back to text, for `config resolve` and for keys. */
#ifndef FM_CONFIG_OPTIONS_H
#define FM_CONFIG_OPTIONS_H

#include "base/text.h"
#include "config/document.h"
#include <fmrun/option.h>

/* Fills block from map by the table, over zeroes (block_bytes); map NULL means all
 * defaults. Lists and texts live in arena.  On failure block is untouched. owner is what
 * the options belong to, for messages: `solver "euler"`. also: further keys that map may
 * have and that are somebody else's, ended by NULL; or NULL. A relative FM_FILE starts at
 * the folder of the source its value stands in (a default: of map's source) and must be a
 * readable file; an empty one means no file. Errors, each at the key's or value's place:
 * unknown key (with the nearest name among the table's and also), wrong type, null, out of
 * range (with the range), unknown choice (with the nearest and the list), missing required
 * option (at the map), ragged matrix, file that can't be read.  A default that does not fit
 * its own table is FM_ERROR_PLUGIN. */
FM_MUST_USE enum fm_status fm_options_bind(struct fm_arena *arena,
                                           const struct fm_option *table,
                                           size_t block_bytes, const struct fm_yaml *map,
                                           const char *owner, const char *const *also,
                                           void *block, struct fm_error *err);

/* Writes ", name: value" for every option of the table in its order, as inside a flow map:
 * what is written reads back as the same values (a FM_FILE's path, which is joined with its
 * folder already, when read from the same working folder).  for_key leaves out
 * FM_OPTION_NOT_IN_KEY, and FM_OPTION_LATER where it is the default, and writes for a FM_FILE the sha256 of its contents instead of its
 * path (an unreadable file is FM_ERROR_NO_INPUT). */
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
