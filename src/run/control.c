#include <config.h>

#include "run/control.h"

struct fm_control fm_method_control(const struct fm_method *m)
{
    const struct fm_method_options *o = &m->options;
    return (struct fm_control){.n_steps = (size_t)o->steps,
                               .rtol = o->rtol,
                               .atol = o->atol,
                               .first_step = o->first_step,
                               .max_evaluations = (uint64_t)o->max_evaluations};
}

struct fm_control fm_reference_control(const struct fm_reference_options *o, double factor,
                                       double t_end)
{
    return (struct fm_control){.t_to = t_end,
                               .rtol = o->rtol * factor,
                               .atol = o->atol * factor,
                               .max_evaluations = (uint64_t)o->max_evaluations};
}
