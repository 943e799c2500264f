/* Reads end points of a solve without asking for them. */
#include "means.h"

SPOILT("not_asked", value += fabs(((const volatile double *)m->solve)[0]));
