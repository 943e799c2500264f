/* A Runge-Kutta method from the config.  The host checks the order conditions, and finds the
 * order where none is declared. */
#include <fmrun/plugin.h>
#include <stddef.h>

struct tableau_options {
    struct fm_matrix a;
    struct fm_reals b, b_hat, c;
    int64_t order, embedded_order;
};

/* clang-format off */
#define AT(member) offsetof(struct tableau_options, member)
static const struct fm_option options_table[] = {
    {"a", FM_MATRIX, AT(a), NULL,
     .help = "coefficients, [stages][stages], a row for each stage; 1/3 is a number"},
    {"b", FM_REALS, AT(b), NULL, .help = "weights"},
    {"b_hat", FM_REALS, AT(b_hat), "", .help = "weights of the embedded method, for step control"},
    {"c", FM_REALS, AT(c), "", .help = "nodes; none: the row sums of a"},
    {"order", FM_INT, AT(order), "0", .minimum = 0, .maximum = 10,
     .help = "order that b must have; 0: any"},
    {"embedded_order", FM_INT, AT(embedded_order), "0", .minimum = 0, .maximum = 10,
     .help = "order that b_hat must have; 0: any"},
    {0}};
#undef AT
/* clang-format on */

static enum fm_status prepare(const void *options, const struct fm_services *services,
                              struct fm_scheme *scheme, struct fm_error *err)
{
    const struct tableau_options *o = options;
    const size_t s = o->b.n;
    if (s == 0 || s > FM_MAX_STAGES)
        return fm_fail(err, FM_ERROR_CONFIG, "b must have 1 to %d weights", FM_MAX_STAGES);
    if (o->a.n_rows != s || o->a.n_columns != s)
        return fm_fail(
            err, FM_ERROR_CONFIG,
            "a must have %zu rows of %zu numbers, as b has %zu; it has %zu of %zu", s, s, s,
            o->a.n_rows, o->a.n_columns);
    if ((o->b_hat.n != 0 && o->b_hat.n != s) || (o->c.n != 0 && o->c.n != s))
        return fm_fail(err, FM_ERROR_CONFIG, "%s must have %zu numbers, as b; it has %zu",
                       o->c.n != 0 && o->c.n != s ? "c" : "b_hat", s,
                       o->c.n != 0 && o->c.n != s ? o->c.n : o->b_hat.n);
    if (o->b_hat.n == 0 && o->embedded_order != 0)
        return fm_fail(err, FM_ERROR_CONFIG, "embedded_order has no effect without b_hat");
    struct fm_tableau *t = services->allocate(services, 1, sizeof *t);
    double *c = services->allocate(services, s, sizeof *c);
    if (!t || !c)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < s; i++)
        for (size_t j = 0; j < s; j++)
            c[i] += o->a.values[i * s + j];
    *t = (struct fm_tableau){.n_stages = s,
                             .order = (unsigned)o->order,
                             .embedded_order = (unsigned)o->embedded_order,
                             .a = o->a.values,
                             .b = o->b.values,
                             .b_embedded = o->b_hat.n ? o->b_hat.values : NULL,
                             .c = o->c.n ? o->c.values : c};
    scheme->tableau = t;
    return FM_OK;
}

static const struct fm_solver_ops ops = {.size = sizeof ops, .prepare = prepare};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "tableau",
    .version = 1,
    .summary = "Runge-Kutta method written in the config: a, b, c and b_hat",
    .source =
        "Butcher 1963; Hairer, Norsett, Wanner 1993, Solving ODEs I, II.2 theorem 2.13",
    .options = options_table,
    .options_size = sizeof(struct tableau_options),
    .solver = &ops,
};
