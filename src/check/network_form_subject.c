#include <config.h>

#include "check/network_form_subject.h"

#include "base/error.h"
#include "host/data.h"

#include <string.h>

enum fm_status fm_form_prepare(struct fm_arena *arena, const struct fm_network_ops *ops,
                               const void *options, const struct fm_problem *problem,
                               struct fm_closed_form *form, struct fm_error *err)
{
    struct fm_services *services = FM_NEW(arena, 1, struct fm_services);
    struct fm_problem *kept = FM_NEW(arena, 1, struct fm_problem);
    if (!services || !kept)
        return fm_out_of_memory(err);
    *services = fm_services_make(arena);
    *kept = *problem;
    *form = (struct fm_closed_form){0};
    return ops->prepare(options, services, kept, form, err);
}

enum fm_status fm_form_evaluate(struct fm_arena *arena, const struct fm_network_ops *ops,
                                const struct fm_closed_form *form, size_t dim,
                                double v[FM_FORM_ROWS * FM_PROBLEM_MAX_DIM],
                                struct fm_error *err)
{
    static const double t[FM_FORM_ROWS] = {0.1, 0.1, 0.4, 0.5, 0.8, 0.95};
    double x[FM_FORM_ROWS * FM_PROBLEM_MAX_DIM];
    void *scratch = fm_arena_take(arena, 1, form->scratch_bytes);
    if (!scratch)
        return fm_out_of_memory(err);
    fm_network_fill(x, FM_FORM_ROWS * dim, 1, 90);
    memset(v, 0, FM_FORM_ROWS * FM_PROBLEM_MAX_DIM * sizeof *v);
    return ops->evaluate(form, FM_FORM_ROWS, t, x, v, scratch, err);
}
