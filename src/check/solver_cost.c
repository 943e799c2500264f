#include <config.h>

#include "check/solver_cost.h"

#include <math.h>

/* More rows than a block has. */
enum { N_ROWS = 70, MAX_STEPS = 40 };

static bool is_adaptive(const struct fm_solver_subject *s)
{
    return fm_solver_is_adaptive(s->solver);
}

/* ---- evaluations ---- */

/* Evaluations of one row; 0: not declared. */
static uint64_t expected(const struct fm_tableau *t, size_t n_steps)
{
    if (!t || n_steps == 0)
        return 0;
    return n_steps * (t->n_stages - (t->is_fsal ? 1 : 0));
}

/* False: the host's count, the probe's and the declared one differ, with a row that says so. */
static bool check_count(const struct fm_solver_subject *s, size_t n_steps, double *a_step)
{
    struct fm_probe probe = {.field = &fm_fields[FM_FIELD_SPIRAL]};
    const struct fm_velocity velocity = fm_probe_velocity(&probe);
    struct fm_outcome outcome;
    struct fm_error err = {0};
    double x0[N_ROWS * FM_FIELD_MAX_DIM];
    const uint64_t each = expected(s->solver->scheme.tableau, n_steps);
    fm_probe_reset(&probe);
    fm_field_start(N_ROWS, probe.field->dim, x0);
    struct fm_solve solve = fm_subject_solve(s, &velocity, N_ROWS, x0, &outcome);
    solve.control.n_steps = n_steps;
    if (fm_integrate(&solve, &outcome.result, &err) != FM_OK) {
        fm_check_add_note(s->sink, "evaluations", "", FM_CHECK_FAIL, "%zu steps: %s",
                          n_steps, err.message);
        return false;
    }
    const uint64_t counted = atomic_load(&probe.n_evaluations);
    *a_step = n_steps ? outcome.result.nfe_mean / (double)n_steps : 0;
    bool is_declared =
        each == 0 || (outcome.result.nfe_min == each && outcome.result.nfe_max == each);
    if (counted == outcome.result.nfe_total && is_declared)
        return true;
    fm_check_add_row(s->sink, "evaluations", "", FM_CHECK_FAIL,
                     each ? (double)each : (double)outcome.result.nfe_total / N_ROWS,
                     (double)counted / N_ROWS, "evaluations of a row in %zu steps",
                     n_steps);
    return false;
}

static void check_evaluations(const struct fm_solver_subject *s)
{
    static const size_t steps[] = {1, 2, 3, 7, 10};
    const size_t n = sizeof steps / sizeof *steps;
    double a_step = 0, ignored;
    fm_check_begin(s->sink, "evaluations");
    for (size_t i = 0; i < n; i++)
        if (!check_count(s, steps[i], &a_step))
            return;
    if (is_adaptive(s) && !check_count(s, 0, &ignored))
        return;
    fm_check_add_note(s->sink, "evaluations", "", FM_CHECK_PASS, "as counted%s",
                      s->solver->scheme.tableau ? " and as declared" : "");
    fm_check_add_row(s->sink, "evaluations a step", "10 steps", FM_CHECK_INFO, (double)NAN,
                     a_step, "%.2f a step", a_step);
}

/* ---- times ---- */

/* Solves on n_steps equal steps, on `times`, or (n_steps = 0) with step control.  False: a time
 * lies outside [0, 1] or the solve fails, with a row that says so. */
static bool check_range(const struct fm_solver_subject *s, size_t n_steps,
                        const double *times, struct fm_probe *probe)
{
    const struct fm_velocity velocity = fm_probe_velocity(probe);
    struct fm_outcome outcome;
    struct fm_error err = {0};
    double x0[2] = {0.4, 0.3};
    fm_probe_reset(probe);
    struct fm_solve solve = fm_subject_solve(s, &velocity, 1, x0, &outcome);
    solve.control.n_steps = n_steps;
    solve.control.times = times;
    if (fm_integrate(&solve, &outcome.result, &err) != FM_OK) {
        fm_check_add_note(s->sink, "times", "", FM_CHECK_FAIL, "%zu steps: %s", n_steps,
                          err.message);
        return false;
    }
    if (probe->n_calls == 0 || (probe->first >= 0 && probe->last <= 1))
        return true;
    fm_check_add_row(s->sink, "times", "", FM_CHECK_FAIL, 1,
                     probe->first >= 0 ? probe->last : probe->first,
                     "%zu steps%s: evaluates at t from %.6g to %.6g", n_steps,
                     times ? " of an uneven grid" : "", probe->first, probe->last);
    return false;
}

static void check_times(const struct fm_solver_subject *s)
{
    struct fm_probe probe = {.field = &fm_fields[FM_FIELD_TURN], .is_watched = true};
    double times[MAX_STEPS + 1];
    fm_check_begin(s->sink, "times of evaluations");
    if (is_adaptive(s) && !check_range(s, 0, NULL, &probe))
        return;
    for (size_t n_steps = 1; n_steps <= MAX_STEPS; n_steps++) {
        fm_uneven_times(n_steps, times);
        if (n_steps % 2 == 0 && !check_range(s, n_steps, times, &probe))
            return;
        if (!check_range(s, n_steps, NULL, &probe))
            return;
    }
    fm_check_add_note(s->sink, "times", "", FM_CHECK_PASS, "all within [0, 1]");
    if (check_range(s, 10, NULL, &probe) && probe.n_calls > 0)
        fm_check_add_row(s->sink, "last time", "10 steps", FM_CHECK_INFO, (double)NAN,
                         probe.last, "from t = %.4g to %.4g: %s t = 1", probe.first,
                         probe.last, probe.last == 1 ? "it evaluates at" : "not at");
}

void fm_check_solver_cost(const struct fm_solver_subject *s)
{
    check_evaluations(s);
    check_times(s);
}
