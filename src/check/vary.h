/* Whether a plugin's options do anything: each is changed and the plugin asked again. */
#ifndef FM_CHECK_VARY_H
#define FM_CHECK_VARY_H

#include "base/arena.h"
#include "check/row.h"
#include <fmrun/plugin.h>
#include <stdint.h>

/* FNV-1a of n bytes, after `hash`. */
uint64_t fm_check_hash(uint64_t hash, const void *bytes, size_t n);

/* Tells a row "options": each option that may change results (numbers, choices, lists of
 * numbers) does, as it is bound or after the change of one other option, which may have
 * switched it off.  One that never does gets a row of result `idle`.
 * fingerprint: what the plugin does with a block of options, hashed onto `hash`. */
FM_MUST_USE enum fm_status
fm_check_options(const struct fm_check_sink *sink, struct fm_arena *arena,
                 const struct fm_plugin *p, const void *options,
                 uint64_t (*fingerprint)(void *context, const void *options, uint64_t hash),
                 void *context, enum fm_check_result idle, struct fm_error *err);

#endif
