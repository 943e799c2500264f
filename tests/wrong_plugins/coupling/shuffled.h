/* A right coupling that others here spoil: x1 in a random order. */
#include <fmrun/plugin.h>

static inline void shuffle(size_t n, struct fm_rng *r, uint32_t *i0, uint32_t *i1)
{
    for (size_t k = 0; k < n; k++)
        i0[k] = i1[k] = (uint32_t)k;
    for (size_t k = n; k > 1; k--) {
        uint32_t j = fm_rng_below(r, (uint32_t)k), swapped = i1[k - 1];
        i1[k - 1] = i1[j];
        i1[j] = swapped;
    }
}

#define PAIR                                                                               \
    enum fm_status pair(const void *options, const struct fm_services *services, size_t n, \
                        size_t dim, const double *x0, const double *x1,                    \
                        struct fm_stream noise, uint32_t *i0, uint32_t *i1,                \
                        struct fm_coupling_report *report, struct fm_error *err)
#define UNUSED                                                                             \
    (void)options, (void)services, (void)dim, (void)x0, (void)x1, (void)noise,             \
        (void)report, (void)err
#define COUPLING(its_name, permutes, uses)                                                 \
    static const struct fm_coupling_ops ops = {                                            \
        .size = sizeof ops,                                                                \
        .scheme = {.is_permutation = permutes, .uses_noise = uses},                        \
        .pair = pair};                                                                     \
    const struct fm_plugin fmrun_plugin = {                                                \
        FM_PLUGIN_HEADER, .kind = FM_COUPLING,           .name = its_name,                 \
        .version = 1,     .summary = "breaks a promise", .coupling = &ops}
