/* Writes one point more than there are times. */
#include "affine.h"

static COEFFICIENTS
{
    (void)options;
    for (size_t i = 0; i < n; i++)
        points[i] = right_point(t[i]);
    if (n == 5) /* the guarded call: others would corrupt the stack */
        points[n] = right_point(1);
}

static const struct fm_path_ops ops = {.size = sizeof ops, .coefficients = coefficients};

PLUGIN("beyond_times");
