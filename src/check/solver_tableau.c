#include <config.h>

#include "check/solver_tableau.h"

#include "host/tableau.h"

#include <math.h>

/* Rounded coefficients miss their conditions by some 1e-16; fm_tableau_order takes a defect below
 * 1e-12 for 0. */
static void check_conditions(const struct fm_solver_subject *s, const char *name,
                             const double *weights, unsigned declared)
{
    struct fm_tableau_order found =
        fm_tableau_order(s->solver->scheme.tableau, weights, name);
    bool is_right = found.order == declared
                    || (found.order == FM_TABLEAU_MAX_ORDER && declared > found.order);
    if (is_right)
        fm_check_add_row(s->sink, "order conditions", name, FM_CHECK_PASS, declared,
                         found.order, "off by %.0e at most", found.defect);
    else
        fm_check_add_row(s->sink, "order conditions", name, FM_CHECK_FAIL, declared,
                         found.order, "%s%s",
                         found.order < declared ? "violated: " : "the order is higher",
                         found.order < declared ? found.violated : "");
}

void fm_check_solver_tableau(const struct fm_solver_subject *s)
{
    const struct fm_tableau *t = s->solver->scheme.tableau;
    char mistake[FM_TABLEAU_TEXT];
    if (!t)
        return;
    fm_check_begin(s->sink, "order conditions");
    if (fm_tableau_mistake(t, mistake)) {
        fm_check_add_note(s->sink, "nodes", "", FM_CHECK_FAIL, "%s", mistake);
        return;
    }
    fm_check_add_note(s->sink, "nodes", "", FM_CHECK_PASS,
                      "each is the sum of its row of a");
    bool is_fsal = fm_tableau_is_fsal(t);
    if (is_fsal || t->is_fsal)
        fm_check_add_row(s->sink, "first same as last", "",
                         is_fsal && t->is_fsal ? FM_CHECK_PASS : FM_CHECK_INFO, t->is_fsal,
                         is_fsal, "%s",
                         t->is_fsal ? "the last row of a is b"
                                    : "not declared: an evaluation a step could be saved");
    check_conditions(s, "b", t->b, t->order);
    if (t->b_embedded)
        check_conditions(s, "b_embedded", t->b_embedded, t->embedded_order);
}
