#include <config.h>

#include "host/solver.h"

#include "base/error.h"
#include "host/data.h"

#include <math.h>

/* ---- what a scheme must have ---- */

static double sum(const double *x, size_t n)
{
    double total = 0;
    for (size_t i = 0; i < n; i++)
        total += x[i];
    return total;
}

/* What no order can be had without, and what a mistyped coefficient breaks first. */
static const char *consistency_mistake(const struct fm_tableau *t)
{
    const double tolerance = 1e-10;
    size_t s = t->n_stages;
    for (size_t i = 0; i < s; i++)
        if (!(fabs(sum(t->a + i * s, s) - t->c[i]) <= tolerance))
            return "a tableau whose c are the sums of the rows of a";
    if (!(fabs(sum(t->b, s) - 1) <= tolerance))
        return "a tableau whose b sums to 1";
    if (t->b_embedded && !(fabs(sum(t->b_embedded, s) - 1) <= tolerance))
        return "a tableau whose b_embedded sums to 1";
    for (size_t j = 0; t->is_fsal && j < s; j++)
        if (t->a[(s - 1) * s + j] != t->b[j])
            return "a tableau whose last row of a is b, since it says is_fsal";
    return NULL;
}

static const char *tableau_mistake(const struct fm_tableau *t)
{
    if (t->n_stages == 0 || t->n_stages > FM_MAX_STAGES)
        return "a tableau of 1 to 32 stages";
    if (!t->a || !t->b || !t->c)
        return "the tableau's a, b and c";
    if (t->order == 0)
        return "the tableau's order";
    if ((t->b_embedded != NULL) != (t->embedded_order != 0))
        return "both b_embedded and embedded_order, or neither";
    if (t->b_embedded && t->n_stages < 2)
        return "at least two stages to control its step";
    for (size_t i = 0; i < t->n_stages; i++)
        for (size_t j = i; j < t->n_stages; j++)
            if (t->a[i * t->n_stages + j] != 0)
                return "an explicit tableau (zeros on and above the diagonal)";
    return consistency_mistake(t);
}

const char *fm_scheme_mistake(const struct fm_scheme *scheme,
                              const struct fm_solver_ops *ops)
{
    if ((scheme->tableau != NULL) == (ops->step != NULL))
        return "exactly one of tableau and step";
    if (scheme->tableau)
        return ops->solve ? "either a tableau or solve, not both"
                          : tableau_mistake(scheme->tableau);
    if (scheme->order == 0)
        return "the order of step";
    if (scheme->is_adaptive && !ops->solve)
        return "solve, since it says is_adaptive";
    return NULL;
}

/* ---- opening ---- */

enum fm_status fm_solver_open(struct fm_arena *arena, const struct fm_plugin *plugin,
                              const void *options, struct fm_solver *solver,
                              struct fm_error *err)
{
    const struct fm_solver_ops *ops = plugin->solver;
    *solver = (struct fm_solver){.ops = ops, .options = options, .scheme = ops->scheme};
    if (!ops->prepare)
        return FM_OK;
    const struct fm_services services = fm_services_make(arena);
    FM_TRY(ops->prepare(options, &services, &solver->scheme, err));
    const char *mistake = fm_scheme_mistake(&solver->scheme, ops);
    if (mistake)
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "solver \"%s\" with these options must have %s", plugin->name,
                       mistake);
    return FM_OK;
}

bool fm_solver_is_adaptive(const struct fm_solver *solver)
{
    const struct fm_scheme *scheme = &solver->scheme;
    return scheme->tableau ? scheme->tableau->b_embedded != NULL : scheme->is_adaptive;
}

unsigned fm_solver_order(const struct fm_solver *solver)
{
    const struct fm_scheme *scheme = &solver->scheme;
    return scheme->tableau ? scheme->tableau->order : scheme->order;
}
