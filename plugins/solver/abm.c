/* Adams-Bashforth predicts, Adams-Moulton of the same order corrects, with the weights of the
 * grid's own steps. */
#include <fmrun/multistep.h>
#include <fmrun/plugin.h>

enum { MAX_ORDER = 4 };
enum mode { PECE, PEC };

struct options {
    int64_t order;
    int mode, starter;
};

static const char *const modes[] = {"pece", "pec", NULL};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"order", FM_INT, offsetof(struct options, order), "4", .minimum = 2, .maximum = MAX_ORDER,
     .help = "order of the predictor and of the corrector"},
    {"mode", FM_CHOICE, offsetof(struct options, mode), "pece", .choices = modes,
     .help = "pece evaluates after the correction too: 2 evaluations a step; pec: 1"},
    {"starter", FM_CHOICE, offsetof(struct options, starter), "rk4", .choices = fm_starter_names,
     .help = "one-step method of the first order - 1 steps; its order must be order - 1 or more"},
    {0}};
/* clang-format on */

static enum fm_status prepare(const void *options, const struct fm_services *services,
                              struct fm_scheme *scheme, struct fm_error *err)
{
    const struct options *o = options;
    const size_t n_free = fm_starter_arrays((enum fm_starter)o->starter);
    (void)services;
    scheme->order = (unsigned)o->order;
    scheme->n_state = (size_t)o->order + (n_free ? n_free : 1);
    return fm_starter_check((enum fm_starter)o->starter, scheme->order, err);
}

/* The velocity at the prediction goes into the oldest array, which the corrector does not use.
 * That array is the next step's v[0]: in mode pec it already holds what that step needs. */
static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    const struct options *o = options;
    const size_t order = (size_t)o->order, size = s->n * s->dim;
    const double t_next = s->times[s->index + 1];
    struct fm_history past = fm_history_of(s, order);
    double weights[MAX_ORDER], t[MAX_ORDER], *v[MAX_ORDER], *predicted = past.free;
    if (o->mode == PECE || s->index < order)
        FM_TRY(s->velocity(s, s->t, s->x, past.v[0], err));
    if (past.n < order)
        return fm_starter_step(s, (enum fm_starter)o->starter, past.v[0], past.free, err);

    fm_adams_weights(order, past.t, s->t, t_next, weights);
    fm_add_weighted(size, order, weights, past.v, s->x, predicted);
    t[0] = t_next;
    v[0] = past.v[order - 1];
    FM_TRY(s->velocity(s, t_next, predicted, v[0], err));
    for (size_t j = 1; j < order; j++) {
        t[j] = past.t[j - 1];
        v[j] = past.v[j - 1];
    }
    fm_adams_weights(order, t, s->t, t_next, weights);
    fm_add_weighted(size, order, weights, v, s->x, s->x);
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = MAX_ORDER}, .prepare = prepare, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "abm",
    .version = 1,
    .summary = "Adams-Bashforth-Moulton predictor-corrector, order 2 to 4, 2 evaluations a "
               "step or 1",
    .source =
        "Moulton 1926; Hairer, Norsett, Wanner 1993, Solving ODEs I, III.1 eq. 1.5, 1.9 "
        "and 1.11, on any grid III.5",
    .options = options_table,
    .options_size = sizeof(struct options),
    .solver = &ops,
};
