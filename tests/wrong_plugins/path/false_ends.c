/* Declares noise at t = 1 that is not there. */
#include "affine.h"

static COEFFICIENTS
{
    (void)options;
    for (size_t i = 0; i < n; i++)
        points[i] = right_point(t[i]);
}

static void ends(const void *options, struct fm_path_point points[2])
{
    (void)options;
    points[0] = (struct fm_path_point){.alpha = 0, .sigma = 1};
    points[1] = (struct fm_path_point){.alpha = 1, .sigma = 1e-3};
}

static const struct fm_path_ops ops = {
    .size = sizeof ops, .coefficients = coefficients, .ends = ends};

PLUGIN("false_ends");
