/* Refuses few rows without a message. */
#include "means.h"

SPOILT("silent_refusal", if (m->n < 3) return FM_ERROR_DIVERGED);
