/* A right closed form that the plugins here spoil: v_j = cos(3 t) x_j + sin(x_j+1) / 2 + t,
 * which needs only the dimension of the problem. */
#include <fmrun/plugin.h>
#include <math.h>

#define PREPARE                                                                            \
    enum fm_status prepare(const void *options, const struct fm_services *services,        \
                           const struct fm_problem *problem, struct fm_closed_form *form,  \
                           struct fm_error *err)
#define EVALUATE                                                                           \
    enum fm_status evaluate(const struct fm_closed_form *form, size_t n, const double *t,  \
                            const double *x, double *v, void *scratch,                     \
                            struct fm_error *err)
#define JVP                                                                                \
    enum fm_status jvp(const struct fm_closed_form *form, size_t n, const double *t,       \
                       const double *x, const double *dx, double *dv, void *scratch,       \
                       struct fm_error *err)
#define UNUSED (void)scratch, (void)err

static inline size_t dim_of(const struct fm_closed_form *form)
{
    return ((const struct fm_problem *)form->state)->dim;
}

static inline double right_v(size_t dim, double t, const double *x, size_t j)
{
    return cos(3 * t) * x[j] + 0.5 * sin(x[(j + 1) % dim]) + t;
}

static inline double right_dv(size_t dim, double t, const double *x, const double *dx,
                              size_t j)
{
    return cos(3 * t) * dx[j] + 0.5 * cos(x[(j + 1) % dim]) * dx[(j + 1) % dim];
}

static inline void right_field(const struct fm_closed_form *form, size_t n, const double *t,
                               const double *x, double *v)
{
    const size_t dim = dim_of(form);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++)
            v[i * dim + j] = right_v(dim, t[i], x + i * dim, j);
}

static inline void right_slope(const struct fm_closed_form *form, size_t n, const double *t,
                               const double *x, const double *dx, double *dv)
{
    const size_t dim = dim_of(form);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++)
            dv[i * dim + j] = right_dv(dim, t[i], x + i * dim, dx + i * dim, j);
}

#define RIGHT_PREPARE(bytes)                                                               \
    static PREPARE                                                                         \
    {                                                                                      \
        (void)options, (void)services, (void)err;                                          \
        *form = (struct fm_closed_form){.state = problem, .scratch_bytes = bytes};         \
        return FM_OK;                                                                      \
    }
#define RIGHT_EVALUATE                                                                     \
    static EVALUATE                                                                        \
    {                                                                                      \
        UNUSED;                                                                            \
        right_field(form, n, t, x, v);                                                     \
        return FM_OK;                                                                      \
    }
#define RIGHT_JVP                                                                          \
    static JVP                                                                             \
    {                                                                                      \
        UNUSED;                                                                            \
        right_slope(form, n, t, x, dx, dv);                                                \
        return FM_OK;                                                                      \
    }
#define FIELD(its_name)                                                                    \
    static const struct fm_network_ops ops = {                                             \
        .size = sizeof ops, .prepare = prepare, .evaluate = evaluate, .jvp = jvp};         \
    const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,                               \
                                           .kind = FM_NETWORK,                             \
                                           .name = its_name,                               \
                                           .version = 1,                                   \
                                           .summary = "breaks a promise",                  \
                                           .network = &ops}
