#include <config.h>

#include "check/network_subject.h"

#include <math.h>

void fm_network_note(const struct fm_network_subject *s, const char *property,
                     bool is_right, const char *note)
{
    fm_check_add_note(s->sink, property, s->problem,
                      is_right ? FM_CHECK_PASS : FM_CHECK_FAIL, "%s", note);
}

void fm_network_error(const struct fm_network_subject *s, const char *property,
                      const struct fm_error *err)
{
    fm_network_note(s, property, false,
                    err->message[0] ? err->message : "fails without a message");
}

void fm_network_fill(double *to, size_t n, double scale, uint32_t step)
{
    struct fm_rng r = fm_rng_at((struct fm_stream){11, 1, step}, 0);
    for (size_t i = 0; i < n; i++)
        to[i] = scale * fm_rng_normal(&r);
}

void fm_network_add_divergence(struct fm_network_subject *s)
{
    static const struct fm_divergence divergence = {
        .kind = FM_DIVERGENCE_GAUSSIAN, .n_probes = 2, .noise = {11, 2, 0}};
    s->velocity.divergence = &divergence;
    s->velocity.dim = s->dim + fm_divergence_n_sums(&divergence);
}
