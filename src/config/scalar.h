/* Types and values of plain scalars by the core schema of YAML 1.2 (yaml.org/spec/1.2.2,
 * section 10.3.2): "1e-3" is a real, "yes", "1_000" and "012:30" are texts. */
#ifndef FM_CONFIG_SCALAR_H
#define FM_CONFIG_SCALAR_H

#include <stdbool.h>
#include <stdint.h>

enum fm_scalar {
    FM_SCALAR_NULL, /* null, ~, or nothing */
    FM_SCALAR_BOOL,
    FM_SCALAR_INT,  /* 12, -3, 0o17, 0x1F; of any size */
    FM_SCALAR_REAL, /* 1., .5, 1e-3, .inf, .nan */
    FM_SCALAR_TEXT
};

enum fm_scalar fm_scalar_type(const char *text);

/* Whether text is an INT that fits, or a REAL whose value is exactly such an integer (1e4,
 * 4.0); value is set when it is. */
bool fm_scalar_is_int(const char *text, int64_t *value);

/* Whether text is an INT or REAL; value, set when it is, is the nearest double, which may
 * be infinite or NaN.  A number too small for a double that is not zero counts as infinite,
 * so that 1e-400 is not silently 0. */
bool fm_scalar_is_real(const char *text, double *value);

/* Whether text is a fraction of decimal numbers, "1/3" or "-25360/2187", as coefficients of
 * methods are printed; YAML itself takes it for a text.  value, set when it is, is the nearest
 * double to the quotient of the nearest doubles; infinite when the divisor is 0. */
bool fm_scalar_is_fraction(const char *text, double *value);

#endif
