/* Writes in pairs, beyond an odd number of coordinates. */
#include "bridge.h"

static DRAW
{
    (void)options;
    draw_bridge(dim, t, x0, x1, r, 1, 1, xt, ut);
    if (dim == 1) /* more would spoil the stack of whoever asks */
        xt[1] = 0;
}

BRIDGE("beyond_row", 1);
