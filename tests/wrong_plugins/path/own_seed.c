/* Noise depends on the row, but not on the seed. */
#include "bridge.h"

static DRAW
{
    (void)options;
    struct fm_rng own = fm_rng_at((struct fm_stream){1, 2, 3}, r->counter[1]);
    draw_bridge(dim, t, x0, x1, &own, 1, 1, xt, ut);
}

BRIDGE("own_seed", 1);
