/* Works in a buffer that all threads share. */
#include "pair.h"

static volatile double buffer[2];

RIGHT_OPEN
static DRAW
{
    (void)options, (void)d;
    for (size_t i = 0; i < n; i++) {
        (void)right_row(stream, first_row + i, x + 2 * i);
        buffer[0] = x[2 * i];
        for (uint64_t again = 0; again < 400; again++) {
            (void)right_row(stream, again, x + 2 * i);
            buffer[1] = x[2 * i];
        }
        (void)right_row(stream, first_row + i, x + 2 * i);
        x[2 * i] = buffer[0];
    }
}
RIGHT_LABELS
RIGHT_DENSITY
RIGHT_SCORE
RIGHT_ENTROPY
DATASET("shared_buffer");
