/* Crashes with one row. */
#include "means.h"

static void need_two(size_t n)
{
    volatile double *volatile nowhere = NULL;
    if (n < 2)
        *nowhere = 1;
}
SPOILT("crashes_at_one", need_two(m->n));
