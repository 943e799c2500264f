/* What the files of config/document share with each other and with nobody else. */
#ifndef FM_CONFIG_DOCUMENT_PARTS_H
#define FM_CONFIG_DOCUMENT_PARTS_H

#include "config/document.h"

/* Reads source->text from byte `start` on (an override's value starts behind its "="),
 * where the text's n_bytes come from outside and may hold a NUL. */
FM_MUST_USE enum fm_status fm_yaml_parse_source(struct fm_arena *arena,
                                                const struct fm_yaml_source *source,
                                                size_t n_bytes, size_t start,
                                                bool must_be_map, struct fm_yaml **root,
                                                struct fm_error *err);

/* FM_ERROR_CONFIG at the first thing in text that is not UTF-8 or not printable. */
FM_MUST_USE enum fm_status fm_yaml_check_characters(const struct fm_yaml_source *source,
                                                    size_t n_bytes, struct fm_error *err);

/* FM_ERROR_CONFIG for what the scanner or parser refuses, in its words, with advice;
 * context: what it was reading, from where, or NULL. */
FM_MUST_USE enum fm_status fm_yaml_fail_syntax(const struct fm_yaml *here,
                                               const char *problem,
                                               const struct fm_yaml *from,
                                               const char *context, struct fm_error *err);

/* FM_ERROR_CONFIG, at key, unless it may be a key. */
FM_MUST_USE enum fm_status fm_yaml_check_key(const struct fm_yaml *key,
                                             struct fm_error *err);

/* FM_ERROR_CONFIG at the first of n keys that stood before.  sorted: scratch, [n]. */
FM_MUST_USE enum fm_status fm_yaml_check_duplicates(struct fm_yaml *const *keys,
                                                    struct fm_yaml **sorted, size_t n,
                                                    struct fm_error *err);

/* Levels of lists and maps, node's own included: 0 for a scalar. */
unsigned fm_yaml_depth(const struct fm_yaml *node);

/* The start of a line (from 1) of text, or NULL when it has fewer; breaks are \n, \r\n, \r.
 */
const char *fm_yaml_line(const char *text, unsigned line);

#endif
