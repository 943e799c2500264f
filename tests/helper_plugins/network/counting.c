/* v(x, t) = cos(3 t) - (1 + t) x with a counter in a file, shared by all processes that use it:
 * two 64-bit numbers, rows of evaluate and rows of jvp.  For tests of what is counted. */
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <fmrun/plugin.h>
#include <math.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

struct counting_options {
    const char *file;
};

static const struct fm_option options_table[] = {{"file", FM_TEXT,
                                                  offsetof(struct counting_options, file),
                                                  NULL, .help = "of the counter"},
                                                 {0}};

struct counter {
    atomic_ullong n_evaluations, n_jvps;
};

struct counting {
    struct counter *counter;
    size_t dim;
};

static enum fm_status prepare(const void *options, const struct fm_services *services,
                              const struct fm_problem *problem, struct fm_closed_form *form,
                              struct fm_error *err)
{
    const struct counting_options *o = options;
    struct counting *state = services->allocate(services, 1, sizeof *state);
    int file = open(o->file, O_RDWR | O_CREAT, 0600);
    if (!state || file < 0 || ftruncate(file, sizeof(struct counter)) != 0)
        return fm_fail(err, FM_ERROR_NO_INPUT, "can't open the counter %s", o->file);
    state->dim = problem->dim;
    state->counter =
        mmap(NULL, sizeof(struct counter), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    (void)close(file);
    if (state->counter == MAP_FAILED)
        return fm_fail(err, FM_ERROR_MEMORY, "can't map the counter %s", o->file);
    *form = (struct fm_closed_form){.state = state, .scratch_bytes = 8};
    return FM_OK;
}

static enum fm_status evaluate(const struct fm_closed_form *form, size_t n, const double *t,
                               const double *x, double *v, void *scratch,
                               struct fm_error *err)
{
    const struct counting *state = form->state;
    (void)scratch, (void)err;
    atomic_fetch_add(&state->counter->n_evaluations, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i * state->dim; j < (i + 1) * state->dim; j++)
            v[j] = cos(3 * t[i]) - (1 + t[i]) * x[j];
    return FM_OK;
}

static enum fm_status jvp(const struct fm_closed_form *form, size_t n, const double *t,
                          const double *x, const double *dx, double *dv, void *scratch,
                          struct fm_error *err)
{
    const struct counting *state = form->state;
    (void)scratch, (void)err, (void)x;
    atomic_fetch_add(&state->counter->n_jvps, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i * state->dim; j < (i + 1) * state->dim; j++)
            dv[j] = -(1 + t[i]) * dx[j];
    return FM_OK;
}

static const struct fm_network_ops ops = {
    .size = sizeof ops, .prepare = prepare, .evaluate = evaluate, .jvp = jvp};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_NETWORK,
    .name = "counting",
    .version = 1,
    .summary = "counts its own evaluations",
    .options = options_table,
    .options_size = sizeof(struct counting_options),
    .network = &ops,
};
