/* Whether a plugin's options have an effect: each is changed and the results compared. */
#ifndef FM_CHECK_VARY_H
#define FM_CHECK_VARY_H

#include "base/arena.h"
#include "check/row.h"
#include <fmrun/plugin.h>
#include <stdint.h>

/* FNV-1a of n bytes, after `hash`. */
uint64_t fm_check_hash(uint64_t hash, const void *bytes, size_t n);

/* Adds rows "options".  Each option that enters the key (numbers, choices, lists of numbers)
 * should change results, as bound or after one other option has changed too, for that may have
 * switched it off.  An option without an effect gets a row with the result `idle`.
 * fingerprint: hashes the results with a block of options onto `hash`. */
FM_MUST_USE enum fm_status
fm_check_options(const struct fm_check_sink *sink, struct fm_arena *arena,
                 const struct fm_plugin *p, const void *options,
                 uint64_t (*fingerprint)(void *context, const void *options, uint64_t hash),
                 void *context, enum fm_check_result idle, struct fm_error *err);

#endif
