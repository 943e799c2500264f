/* One YAML scalar -> a C value. */
#ifndef FM_CONFIG_YAML_VALUE_H
#define FM_CONFIG_YAML_VALUE_H

#include "config/document.h"
#include <fmrun/status.h>
#include <stdbool.h>
#include <stdint.h>

/* Typed values of scalars, by YAML 1.2 core rules on plain scalars (1e-3, .5, 0x1F, true;
 * "yes" is a string).  FM_ERROR_CONFIG says what was found and what is expected; `what` names the
 * value in it ("lr").  An integer may be written as a real without a fraction (1e4, 4.0); a real
 * must be finite.  They allocate nothing. */
FM_MUST_USE enum fm_status fm_yaml_bool(const struct fm_yaml *node, const char *what,
                                        bool *value, struct fm_error *err);
FM_MUST_USE enum fm_status fm_yaml_int(const struct fm_yaml *node, const char *what,
                                       int64_t *value, struct fm_error *err);
FM_MUST_USE enum fm_status fm_yaml_real(const struct fm_yaml *node, const char *what,
                                        double *value, struct fm_error *err);
/* A string: a quoted scalar, or a plain one that is not null.  A number counts as its text
 * (a name may be 2024). */
FM_MUST_USE enum fm_status fm_yaml_string(const struct fm_yaml *node, const char *what,
                                          const char **value, struct fm_error *err);

/* The same with `expected` in the message: "integer in [1, 64]". */
FM_MUST_USE enum fm_status fm_yaml_int_as(const struct fm_yaml *node, const char *what,
                                          const char *expected, int64_t *value,
                                          struct fm_error *err);
FM_MUST_USE enum fm_status fm_yaml_real_as(const struct fm_yaml *node, const char *what,
                                           const char *expected, double *value,
                                           struct fm_error *err);

/* FM_ERROR_CONFIG "WHAT: expected EXPECTED, found ...", at node, with advice where the
 * mistake is a common one. */
FM_MUST_USE enum fm_status fm_yaml_fail_type(const struct fm_yaml *node, const char *what,
                                             const char *expected, struct fm_error *err);

#endif
