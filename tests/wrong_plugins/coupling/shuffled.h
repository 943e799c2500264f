/* A right coupling that the plugins here spoil: x1 in a random order. */
#include <fmrun/plugin.h>

static inline void shuffle(const struct fm_coupling_batch *b, struct fm_rng *r)
{
    for (size_t k = 0; k < b->n; k++)
        b->i0[k] = b->i1[k] = (uint32_t)k;
    for (size_t k = b->n; k > 1; k--) {
        uint32_t j = fm_rng_below(r, (uint32_t)k), swapped = b->i1[k - 1];
        b->i1[k - 1] = b->i1[j];
        b->i1[j] = swapped;
    }
}

#define PAIR                                                                               \
    enum fm_status pair(const void *options, const struct fm_services *services,           \
                        const struct fm_coupling_batch *b,                                 \
                        struct fm_coupling_report *report, struct fm_error *err)
#define UNUSED (void)options, (void)services, (void)report, (void)err
#define COUPLING(its_name, permutes, uses)                                                 \
    static const struct fm_coupling_ops ops = {                                            \
        .size = sizeof ops,                                                                \
        .scheme = {.is_permutation = permutes, .uses_noise = uses},                        \
        .pair = pair};                                                                     \
    const struct fm_plugin fmrun_plugin = {                                                \
        FM_PLUGIN_HEADER, .kind = FM_COUPLING,           .name = its_name,                 \
        .version = 1,     .summary = "breaks a promise", .coupling = &ops}
