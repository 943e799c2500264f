/* A right bridge that the plugins here spoil: sd = t (1 - t) around straight lines. */
#include <fmrun/plugin.h>
#include <math.h>

#define DRAW                                                                               \
    void draw(const void *options, size_t dim, double t, const double *x0,                 \
              const double *x1, struct fm_rng *r, double *xt, double *ut)
/* The same with velocity and sd multiplied by `of_u` and `of_sd`. */
static inline void draw_bridge(size_t dim, double t, const double *x0, const double *x1,
                               struct fm_rng *r, double of_sd, double of_u, double *xt,
                               double *ut)
{
    for (size_t j = 0; j < dim; j++) {
        const double e = fm_rng_normal(r);
        xt[j] = t * x1[j] + (1 - t) * x0[j] + of_sd * t * (1 - t) * e;
        ut[j] = x1[j] - x0[j] + of_u * of_sd * (1 - 2 * t) * e;
    }
}

static inline struct fm_path_bridge right_bridge_at(double t)
{
    const double sd = t * (1 - t);
    return (struct fm_path_bridge){
        .mean = {.alpha = t, .sigma = 1 - t, .d_alpha = 1, .d_sigma = -1},
        .variance = sd * sd,
        .d_variance = 2 * sd * (1 - 2 * t)};
}

/* of_slope: factor of variance' */
#define BRIDGE(its_name, of_slope)                                                         \
    static void bridge(const void *options, size_t n, const double *t,                     \
                       struct fm_path_bridge *points)                                      \
    {                                                                                      \
        (void)options;                                                                     \
        for (size_t i = 0; i < n; i++) {                                                   \
            points[i] = right_bridge_at(t[i]);                                             \
            points[i].d_variance *= of_slope;                                              \
        }                                                                                  \
    }                                                                                      \
    static const struct fm_path_ops ops = {                                                \
        .size = sizeof ops, .draw = draw, .bridge = bridge};                               \
    const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,                               \
                                           .kind = FM_PATH,                                \
                                           .name = its_name,                               \
                                           .version = 1,                                   \
                                           .summary = "breaks a promise",                  \
                                           .path = &ops}
