/* Draws one number for all coordinates. */
#include "bridge.h"

static DRAW
{
    (void)options;
    for (size_t j = 0; j < dim; j++) {
        struct fm_rng same = *r;
        draw_bridge(1, t, x0 + j, x1 + j, &same, 1, 1, xt + j, ut + j);
    }
}

BRIDGE("same_noise", 1);
