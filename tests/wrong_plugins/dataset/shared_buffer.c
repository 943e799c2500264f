/* Works in a buffer that all threads share. */
#include "../meet.h"
#include "pair.h"

static volatile double buffer;

RIGHT_OPEN
static DRAW
{
    (void)options, (void)d;
    for (size_t i = 0; i < n; i++) {
        (void)right_row(stream, first_row + i, x + 2 * i);
        buffer = x[2 * i];
        meet();
        x[2 * i] = buffer;
    }
}
RIGHT_LABELS
RIGHT_DENSITY
RIGHT_SCORE
RIGHT_ENTROPY
DATASET("shared_buffer");
