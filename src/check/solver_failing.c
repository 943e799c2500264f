#include <config.h>

#include "check/solver_failing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_ROWS = 5, DIM = 2, N_STEPS = 3, MAX_CALLS = 200 };

struct failing {
    const struct fm_solver_subject *subject;
    struct fm_probe probe;
    double x[N_ROWS * DIM], before[N_ROWS * DIM];
    double *state;
};

static void fail(const struct failing *f, const char *what, const char *detail)
{
    fm_check_add_note(f->subject->sink, "failing velocity", "", FM_CHECK_FAIL,
                      "evaluation %llu of %d steps fails: %s%s",
                      (unsigned long long)f->probe.fails_at, N_STEPS, what, detail);
}

/* Steps until the evaluation fails.  False: the step breaks a promise, with a row that says so. */
static bool check_step(struct failing *f, bool *has_failed)
{
    const size_t n_state = f->subject->solver->scheme.n_state;
    const struct fm_own_steps steps = {.subject = f->subject,
                                       .probe = &f->probe,
                                       .n = N_ROWS,
                                       .n_steps = N_STEPS,
                                       .x = f->x,
                                       .state = f->state};
    fm_probe_reset(&f->probe);
    fm_field_start(N_ROWS, DIM, f->x);
    memset(f->state, 0, n_state * sizeof f->x);
    *has_failed = false;
    for (size_t i = 0; i < N_STEPS && !*has_failed; i++) {
        struct fm_error err = {0};
        memcpy(f->before, f->x, sizeof f->x);
        enum fm_status status = fm_own_step(&steps, i, &err);
        *has_failed = f->probe.fails_at && f->probe.n_calls >= f->probe.fails_at;
        if (!*has_failed && status != FM_OK) {
            fail(f, "an earlier step failed, ", err.message);
            return false;
        }
        if (*has_failed && status == FM_OK) {
            fail(f, "the step returns FM_OK", "");
            return false;
        }
        if (*has_failed && memcmp(f->before, f->x, sizeof f->x) != 0) {
            fail(f, "the step has changed x", "");
            return false;
        }
        if (*has_failed && !strstr(err.message, fm_probe_failure)) {
            fail(f, "the message is replaced by: ", err.message);
            return false;
        }
    }
    return true;
}

/* The same through the host, for tableaus. */
static bool check_solve(struct failing *f, bool *has_failed)
{
    const struct fm_velocity velocity = fm_probe_velocity(&f->probe);
    struct fm_outcome outcome;
    struct fm_error err = {0};
    fm_probe_reset(&f->probe);
    fm_field_start(N_ROWS, DIM, f->x);
    memcpy(f->before, f->x, sizeof f->x);
    struct fm_solve solve = fm_subject_solve(f->subject, &velocity, N_ROWS, f->x, &outcome);
    solve.control.n_steps = N_STEPS;
    enum fm_status status = fm_integrate(&solve, &outcome.result, &err);
    *has_failed = f->probe.fails_at && f->probe.n_calls >= f->probe.fails_at;
    if (*has_failed
        && (status == FM_OK || !strstr(err.message, fm_probe_failure)
            || memcmp(f->before, f->x, sizeof f->x) != 0)) {
        fail(f, "the solve returns FM_OK, changes x0 or replaces the message", "");
        return false;
    }
    return true;
}

void fm_check_solver_failing(const struct fm_solver_subject *subject)
{
    struct failing f = {.subject = subject, .probe = {.field = &fm_fields[FM_FIELD_TURN]}};
    const bool is_own = subject->solver->ops && subject->solver->ops->step;
    bool has_failed = true, is_right = true;
    uint64_t n = 0;
    fm_check_begin(subject->sink, "a failing velocity");
    f.state = calloc(subject->solver->scheme.n_state + 1, sizeof f.x);
    if (!f.state)
        return;
    while (has_failed && is_right && n < MAX_CALLS) {
        f.probe.fails_at = ++n;
        is_right = is_own ? check_step(&f, &has_failed) : check_solve(&f, &has_failed);
    }
    free(f.state);
    if (is_right)
        fm_check_add_note(
            subject->sink, "failing velocity", "", FM_CHECK_PASS,
            "at each of %llu evaluations: the error is passed on, x unchanged",
            (unsigned long long)(has_failed ? n : n - 1));
}
