/* Pairs sample i with row i of the data, although data rows pair with nothing. */
#include "means.h"

static double distance_of_pairs(const struct fm_measurement *m)
{
    double sum = 0;
    for (size_t i = 0; i < m->n; i++)
        sum += fabs(m->samples[i * m->dim] - m->data[i * m->dim]);
    return sum / (double)m->n;
}
SPOILT("pairs_rows", value = distance_of_pairs(m));
