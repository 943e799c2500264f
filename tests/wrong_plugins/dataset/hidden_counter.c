/* Continues from the row before, whichever row is requested. */
#include "pair.h"

static uint64_t n_drawn;

RIGHT_OPEN
static DRAW
{
    (void)options, (void)d, (void)first_row;
    for (size_t i = 0; i < n; i++)
        (void)right_row(stream, n_drawn++, x + 2 * i);
}
RIGHT_LABELS
RIGHT_DENSITY
RIGHT_SCORE
RIGHT_ENTROPY
DATASET("hidden_counter");
