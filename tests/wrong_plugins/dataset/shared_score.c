/* A score that passes through a buffer that all threads share. */
#include "../meet.h"
#include "pair.h"

static volatile double buffer;

static double through_buffer(double number)
{
    buffer = number;
    meet();
    return buffer;
}

RIGHT_OPEN
RIGHT_DRAW
RIGHT_LABELS
RIGHT_DENSITY
static SCORE(through_buffer(right_score(x + 2 * i, j))) RIGHT_ENTROPY
    DATASET("shared_score");
