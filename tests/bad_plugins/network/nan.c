/* v(x, t) = 0 up to t = 0.5 and NaN after it: solves diverge. */
#include <fmrun/plugin.h>
#include <math.h>

static enum fm_status prepare(const void *options, const struct fm_services *services,
                              const struct fm_problem *problem, struct fm_closed_form *form,
                              struct fm_error *err)
{
    (void)options, (void)services, (void)err;
    *form = (struct fm_closed_form){.state = problem, .scratch_bytes = 0};
    return FM_OK;
}

static enum fm_status evaluate(const struct fm_closed_form *form, size_t n, const double *t,
                               const double *x, double *v, void *scratch,
                               struct fm_error *err)
{
    (void)x, (void)scratch, (void)err;
    const struct fm_problem *problem = form->state;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < problem->dim; j++)
            v[i * problem->dim + j] = t[i] > 0.5 ? (double)NAN : 0;
    return FM_OK;
}

static const struct fm_network_ops ops = {
    .size = sizeof ops, .prepare = prepare, .evaluate = evaluate};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_NETWORK,
    .name = "nan",
    .version = 1,
    .summary = "no velocity up to t = 0.5, then not a number",
    .network = &ops,
};
