/* Checks that the parser and the editor of documents share. */
#ifndef FM_CONFIG_DOCUMENT_CHECK_H
#define FM_CONFIG_DOCUMENT_CHECK_H

#include "config/document.h"
#include <fmrun/status.h>

/* FM_ERROR_CONFIG at the first byte of text that is not UTF-8, or character that is not printable. */
FM_MUST_USE enum fm_status fm_yaml_check_characters(const struct fm_yaml_source *source,
                                                    size_t n_bytes, struct fm_error *err);

/* FM_ERROR_CONFIG with libyaml's message and advice.  context: what libyaml was reading, which
 * began at `from`; or NULL. */
FM_MUST_USE enum fm_status fm_yaml_fail_syntax(const struct fm_yaml *here,
                                               const char *problem,
                                               const struct fm_yaml *from,
                                               const char *context, struct fm_error *err);

/* FM_ERROR_CONFIG, at key, when it can't be a key: empty, too long, or a merge key. */
FM_MUST_USE enum fm_status fm_yaml_check_key(const struct fm_yaml *key,
                                             struct fm_error *err);

/* FM_ERROR_CONFIG at the first of n keys that repeats an earlier one.  sorted: scratch, [n]. */
FM_MUST_USE enum fm_status fm_yaml_check_duplicates(struct fm_yaml *const *keys,
                                                    struct fm_yaml **sorted, size_t n,
                                                    struct fm_error *err);

#endif
