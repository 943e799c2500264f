/* Paths that are neither affine nor bridges: straight lines with uniform noise of width
 * sin(pi t)^2 on each coordinate. */
#include <fmrun/plugin.h>
#include <math.h>

/* of_u: factor of the noise in the velocity */
#define CURVE(its_name, of_u)                                                              \
    static void draw(const void *options, size_t dim, double t, const double *x0,          \
                     const double *x1, struct fm_rng *r, double *xt, double *ut)           \
    {                                                                                      \
        const double pi = 3.14159265358979323846, s = sin(pi * t), c = cos(pi * t);        \
        (void)options;                                                                     \
        for (size_t j = 0; j < dim; j++) {                                                 \
            const double e = fm_rng_uniform(r) - 0.5;                                      \
            xt[j] = t * x1[j] + (1 - t) * x0[j] + s * s * e;                               \
            ut[j] = x1[j] - x0[j] + (of_u)*2 * pi * s * c * e;                             \
        }                                                                                  \
    }                                                                                      \
    static const struct fm_path_ops ops = {.size = sizeof ops, .draw = draw};              \
    const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,                               \
                                           .kind = FM_PATH,                                \
                                           .name = its_name,                               \
                                           .version = 1,                                   \
                                           .summary = "breaks a promise",                  \
                                           .path = &ops}
