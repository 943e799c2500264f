/* Writes coordinates in pairs, so beyond an odd number of them. */
#include "bridge.h"

static DRAW
{
    (void)options;
    draw_bridge(dim, t, x0, x1, r, 1, 1, xt, ut);
    if (dim == 1) /* the guarded call: others would corrupt the stack */
        xt[1] = 0;
}

BRIDGE("beyond_row", 1);
