/* Draws from a generator that continues from call to call. */
#include "bridge.h"

static struct fm_rng kept;

static DRAW
{
    (void)options, (void)r;
    draw_bridge(dim, t, x0, x1, &kept, 1, 1, xt, ut);
}

BRIDGE("hidden_draws", 1);
