#include <config.h>

#include "train/labels.h"

void fm_train_drop_labels(const struct fm_train_spec *spec, struct fm_stream stream,
                          size_t first, size_t n, uint32_t *label)
{
    const double p = spec->options->label_dropout;
    const uint32_t none = (uint32_t)fm_net_n_labels(spec->net) - 1;
    for (size_t i = 0; p > 0 && i < n; i++) {
        struct fm_rng r = fm_rng_at(stream, first + i);
        if (fm_rng_uniform(&r) < p)
            label[i] = none;
    }
}
