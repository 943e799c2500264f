/* A coupling plugin: copy this file to NAME.c, change what is marked (1) to (4), then
 *
 *     cc -O2 -shared -fPIC $(pkg-config --cflags fmrun) -o PATH/coupling/NAME.so NAME.c
 *     fmrun --plugin-path PATH plugins show coupling/NAME
 *
 * A coupling pairs the x0 and x1 of a training batch.  This one sorts both along a random
 * direction and pairs equal ranks: optimal transport of one projection, cheap in any number
 * of coordinates. */
#include <fmrun/plugin.h>
#include <stdlib.h>

/* (1) This one has no options; fmrun/option.h and other templates show some. */

struct place {
    double height; /* along the direction */
    uint32_t row;
};

static int compare(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->height != b->height)
        return a->height < b->height ? -1 : 1;
    return a->row < b->row ? -1 : 1; /* equal heights: one order on every machine */
}

static void rank(size_t n, size_t dim, const double *x, const double *direction,
                 struct place *places)
{
    for (size_t i = 0; i < n; i++) {
        places[i] = (struct place){0, (uint32_t)i};
        for (size_t j = 0; j < dim; j++)
            places[i].height += direction[j] * x[i * dim + j];
    }
    qsort(places, n, sizeof *places, compare);
}

/* (2) Pairs: row k of the batch becomes (x0[i0[k]], x1[i1[k]]).  Each row used once (a
 * permutation) keeps both distributions as they are.  Random numbers come from
 * batch->noise alone, memory from services alone; fmrun frees it. */
static enum fm_status pair(const void *options, const struct fm_services *services,
                           const struct fm_coupling_batch *batch,
                           struct fm_coupling_report *report, struct fm_error *err)
{
    (void)options, (void)report;
    const size_t n = batch->n, dim = batch->dim;
    double *direction = services->allocate(services, dim, sizeof *direction);
    struct place *from = services->allocate(services, n, sizeof *from);
    struct place *to = services->allocate(services, n, sizeof *to);
    if (!direction || !from || !to)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");

    struct fm_rng r = fm_rng_at(batch->noise, 0);
    for (size_t j = 0; j < dim; j++)
        direction[j] = fm_rng_normal(&r);
    rank(n, dim, batch->x0, direction, from);
    rank(n, dim, batch->x1, direction, to);
    for (size_t k = 0; k < n; k++) {
        batch->i0[k] = from[k].row;
        batch->i1[k] = to[k].row;
    }
    return FM_OK;
}

/* (3) What the plugin does: each row is in one pair, and pairs depend on noise.  `fmrun
 * plugins check coupling/NAME` measures this. */
static const struct fm_coupling_ops ops = {
    .size = sizeof ops,
    .scheme = {.is_permutation = true, .uses_noise = true},
    .pair = pair,
};

/* (4) The only symbol that the plugin exports. */
const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_COUPLING,
    .name = "my_coupling", /* the file's name without .so */
    .version = 1, /* raise it when results change: then fmrun does not reuse old ones */
    .summary = "equal ranks along a random direction",
    .source = NULL, /* paper and equation, where there is one */
    .coupling = &ops,
};
