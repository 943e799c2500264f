/* Gives other rows each time it is opened. */
#include "pair.h"

static uint32_t n_opened;

static OPEN(d->n_labels = 2; n_opened++) static DRAW
{
    (void)options, (void)d;
    stream.stream += n_opened;
    for (size_t i = 0; i < n; i++)
        (void)right_row(stream, first_row + i, x + 2 * i);
}
RIGHT_LABELS
RIGHT_DENSITY
RIGHT_SCORE
RIGHT_ENTROPY
DATASET("each_opening");
