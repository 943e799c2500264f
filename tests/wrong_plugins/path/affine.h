/* A right affine path that the plugins here spoil: alpha = sin^2, sigma = cos^2 of pi t /
 * 2. */
#include <fmrun/plugin.h>
#include <math.h>

static const double pi = 3.14159265358979323846;

static inline struct fm_path_point right_point(double t)
{
    const double c = t < 0.5 ? cos(pi / 2 * t) : sin(pi / 2 * (1 - t)),
                 s = t < 0.5 ? sin(pi / 2 * t) : cos(pi / 2 * (1 - t));
    return (struct fm_path_point){
        .alpha = s * s, .sigma = c * c, .d_alpha = pi * s * c, .d_sigma = -pi * s * c};
}

#define COEFFICIENTS                                                                       \
    void coefficients(const void *options, size_t n, const double *t,                      \
                      struct fm_path_point *points)
#define PLUGIN(its_name)                                                                   \
    const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,                               \
                                           .kind = FM_PATH,                                \
                                           .name = its_name,                               \
                                           .version = 1,                                   \
                                           .summary = "breaks a promise",                  \
                                           .path = &ops}
/* spoil: a statement that changes p, the point at t[i] */
#define SPOILT(its_name, spoil)                                                            \
    static COEFFICIENTS                                                                    \
    {                                                                                      \
        (void)options;                                                                     \
        for (size_t i = 0; i < n; i++) {                                                   \
            struct fm_path_point p = right_point(t[i]);                                    \
            spoil;                                                                         \
            points[i] = p;                                                                 \
        }                                                                                  \
    }                                                                                      \
    static const struct fm_path_ops ops = {.size = sizeof ops,                             \
                                           .coefficients = coefficients};                  \
    PLUGIN(its_name)
