/* A right closed form that the plugins here spoil: the flow from one normal distribution to
 * another, both of one component, along an affine path: x_t ~ N(m, V), v = m' + V' / (2 V)
 * (x - m). */
#include <fmrun/plugin.h>
#include <math.h>

struct moment {
    double m, d_m, v, d_v;
};

static inline struct moment moment_at(const struct fm_problem *p, double t, size_t j)
{
    struct fm_path_point at;
    const double m0 = p->source->means[j], m1 = p->data->means[j],
                 v0 = p->source->variances[j], v1 = p->data->variances[j];
    p->path(p, t, &at);
    return (struct moment){
        .m = at.alpha * m1 + at.sigma * m0,
        .d_m = at.d_alpha * m1 + at.d_sigma * m0,
        .v = at.alpha * at.alpha * v1 + at.sigma * at.sigma * v0,
        .d_v = 2 * (at.alpha * at.d_alpha * v1 + at.sigma * at.d_sigma * v0)};
}

static enum fm_status prepare(const void *options, const struct fm_services *services,
                              const struct fm_problem *problem, struct fm_closed_form *form,
                              struct fm_error *err)
{
    (void)options, (void)services;
    if (!problem->source || !problem->data || !problem->path || !problem->is_independent
        || problem->source->n_components != 1 || problem->data->n_components != 1)
        return fm_fail(err, FM_ERROR_CONFIG, "from a normal distribution to another alone");
    *form = (struct fm_closed_form){.state = problem};
    return FM_OK;
}

/* of_gain, of_density: factors of V' / (2 V) and of the density */
#define NORMAL(its_name, of_gain, of_density)                                              \
    static enum fm_status evaluate(const struct fm_closed_form *form, size_t n,            \
                                   const double *t, const double *x, double *v,            \
                                   void *scratch, struct fm_error *err)                    \
    {                                                                                      \
        const struct fm_problem *p = form->state;                                          \
        (void)scratch, (void)err;                                                          \
        for (size_t i = 0; i < n * p->dim; i++) {                                          \
            const struct moment m = moment_at(p, t[i / p->dim], i % p->dim);               \
            v[i] = m.d_m + (of_gain)*m.d_v / (2 * m.v) * (x[i] - m.m);                     \
        }                                                                                  \
        return FM_OK;                                                                      \
    }                                                                                      \
    static enum fm_status log_density(const struct fm_closed_form *form, size_t n,         \
                                      const double *t, const double *x, double *log_p,     \
                                      void *scratch, struct fm_error *err)                 \
    {                                                                                      \
        const struct fm_problem *p = form->state;                                          \
        (void)scratch, (void)err;                                                          \
        for (size_t i = 0; i < n; i++) {                                                   \
            log_p[i] = log(of_density);                                                    \
            for (size_t j = 0; j < p->dim; j++) {                                          \
                const struct moment m = moment_at(p, t[i], j);                             \
                const double z = x[i * p->dim + j] - m.m;                                  \
                log_p[i] -= z * z / (2 * m.v) + log(6.28318530717958648 * m.v) / 2;        \
            }                                                                              \
        }                                                                                  \
        return FM_OK;                                                                      \
    }                                                                                      \
    static const struct fm_network_ops ops = {.size = sizeof ops,                          \
                                              .prepare = prepare,                          \
                                              .evaluate = evaluate,                        \
                                              .log_density = log_density};                 \
    const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,                               \
                                           .kind = FM_NETWORK,                             \
                                           .name = its_name,                               \
                                           .version = 1,                                   \
                                           .summary = "breaks a promise",                  \
                                           .network = &ops}
