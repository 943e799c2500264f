#include <config.h>

#include "check/solver_control.h"

#include <math.h>

enum { N_ROWS = 8, N_TOLERANCES = 4, MAX_EVALUATIONS = 60000 };
static const double tolerances[N_TOLERANCES] = {1e-4, 1e-6, 1e-8, 1e-10};

/* Errors of all steps add up, and the flow may enlarge them some ten times. */
static const double most_allowed = 300;

struct solved {
    size_t n; /* tolerances solved within MAX_EVALUATIONS */
    double error[N_TOLERANCES], nfe[N_TOLERANCES];
};

/* False: a solve fails, with a row that says so. */
static bool solve_all(const struct fm_solver_subject *s, const struct fm_field *field,
                      struct solved *to)
{
    struct fm_probe probe = {.field = field};
    const struct fm_velocity velocity = fm_probe_velocity(&probe);
    double x0[N_ROWS * FM_FIELD_MAX_DIM];
    fm_field_start(N_ROWS, field->dim, x0);
    for (to->n = 0; to->n < N_TOLERANCES; to->n++) {
        struct fm_outcome outcome;
        struct fm_error err = {0};
        struct fm_solve solve = fm_subject_solve(s, &velocity, N_ROWS, x0, &outcome);
        solve.control.rtol = solve.control.atol = tolerances[to->n];
        solve.control.max_evaluations = MAX_EVALUATIONS;
        enum fm_status status = fm_integrate(&solve, &outcome.result, &err);
        if (status == FM_OK && to->n > 0 && outcome.result.first_failure == FM_ROW_TOO_LONG)
            return true; /* of low order: smaller tolerances take too long for a check */
        if (status != FM_OK || outcome.result.n_failed > 0) {
            fm_check_add_note(s->sink, "tolerance", field->name, FM_CHECK_FAIL, "at %g: %s",
                              tolerances[to->n],
                              status != FM_OK
                                  ? err.message
                                  : fm_row_failure_text(outcome.result.first_failure));
            return false;
        }
        to->error[to->n] = fm_field_error(field, 1, N_ROWS, x0, outcome.x1);
        to->nfe[to->n] = outcome.result.nfe_mean;
    }
    return true;
}

static void add_tolerance_row(const struct fm_solver_subject *s,
                              const struct fm_field *field, const struct solved *r)
{
    double worst = 0, at = tolerances[0];
    bool costs_more = true;
    for (size_t i = 0; i < r->n; i++) {
        if (!(r->error[i] / tolerances[i] <= worst)) {
            worst = r->error[i] / tolerances[i];
            at = tolerances[i];
        }
        costs_more = costs_more && (i == 0 || r->nfe[i] >= r->nfe[i - 1]);
    }
    bool is_right = worst <= most_allowed && costs_more;
    if (!costs_more)
        fm_check_add_row(s->sink, "tolerance", field->name, FM_CHECK_FAIL, (double)NAN,
                         worst, "a smaller tolerance costs fewer evaluations");
    else
        fm_check_add_row(
            s->sink, "tolerance", field->name, is_right ? FM_CHECK_PASS : FM_CHECK_FAIL,
            most_allowed, worst,
            "largest error in units of the tolerance, at %g; tolerances %g to %g", at,
            tolerances[0], tolerances[r->n - 1]);
}

void fm_check_solver_control(const struct fm_solver_subject *s)
{
    if (!fm_solver_is_adaptive(s->solver) || s->solver->scheme.is_stochastic)
        return;
    fm_check_begin(s->sink, "step control");
    for (size_t k = 0; k < FM_N_FIELDS; k++) {
        struct solved solved;
        if (solve_all(s, &fm_fields[k], &solved))
            add_tolerance_row(s, &fm_fields[k], &solved);
    }
}
