#include <config.h>

#include "check/solver_subject.h"

#include "base/stream.h"
#include "host/data.h"

#include <math.h>

struct fm_solve fm_subject_solve(const struct fm_solver_subject *subject,
                                 const struct fm_velocity *velocity, size_t n,
                                 const double *x0, struct fm_outcome *outcome)
{
    return (struct fm_solve){
        .velocity = velocity,
        .solver = subject->solver,
        .problem = subject->problem,
        .control = {.rtol = 1e-6, .atol = 1e-6, .max_evaluations = 1000000},
        .noise = {.seed = FM_SUBJECT_SEED, .stream = FM_STREAM_SAMPLE_NOISE},
        .n_threads = 1,
        .n = n,
        .x0 = x0,
        .x1 = outcome->x1,
        .nfe = outcome->nfe,
    };
}

void fm_uneven_times(size_t n_steps, double *times)
{
    const double pi = 3.14159265358979323846;
    for (size_t i = 0; i <= n_steps; i++) {
        double s = ((double)i + (i % 2 ? 0.25 : 0)) / (double)n_steps;
        times[i] = s - 0.4 * sin(2 * pi * s) / (2 * pi);
    }
    times[n_steps] = 1;
}

/* ---- the solver's own step ---- */

static enum fm_status own_velocity(const struct fm_step *step, double t, const double *x,
                                   double *v, struct fm_error *err)
{
    double times[FM_SUBJECT_MAX_ROWS];
    for (size_t i = 0; i < step->n; i++)
        times[i] = t;
    struct fm_velocity velocity = fm_probe_velocity(step->velocity_context);
    return velocity.ops->evaluate(&velocity.form, step->n, times, x, v, NULL, err);
}

static void own_path(const struct fm_step *step, double t, struct fm_path_point *point)
{
    (void)step;
    fm_smooth_path(NULL, t, point);
}

enum fm_status fm_own_step(const struct fm_own_steps *s, size_t index, struct fm_error *err)
{
    double times[FM_SUBJECT_MAX_ROWS];
    const struct fm_services services = fm_services_make(NULL);
    for (size_t i = 0; i <= s->n_steps; i++)
        times[i] = (double)i / (double)s->n_steps;
    const struct fm_step step = {
        .n = s->n,
        .dim = s->probe->field->dim,
        .index = index,
        .n_steps = s->n_steps,
        .times = times,
        .t = times[index],
        .h = times[index + 1] - times[index],
        .x = s->x,
        .state = s->state,
        .noise = {FM_SUBJECT_SEED, FM_STREAM_SAMPLE_NOISE, (uint32_t)index},
        .first_row = s->first_row,
        .services = &services,
        .velocity = own_velocity,
        .velocity_context = s->probe,
        .path = s->subject->problem ? own_path : NULL,
    };
    return s->subject->solver->ops->step(s->subject->solver->options, &step, err);
}
