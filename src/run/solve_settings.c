#include <config.h>

#include "run/solve_settings.h"

#include "run/model_labels.h"

struct fm_control fm_method_control(const struct fm_method *m)
{
    const struct fm_method_options *o = &m->options;
    if (o->steps > 0)
        return (struct fm_control){.n_steps = (size_t)o->steps, .times = m->times};
    return (struct fm_control){.t_to = o->t_end,
                               .rtol = o->rtol,
                               .atol = o->atol,
                               .first_step = o->first_step,
                               .min_step = o->min_step,
                               .max_step = o->max_step,
                               .controller = (enum fm_controller)o->controller,
                               .has_shared_step = o->control == FM_STEP_SHARED,
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

struct fm_likelihood fm_model_likelihood(const struct fm_model *model,
                                         const struct fm_experiment *e, uint64_t seed,
                                         size_t n_threads, const atomic_bool *stop)
{
    return (struct fm_likelihood){
        .velocity = &model->velocity,
        .source = &model->source,
        /* with labels, the density of the data given a label is unknown */
        .data = fm_model_has_labels(model) ? NULL : &model->data,
        .guidance = fm_model_guidance(model, NULL, 1),
        .solver = &e->reference_ready,
        .max_evaluations = (uint64_t)e->reference.max_evaluations,
        .seed = seed,
        .n_threads = n_threads,
        .stop = stop,
    };
}
