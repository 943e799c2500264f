/* Gives later rows more weight. */
#include "means.h"

static double late_rows(const struct fm_measurement *m)
{
    double sum = 0;
    for (size_t i = 0; i < m->n; i++)
        sum += (double)i * fabs(m->samples[i * m->dim] - m->data[i * m->dim]);
    return sum / (double)(m->n * m->n);
}
SPOILT("order_of_rows", value += late_rows(m));
