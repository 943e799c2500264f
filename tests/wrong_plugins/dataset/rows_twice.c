/* Gives each row twice. */
#include "pair.h"

RIGHT_OPEN
static DRAW
{
    (void)options, (void)d;
    for (size_t i = 0; i < n; i++)
        (void)right_row(stream, (first_row + i) / 2, x + 2 * i);
}
RIGHT_LABELS
RIGHT_DENSITY
RIGHT_SCORE
RIGHT_ENTROPY
DATASET("rows_twice");
