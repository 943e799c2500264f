#include <config.h>

#include "check/solver_bits.h"

#include "check/at_once.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 150 rows are blocks of 64, 64 and 22. */
enum { N_ROWS = 150, N_FEWER = 70, DIM = 2, N_STEPS = 6, OTHER_SEED = 4 };

struct bits {
    const struct fm_solver_subject *subject;
    double x0[N_ROWS * DIM];
    struct fm_outcome first, other;
};

/* Solves the first n rows; false: it fails, with a row that says so. */
static bool solve(struct bits *b, size_t n_steps, size_t n, size_t n_threads, uint64_t seed,
                  struct fm_outcome *outcome)
{
    struct fm_probe probe = {.field = &fm_fields[FM_FIELD_SPIRAL]};
    const struct fm_velocity velocity = fm_probe_velocity(&probe);
    struct fm_error err = {0};
    struct fm_solve solve = fm_subject_solve(b->subject, &velocity, n, b->x0, outcome);
    solve.control.n_steps = n_steps;
    solve.n_threads = n_threads;
    solve.noise.seed = seed;
    if (fm_integrate(&solve, &outcome->result, &err) == FM_OK)
        return true;
    fm_check_add_note(b->subject->sink, "same bits", "", FM_CHECK_FAIL,
                      "%zu steps, %zu threads: %s", n_steps, n_threads, err.message);
    return false;
}

static bool same(struct bits *b, size_t n, const char *what)
{
    if (memcmp(b->first.x1, b->other.x1, n * DIM * sizeof *b->x0) == 0
        && memcmp(b->first.nfe, b->other.nfe, n * sizeof *b->first.nfe) == 0)
        return true;
    fm_check_add_note(b->subject->sink, "same bits", "", FM_CHECK_FAIL, "other numbers %s",
                      what);
    return false;
}

/* Concurrent solves of different rows. */
enum { N_AT_ONCE = 8 };

struct crowd {
    const struct bits *bits;
    size_t n_steps;
    struct fm_outcome *outcomes; /* [N_AT_ONCE] */
    bool are_done[N_AT_ONCE];
};

static void solve_one(void *context, size_t item, size_t thread)
{
    struct crowd *c = context;
    struct fm_probe probe = {.field = &fm_fields[FM_FIELD_SPIRAL]};
    const struct fm_velocity velocity = fm_probe_velocity(&probe);
    struct fm_outcome *outcome = &c->outcomes[item];
    struct fm_error err = {0};
    struct fm_solve solve = fm_subject_solve(c->bits->subject, &velocity, N_FEWER,
                                             c->bits->x0 + 10 * item * DIM, outcome);
    (void)thread;
    solve.control.n_steps = c->n_steps;
    c->are_done[item] = fm_integrate(&solve, &outcome->result, &err) == FM_OK;
}

static bool same_at_once(const struct bits *b, size_t n_steps)
{
    struct fm_outcome *outcomes = calloc(2 * N_AT_ONCE, sizeof *outcomes);
    struct crowd alone = {b, n_steps, outcomes, {false}},
                 crowd = {b, n_steps, outcomes + N_AT_ONCE, {false}};
    bool are_same = true;
    if (!outcomes)
        return true;
    for (size_t i = 0; i < N_AT_ONCE; i++)
        solve_one(&alone, i, 0);
    for (size_t n_threads = 2; n_threads <= FM_CHECK_THREADS; n_threads++) {
        fm_check_at_once(n_threads, N_AT_ONCE, solve_one, &crowd);
        for (size_t i = 0; i < N_AT_ONCE; i++)
            are_same = are_same && crowd.are_done[i] == alone.are_done[i]
                       && memcmp(alone.outcomes[i].x1, crowd.outcomes[i].x1,
                                 sizeof alone.outcomes[i].x1)
                              == 0;
    }
    free(outcomes);
    if (!are_same)
        fm_check_add_note(b->subject->sink, "same bits", "", FM_CHECK_FAIL,
                          "other numbers when several solves run at the same time");
    return are_same;
}

static bool check_solves(struct bits *b, size_t n_steps)
{
    return solve(b, n_steps, N_ROWS, 1, FM_SUBJECT_SEED, &b->first)
           && solve(b, n_steps, N_ROWS, 1, FM_SUBJECT_SEED, &b->other)
           && same(b, N_ROWS, "the second time") && same_at_once(b, n_steps)
           && solve(b, n_steps, N_ROWS, 2, FM_SUBJECT_SEED, &b->other)
           && same(b, N_ROWS, "on two threads")
           && solve(b, n_steps, N_ROWS, 3, FM_SUBJECT_SEED, &b->other)
           && same(b, N_ROWS, "on three threads")
           && solve(b, n_steps, N_FEWER, 1, FM_SUBJECT_SEED, &b->other)
           && same(b, N_FEWER, "among fewer rows");
}

enum { N_ALONE = 8 };

/* Each row alone gives the same bits as among others, by the solver's own steps. */
static bool check_alone(const struct bits *b, double *state)
{
    enum { N = N_ALONE, FIRST = 1000 };
    const size_t n_state = b->subject->solver->scheme.n_state;
    struct fm_probe probe = {.field = &fm_fields[FM_FIELD_SPIRAL]};
    double together[N * DIM], alone[N * DIM];
    struct fm_error err = {0};
    memcpy(together, b->x0, sizeof together);
    memcpy(alone, b->x0, sizeof alone);
    for (size_t row = 0; row <= N; row++) {
        bool is_all = row == N;
        struct fm_own_steps steps = {.subject = b->subject,
                                     .probe = &probe,
                                     .n = is_all ? N : 1,
                                     .n_steps = N_STEPS,
                                     .first_row = FIRST + (is_all ? 0 : row),
                                     .x = is_all ? together : alone + row * DIM,
                                     .state = state};
        memset(state, 0, n_state * sizeof together);
        for (size_t i = 0; i < N_STEPS; i++)
            if (fm_own_step(&steps, i, &err) != FM_OK)
                return true; /* check_solves has added the row */
    }
    if (memcmp(together, alone, sizeof alone) == 0)
        return true;
    fm_check_add_note(b->subject->sink, "same bits", "", FM_CHECK_FAIL,
                      "other numbers for a row alone");
    return false;
}

static bool check_own(struct bits *b)
{
    const struct fm_solver *solver = b->subject->solver;
    if (!solver->ops || !solver->ops->step)
        return true;
    double *state = calloc(solver->scheme.n_state + 1, N_ALONE * DIM * sizeof *state);
    bool is_same = !state || check_alone(b, state);
    free(state);
    return is_same;
}

/* All rows start from one point.  A stochastic solver must separate them and depend on the
 * seed; a deterministic one must do neither. */
static void check_noise(struct bits *b)
{
    const bool is_stochastic = b->subject->solver->scheme.is_stochastic;
    bool are_equal = true;
    struct fm_outcome again;
    for (size_t i = 0; i < N_ROWS; i++) {
        b->x0[i * DIM] = 0.6;
        b->x0[i * DIM + 1] = 0.3;
    }
    if (!solve(b, N_STEPS, N_ROWS, 1, FM_SUBJECT_SEED, &b->first)
        || !solve(b, N_STEPS, N_ROWS, 1, OTHER_SEED, &b->other))
        return;
    bool is_same = solve(b, N_STEPS, N_ROWS, 1, FM_SUBJECT_SEED, &again)
                   && memcmp(b->first.x1, again.x1, N_ROWS * DIM * sizeof *b->x0) == 0;
    if (!is_same) {
        fm_check_add_note(b->subject->sink, "noise", "", FM_CHECK_SKIP,
                          "not decided: see same bits");
        return;
    }
    bool has_seed = memcmp(b->first.x1, b->other.x1, N_ROWS * DIM * sizeof *b->x0) != 0;
    for (size_t i = 1; i < N_ROWS; i++)
        are_equal = are_equal
                    && memcmp(b->first.x1, b->first.x1 + i * DIM, DIM * sizeof *b->x0) == 0;
    bool is_right = has_seed == is_stochastic && are_equal == !is_stochastic;
    const char *note = is_stochastic && !has_seed   ? "does not depend on the seed"
                       : is_stochastic && are_equal ? "the same for every row"
                       : !is_stochastic && has_seed ? "depends on the seed, but is not "
                                                      "declared stochastic"
                       : !is_right ? "depends on the row, but is not declared stochastic"
                       : is_stochastic ? "a function of seed and row"
                                       : "none, as declared";
    fm_check_add_note(b->subject->sink, "noise", "",
                      is_right ? FM_CHECK_PASS : FM_CHECK_FAIL, "%s", note);
}

void fm_check_solver_bits(const struct fm_solver_subject *subject)
{
    struct bits b = {.subject = subject};
    fm_check_begin(subject->sink, "same bits");
    fm_field_start(N_ROWS, DIM, b.x0);
    if (check_solves(&b, N_STEPS) && check_own(&b)
        && (!fm_solver_is_adaptive(subject->solver) || check_solves(&b, 0)))
        fm_check_add_note(
            subject->sink, "same bits", "", FM_CHECK_PASS,
            "again, on 1 to 3 threads, at the same time, among more rows or fewer");
    check_noise(&b);
}
