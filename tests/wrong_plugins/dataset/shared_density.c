/* A density that passes through a buffer that all threads share. */
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
static DENSITY(through_buffer(log(right_density(y)))) RIGHT_SCORE RIGHT_ENTROPY
    DATASET("shared_density");
