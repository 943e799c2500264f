/* Works in a buffer that all threads share. */
#include "../meet.h"
#include "affine.h"

static volatile double buffer;

SPOILT("shared_buffer", buffer = p.alpha; meet(); p.alpha = buffer);
