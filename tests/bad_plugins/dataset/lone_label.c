/* One standard normal whose rows all have label 0, although the set says that there are two. */
#include <fmrun/plugin.h>

static const double weights[] = {1}, means[] = {0, 0}, variances[] = {1, 1};
static const uint32_t labels[] = {0};
static const struct fm_mixture mixture = {1, 2, weights, means, variances, labels};

static enum fm_status open_lone(const void *options, const struct fm_services *services,
                                struct fm_dataset *d, struct fm_error *err)
{
    (void)options, (void)services, (void)err;
    *d = (struct fm_dataset){.dim = 2, .mixture = &mixture, .n_labels = 2};
    return FM_OK;
}

static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    (void)options;
    for (size_t i = 0; i < n; i++) {
        struct fm_rng r = fm_rng_at(stream, first_row + i);
        for (size_t j = 0; j < d->dim; j++)
            x[i * d->dim + j] = fm_rng_normal(&r);
    }
}

static void draw_labels(const void *options, const struct fm_dataset *d,
                        struct fm_stream stream, uint64_t first_row, size_t n,
                        uint32_t *drawn)
{
    (void)options, (void)d, (void)stream, (void)first_row;
    for (size_t i = 0; i < n; i++)
        drawn[i] = 0;
}

static const struct fm_dataset_ops ops = {
    .size = sizeof ops, .open = open_lone, .draw = draw, .draw_labels = draw_labels};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "lone_label",
    .version = 1,
    .summary = "two labels, and a component for one",
    .dataset = &ops,
};
