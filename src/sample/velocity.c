#include <config.h>

#include "sample/velocity.h"

#include "base/error.h"

size_t fm_velocity_block_rows(const struct fm_velocity *velocity)
{
    return velocity->net ? fm_net_block_rows(velocity->net) : FM_BLOCK_ROWS;
}

enum fm_status fm_velocity_workspace(struct fm_arena *arena,
                                     const struct fm_velocity *velocity,
                                     struct fm_velocity_workspace *workspace,
                                     struct fm_error *err)
{
    *workspace = (struct fm_velocity_workspace){0};
    if (velocity->net) {
        workspace->x =
            FM_NEW(arena, fm_net_block_rows(velocity->net) * velocity->dim, fm_real);
        if (!workspace->x)
            return fm_out_of_memory(err);
        return fm_net_workspace(arena, velocity->net, FM_NET_FORWARD, &workspace->net, err);
    }
    workspace->scratch = fm_arena_take(arena, 1, velocity->form.scratch_bytes);
    return workspace->scratch ? FM_OK : fm_out_of_memory(err);
}

enum fm_status fm_velocity_evaluate(const struct fm_velocity *velocity,
                                    struct fm_velocity_workspace *workspace, size_t n,
                                    const size_t *row, const double *t, const double *x,
                                    double *v, struct fm_error *err)
{
    (void)row;
    if (!velocity->net)
        return velocity->ops->evaluate(&velocity->form, n, t, x, v, workspace->scratch,
                                       err);
    size_t dim = velocity->dim, stride = fm_padded(dim);
    for (size_t i = 0; i < n * dim; i++)
        workspace->x[i] = (fm_real)x[i];
    const struct fm_net_input input = {.t = t, .x = workspace->x};
    const fm_real *out =
        fm_net_forward(velocity->net, velocity->parameters, workspace->net, n, &input);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++)
            v[i * dim + j] = (double)out[i * stride + j];
    return FM_OK;
}
