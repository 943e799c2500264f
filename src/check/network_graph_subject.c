#include <config.h>

#include "check/network_graph_subject.h"

#include "base/error.h"

#include <math.h>

static double size_of(const float *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)values[i] * (double)values[i];
    return sqrt(sum / (double)n);
}

enum fm_status fm_graph_parameters(struct fm_arena *arena, const struct fm_net *net,
                                   fm_real **parameters, struct fm_error *err)
{
    size_t n_tensors;
    const struct fm_parameter *p = fm_net_parameters(net, &n_tensors);
    struct fm_rng r = fm_rng_at((struct fm_stream){12, 1, 0}, 0);
    *parameters = FM_NEW(arena, fm_net_block_size(net), fm_real);
    if (!*parameters)
        return fm_out_of_memory(err);
    fm_net_initialise(net, 1, *parameters);
    for (size_t k = 0; k < n_tensors; k++) {
        const size_t n = p[k].n_taps * p[k].n_rows * p[k].n_columns,
                     n_inputs = n / (p[k].is_transposed ? p[k].n_rows : p[k].n_columns);
        float *values = FM_NEW(arena, n, float);
        if (!values)
            return fm_out_of_memory(err);
        fm_parameter_export(&p[k], *parameters, values);
        /* some layers start with zeroes alone */
        const double size = 0.5 * fmax(size_of(values, n), 0.2 / sqrt((double)n_inputs));
        for (size_t i = 0; i < n; i++)
            values[i] += (float)(size * fm_rng_normal(&r));
        fm_parameter_import(&p[k], values, *parameters);
    }
    return FM_OK;
}
