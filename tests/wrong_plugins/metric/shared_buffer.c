/* Passes its value through a buffer that all threads share. */
#include "../shared_buffer.h"
#include "means.h"

SPOILT("shared_buffer", value = through_shared_buffer(value));
