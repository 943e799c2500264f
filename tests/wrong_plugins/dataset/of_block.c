/* Numbers rows from the beginning of the call. */
#include "pair.h"

RIGHT_OPEN
static DRAW
{
    (void)options, (void)d, (void)first_row;
    for (size_t i = 0; i < n; i++)
        (void)right_row(stream, i, x + 2 * i);
}
RIGHT_LABELS
RIGHT_DENSITY
RIGHT_SCORE
RIGHT_ENTROPY
DATASET("of_block");
