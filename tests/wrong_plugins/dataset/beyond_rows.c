/* Writes one row too many. */
#include "pair.h"

RIGHT_OPEN
static DRAW
{
    (void)options, (void)d;
    for (size_t i = 0; i <= n; i++)
        (void)right_row(stream, first_row + i, x + 2 * i);
}
RIGHT_LABELS
RIGHT_DENSITY
RIGHT_SCORE
RIGHT_ENTROPY
DATASET("beyond_rows");
