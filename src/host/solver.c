#include <config.h>

#include "host/solver.h"

#include "base/error.h"
#include "base/text.h"
#include "host/call.h"
#include "host/data.h"

#include <math.h>
#include <string.h>

/* ---- what a scheme must have ---- */

enum { MAX_STATE = 1000 }; /* arrays, far more than a method needs */

static bool lacks(char mistake[FM_TABLEAU_TEXT], const char *text)
{
    (void)snprintf(mistake, FM_TABLEAU_TEXT, "%s", text);
    return true;
}

static bool adds_up(const double *weights, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    return fabs(sum - 1) <= 1e-10;
}

static bool tableau_mistake(const struct fm_tableau *t, char mistake[FM_TABLEAU_TEXT])
{
    if (fm_tableau_mistake(t, mistake))
        return true;
    if (t->order == 0)
        return lacks(mistake, "it must have the tableau's order");
    if ((t->b_embedded != NULL) != (t->embedded_order != 0))
        return lacks(mistake,
                     "it must have both b_embedded and embedded_order, or neither");
    if (t->b_embedded && memcmp(t->b, t->b_embedded, t->n_stages * sizeof *t->b) == 0)
        return lacks(mistake,
                     "its embedded weights must differ from b, or they estimate no error");
    if (t->b_embedded && t->n_stages < 2)
        return lacks(mistake, "it must have at least two stages to control its step");
    if (!adds_up(t->b, t->n_stages))
        return lacks(mistake, "its b must add up to 1");
    if (t->b_embedded && !adds_up(t->b_embedded, t->n_stages))
        return lacks(mistake, "its b_embedded must add up to 1");
    return false;
}

bool fm_scheme_mistake(const struct fm_scheme *scheme, const struct fm_solver_ops *ops,
                       char mistake[FM_TABLEAU_TEXT])
{
    if ((scheme->tableau != NULL) == (ops->step != NULL))
        return lacks(mistake, "it must have exactly one of tableau and step");
    if (scheme->tableau && ops->solve)
        return lacks(mistake, "it must have either a tableau or solve, not both");
    if (scheme->tableau)
        return tableau_mistake(scheme->tableau, mistake);
    if (scheme->order == 0)
        return lacks(mistake, "it must have the order of step");
    if (scheme->n_state > MAX_STATE)
        return lacks(mistake, "its n_state is too large");
    if (scheme->is_adaptive && !ops->solve)
        return lacks(mistake, "it must have solve, since it is_adaptive");
    return false;
}

/* ---- tableaus that come with the options ---- */

/* Finds the order of these weights.  declared: 0 for unknown. */
static enum fm_status find_order(const struct fm_tableau *t, const double *weights,
                                 const char *name, unsigned declared, unsigned *order,
                                 struct fm_text *found, struct fm_error *err)
{
    const struct fm_tableau_order o = fm_tableau_order(t, weights, name);
    if (o.order == 0)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "no Runge-Kutta method: the condition %s fails", o.violated);
    if (declared > o.order)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "order %u is declared, but %s has order %u: the condition %s fails",
                       declared, name, o.order, o.violated);
    *order = declared ? declared : o.order;
    fm_text_add(found, "%s%s: order %u", found->length ? "; " : "", name, o.order);
    if (o.violated[0])
        fm_text_add(found, " (for order %u, %s fails)", o.order + 1, o.violated);
    return FM_OK;
}

/* Replaces the scheme's tableau by one with its orders. */
static enum fm_status complete_tableau(struct fm_arena *arena, struct fm_solver *solver,
                                       struct fm_error *err)
{
    struct fm_text found = {0};
    char mistake[FM_TABLEAU_TEXT];
    struct fm_tableau *t = FM_NEW(arena, 1, struct fm_tableau);
    if (!t)
        return fm_out_of_memory(err);
    *t = *solver->scheme.tableau;
    t->is_fsal = false;
    if (fm_tableau_mistake(t, mistake))
        return fm_fail(err, FM_ERROR_CONFIG, "not an explicit Runge-Kutta method: %s",
                       mistake);
    if (t->b_embedded && memcmp(t->b, t->b_embedded, t->n_stages * sizeof *t->b) == 0)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "b_hat equals b and estimates no error: leave it out");
    t->is_fsal = fm_tableau_is_fsal(t);
    enum fm_status status = find_order(t, t->b, "b", t->order, &t->order, &found, err);
    if (status == FM_OK && t->b_embedded)
        status = find_order(t, t->b_embedded, "b_hat", t->embedded_order,
                            &t->embedded_order, &found, err);
    if (status == FM_OK && t->is_fsal)
        fm_text_add(&found, "; first same as last");
    if (status == FM_OK) {
        solver->found =
            found.has_failed ? NULL : fm_arena_text(arena, fm_text_bytes(&found));
        solver->scheme.tableau = t;
        status = solver->found ? FM_OK : fm_out_of_memory(err);
    }
    fm_text_fini(&found);
    return status;
}

/* ---- opening ---- */

enum fm_status fm_solver_open(struct fm_arena *arena, const struct fm_plugin *plugin,
                              const void *options, struct fm_solver *solver,
                              struct fm_error *err)
{
    const struct fm_solver_ops *ops = plugin->solver;
    char mistake[FM_TABLEAU_TEXT];
    *solver = (struct fm_solver){.ops = ops, .options = options, .scheme = ops->scheme};
    if (!ops->prepare)
        return FM_OK;
    const struct fm_services services = fm_services_make(arena);
    fm_call_begin(plugin->kind, plugin->name, "prepare");
    enum fm_status status = ops->prepare(options, &services, &solver->scheme, err);
    fm_call_end();
    FM_TRY(status);
    if (solver->scheme.tableau && solver->scheme.tableau != ops->scheme.tableau)
        FM_TRY(complete_tableau(arena, solver, err));
    if (fm_scheme_mistake(&solver->scheme, ops, mistake))
        return fm_fail(err, FM_ERROR_PLUGIN, "solver \"%s\" with these options: %s",
                       plugin->name, mistake);
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
