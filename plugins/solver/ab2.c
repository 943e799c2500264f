/* Adams-Bashforth of 2 steps, its weights those of the grid's own steps. */
#include <fmrun/multistep.h>
#include <fmrun/plugin.h>

enum { ORDER = 2 };

struct options {
    int starter;
};

static const char *const starters[] = FM_STARTER_NAMES;

/* clang-format off */
static const struct fm_option options_table[] = {
    {"starter", FM_CHOICE, offsetof(struct options, starter), "rk4", .choices = starters,
     .help = "one-step method of the first step"},
    {0}};
/* clang-format on */

static enum fm_status prepare(const void *options, const struct fm_services *services,
                              struct fm_scheme *scheme, struct fm_error *err)
{
    const struct options *o = options;
    const enum fm_starter starter = (enum fm_starter)o->starter;
    (void)services;
    scheme->n_state = ORDER + fm_starter_arrays(starter);
    return fm_starter_check(starter, ORDER, err);
}

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    const struct options *o = options;
    struct fm_history past = fm_history_of(s, ORDER);
    double weights[ORDER];
    FM_TRY(s->velocity(s, s->t, s->x, past.v[0], err));
    if (past.n < ORDER)
        return fm_starter_step(s, (enum fm_starter)o->starter, past.v[0], past.free, err);
    fm_adams_weights(ORDER, past.t, s->t, s->times[s->index + 1], weights);
    fm_add_weighted(s->n * s->dim, ORDER, weights, past.v, s->x, s->x);
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = ORDER}, .prepare = prepare, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "ab2",
    .version = 1,
    .summary = "Adams-Bashforth, order 2, 1 evaluation a step after the first one",
    .source =
        "Bashforth and Adams 1883; Hairer, Norsett, Wanner 1993, Solving ODEs I, III.1 "
        "eq. 1.5, on any grid III.5",
    .options = options_table,
    .options_size = sizeof(struct options),
    .solver = &ops,
};
