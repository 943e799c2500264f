/* A solver plugin that steps by itself: copy this file to NAME.c, change what is marked (1)
 * to (4), then
 *
 *     cc -O2 -shared -fPIC $(pkg-config --cflags fmrun) -o PATH/solver/NAME.so NAME.c
 *     fmrun --plugin-path PATH plugins show solver/NAME
 *
 * For all methods but explicit Runge-Kutta: implicit, multistep, exponential, stochastic.
 * (A Runge-Kutta method is shorter as a table: solver.c.)  This one is the implicit
 * midpoint rule, x' = x + h v(t + h/2, (x + x')/2), solved by a fixed number of fixed-point
 * iterations from x' = x. */
#include <fmrun/plugin.h>

/* (1) Options, as they stand in a config: solvers: [{plugin: my_solver, n_iterations: 3}].
 */
struct my_options {
    int64_t n_iterations;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"n_iterations", FM_INT, offsetof(struct my_options, n_iterations), "3",
     .minimum = 2, .maximum = 100, .help = "evaluations a step; two give order two"},
    {0}}; /* the end */
/* clang-format on */

/* (2) One step of n rows from t to t + h.  s->velocity evaluates the network for all of
 * them; every call counts as one evaluation a row.  When it fails, x must be unchanged.
 *
 * s->state is memory: n_state arrays [n][dim], zero before the first step, kept between
 * steps.  A multistep method keeps old velocities there (fmrun/multistep.h); this one only
 * needs it within a step. */
static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    const struct my_options *o = options;
    const size_t size = s->n * s->dim;
    double *middle = s->state, *v = s->state + size;

    for (size_t i = 0; i < size; i++)
        middle[i] = s->x[i];
    for (int64_t k = 0; k < o->n_iterations; k++) {
        /* FM_TRY returns the error, if there is one. */
        FM_TRY(s->velocity(s, s->t + s->h / 2, middle, v, err));
        for (size_t i = 0; i < size; i++)
            middle[i] = s->x[i] + s->h / 2 * v[i];
    }
    for (size_t i = 0; i < size; i++)
        s->x[i] += s->h * v[i];
    return FM_OK;
}

/* (3) What the plugin does. */
static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 2, .n_state = 2}, .step = step};

/* (4) The only symbol that the plugin exports. */
const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "my_solver_step", /* the file's name without .so */
    .version = 1, /* raise it when results change: then fmrun does not reuse old ones */
    .summary = "implicit midpoint rule by fixed-point iteration",
    .source = "Hairer, Norsett, Wanner 1993, Solving ODEs I, II.7",
    .options = options_table,
    .options_size = sizeof(struct my_options),
    .solver = &ops,
};
