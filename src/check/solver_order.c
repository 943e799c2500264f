#include <config.h>

#include "check/solver_order.h"

#include "check/fit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N_ROWS = 8, MAX_STEPS = 1536 };

enum grid { EVEN, UNEVEN, THERE_AND_BACK };

struct series {
    const struct fm_solver_subject *subject;
    const struct fm_solver *solver; /* the subject's, or its embedded row */
    const struct fm_field *field;
    enum grid grid;
};

static enum fm_status solve(const struct series *s, const struct fm_velocity *velocity,
                            size_t n_steps, const double *times, const double *x0,
                            struct fm_outcome *outcome, struct fm_error *err)
{
    struct fm_solve solve = fm_subject_solve(s->subject, velocity, N_ROWS, x0, outcome);
    solve.solver = s->solver;
    solve.control.n_steps = n_steps;
    solve.control.times = times;
    return fm_integrate(&solve, &outcome->result, err);
}

static void reverse(size_t n_steps, double *times)
{
    for (size_t i = 0; i < n_steps - i; i++) {
        double t = times[i];
        times[i] = times[n_steps - i];
        times[n_steps - i] = t;
    }
}

static enum fm_status errors_of(void *context, size_t n_steps, double *errors,
                                struct fm_error *err)
{
    const struct series *s = context;
    struct fm_probe probe = {.field = s->field};
    const struct fm_velocity velocity = fm_probe_velocity(&probe);
    const size_t dim = s->field->dim;
    double times[MAX_STEPS + 1], x0[N_ROWS * FM_FIELD_MAX_DIM], exact[FM_FIELD_MAX_DIM];
    struct fm_outcome outcome, back;
    fm_field_start(N_ROWS, dim, x0);
    if (s->grid == UNEVEN)
        fm_uneven_times(n_steps, times);
    FM_TRY(
        solve(s, &velocity, n_steps, s->grid == UNEVEN ? times : NULL, x0, &outcome, err));
    if (s->grid == THERE_AND_BACK) {
        for (size_t i = 0; i <= n_steps; i++)
            times[i] = (double)i / (double)n_steps;
        reverse(n_steps, times);
        FM_TRY(solve(s, &velocity, n_steps, times, outcome.x1, &back, err));
    }
    for (size_t i = 0; i < N_ROWS; i++) {
        const double *goal = s->grid == THERE_AND_BACK ? x0 + i * dim : exact,
                     *x1 = (s->grid == THERE_AND_BACK ? back.x1 : outcome.x1) + i * dim;
        s->field->solution(1, x0 + i * dim, exact);
        for (size_t j = 0; j < dim; j++)
            errors[i * dim + j] = x1[j] - goal[j];
    }
    return FM_OK;
}

static enum fm_status fit(struct series *s, unsigned order, struct fm_order_fit *result,
                          struct fm_error *err)
{
    const struct fm_convergence convergence = {.solve = errors_of,
                                               .context = s,
                                               .n_errors = N_ROWS * s->field->dim,
                                               .order = order,
                                               .max_steps = MAX_STEPS};
    return fm_fit_order(&convergence, result, err);
}

/* Above order 6 even the finest grids above rounding are coarse. */
static double tolerance(unsigned order)
{
    return order <= 6 ? 0.1 : 0.3;
}

static void add_fit_row(const struct series *s, const char *property, unsigned declared,
                        const struct fm_order_fit *f, bool is_lowest)
{
    const double low = declared - tolerance(declared),
                 high = declared + tolerance(declared);
    const bool is_low = !f->is_exact && !(f->order >= low),
               is_high = is_lowest && f->order > high;
    char range[64];
    (void)snprintf(range, sizeof range, "steps %zu to %zu, error %.1g", f->from, f->to,
                   f->error);
    fm_check_add_row(s->subject->sink, property, s->field->name,
                     is_low || is_high ? FM_CHECK_FAIL : FM_CHECK_PASS, declared, f->order,
                     "%s%s",
                     f->is_exact       ? "exact here"
                     : isnan(f->order) ? "the error does not get small enough; "
                     : is_high         ? "higher than declared on all problems; "
                     : f->order > high ? "higher here; "
                                       : "",
                     f->is_exact ? "" : range);
}

/* The order on each field: at least the declared one, and on one of the fields no higher. */
static void check_fields(struct series *s, const char *property, unsigned declared)
{
    struct fm_order_fit fits[FM_N_FIELDS];
    size_t lowest = FM_N_FIELDS;
    /* On growth, methods of high order are exact on every grid fine enough for a fit. */
    const size_t first = declared >= 7 ? 1 : 0;
    for (size_t k = first; k < FM_N_FIELDS; k++) {
        struct fm_error err = {0};
        s->field = &fm_fields[k];
        if (fit(s, declared, &fits[k], &err) != FM_OK) {
            fm_check_add_row(s->subject->sink, property, s->field->name, FM_CHECK_FAIL,
                             declared, (double)NAN, "%s", err.message);
            return;
        }
        if (!isnan(fits[k].order)
            && (lowest == FM_N_FIELDS || fits[k].order < fits[lowest].order))
            lowest = k;
    }
    for (size_t k = first; k < FM_N_FIELDS; k++) {
        s->field = &fm_fields[k];
        add_fit_row(s, property, declared, &fits[k], k == lowest);
    }
}

static void check_embedded(const struct fm_solver_subject *subject)
{
    if (!subject->solver->scheme.tableau || !subject->solver->scheme.tableau->b_embedded)
        return;
    struct fm_tableau tableau = *subject->solver->scheme.tableau;
    struct fm_solver solver = *subject->solver;
    tableau.b = tableau.b_embedded;
    tableau.is_fsal = false;
    solver.scheme.tableau = &tableau;
    struct series s = {.subject = subject, .solver = &solver};
    fm_check_begin(subject->sink, "the order of the embedded row");
    check_fields(&s, "embedded order", tableau.embedded_order);
}

/* From t = 0 to 1 and back to 0: an error of the same order, or a higher one where the two
 * errors cancel. */
static void check_back(const struct fm_solver_subject *subject)
{
    const unsigned order = fm_solver_order(subject->solver);
    struct series s = {.subject = subject,
                       .solver = subject->solver,
                       .field = &fm_fields[FM_FIELD_SPIRAL],
                       .grid = THERE_AND_BACK};
    struct fm_order_fit f;
    struct fm_error err = {0};
    fm_check_begin(subject->sink, "the solve from t = 1 back to 0");
    enum fm_status status = fit(&s, order, &f, &err);
    if (status != FM_OK)
        fm_check_add_row(subject->sink, "there and back", s.field->name, FM_CHECK_INFO,
                         order, (double)NAN, "refused: %s", err.message);
    else
        add_fit_row(&s, "there and back", order, &f, false);
}

/* A stochastic solver has a weak order only (solver_flow.c), and must refuse to go back. */
static void check_stochastic(const struct fm_solver_subject *subject)
{
    static const double back[] = {1, 0.5, 0};
    struct series s = {
        .subject = subject, .solver = subject->solver, .field = &fm_fields[FM_FIELD_TURN]};
    struct fm_probe probe = {.field = s.field};
    const struct fm_velocity velocity = fm_probe_velocity(&probe);
    struct fm_outcome outcome;
    struct fm_error err = {0};
    double x0[N_ROWS * FM_FIELD_MAX_DIM];
    fm_check_begin(subject->sink, "the solve from t = 1 back to 0");
    fm_check_add_note(subject->sink, "order", "", FM_CHECK_SKIP,
                      "it is stochastic: see weak order");
    fm_field_start(N_ROWS, s.field->dim, x0);
    if (solve(&s, &velocity, 2, back, x0, &outcome, &err) != FM_OK)
        fm_check_add_note(subject->sink, "there and back", "", FM_CHECK_PASS,
                          "refused, as it must be: %s", err.message);
    else
        fm_check_add_note(subject->sink, "there and back", "", FM_CHECK_INFO,
                          "stochastic, yet it solves from t = 1 to 0 without an error");
}

void fm_check_solver_order(const struct fm_solver_subject *subject)
{
    const unsigned order = fm_solver_order(subject->solver);
    struct series s = {.subject = subject, .solver = subject->solver};
    if (subject->solver->scheme.is_stochastic) {
        check_stochastic(subject);
        return;
    }
    fm_check_begin(subject->sink, "the order");
    check_fields(&s, "order", order);
    s.grid = UNEVEN;
    fm_check_begin(subject->sink, "the order on uneven grids");
    check_fields(&s, "order on uneven grids", order);
    check_embedded(subject);
    check_back(subject);
}
