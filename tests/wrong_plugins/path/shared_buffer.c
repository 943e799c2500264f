/* Passes alpha through a buffer that all threads share. */
#include "../shared_buffer.h"
#include "affine.h"

SPOILT("shared_buffer", p.alpha = through_shared_buffer(p.alpha));
