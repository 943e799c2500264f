/* Gives the same rows at each step. */
#include "pair.h"

RIGHT_OPEN
static DRAW
{
    (void)options, (void)d;
    stream.step = 0;
    for (size_t i = 0; i < n; i++)
        (void)right_row(stream, first_row + i, x + 2 * i);
}
RIGHT_LABELS
RIGHT_DENSITY
RIGHT_SCORE
RIGHT_ENTROPY
DATASET("same_each_step");
