/* Reads the end points of a solve that it did not ask for. */
#include "means.h"

SPOILT("not_asked", value += fabs(((const volatile double *)m->solve)[0]));
