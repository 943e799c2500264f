#include <config.h>

#include "check/metric_estimate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    size_t n, dim;
} shapes[] = {
    {"1 row of 2 coordinates", 1, 2},
    {"1 row of 1 coordinate", 1, 1},
    {"2 rows of 2 coordinates", 2, 2},
    {"2 rows of 7 coordinates", 2, 7},
    {"33 rows of 3 coordinates", 33, 3},
    {"300 rows of 1 coordinate", FM_METRIC_ROWS, 1},
    {"300 rows of 7 coordinates", 300, 7},
    {"300 rows of 2 coordinates", FM_METRIC_ROWS, FM_METRIC_DIM},
};
enum { N_SHAPES = sizeof shapes / sizeof *shapes };

/* The inputs for each shape. */
enum given { PERFECT, USUAL, NO_FRESH, N_GIVEN };
static const char *const given_names[N_GIVEN] = {"equal rows", "rows of their own",
                                                 "neither fresh rows nor data densities"};

/* What is wrong with the answer, possibly in text of `size` bytes; NULL: nothing. */
static const char *mistake_of(const struct fm_metric_input *in,
                              const struct fm_metric_answer *a, char *text, size_t size)
{
    const struct fm_estimate *e = &a->estimate;
    if (a->status != FM_OK)
        return a->error.message[0] && a->error.status == a->status
                   ? NULL
                   : "it fails without a message of fm_fail";
    if (!isfinite(e->value))
        return "the value is not finite";
    if (!(isfinite(e->standard_error) && e->standard_error >= 0))
        return "standard_error is not a finite number from 0 up";
    if (e->has_floor && !isfinite(e->floor))
        return "has_floor is set, and the floor is not finite";
    if (!(isfinite(e->nfe) && e->nfe >= 0 && isfinite(e->njvp) && e->njvp >= 0))
        return "nfe and njvp are not finite numbers from 0 up";
    if (e->n_used > 0 && e->n_used <= in->n)
        return NULL;
    (void)snprintf(text, size, "n_used is %zu, of %zu rows", e->n_used, in->n);
    return text;
}

struct tally {
    size_t n, n_refused, n_wrong;
    char refusal[sizeof(((struct fm_error *)0)->message)];
};

/* Measures once; false: refused, or wrong, with a row for the first that is wrong. */
static bool check_one(struct fm_metric_subject *s, struct fm_metric_input *in,
                      const char *shape, const char *given, struct tally *tally)
{
    struct fm_metric_answer answer;
    char text[64];
    const bool is_measured = fm_metric_measure(s, in, &answer);
    const char *mistake = mistake_of(in, &answer, text, sizeof text);
    tally->n++;
    if (mistake && tally->n_wrong++ == 0)
        fm_check_add_row(s->sink, "estimate", shape, FM_CHECK_FAIL, (double)NAN,
                         answer.estimate.value, "%s: %s", given, mistake);
    if (answer.status != FM_OK && !mistake && tally->n_refused++ == 0)
        memcpy(tally->refusal, answer.error.message, sizeof tally->refusal);
    return is_measured && !mistake;
}

enum fm_status fm_check_metric_estimate(struct fm_metric_subject *s, bool *is_measured,
                                        struct fm_error *err)
{
    struct tally tally = {0};
    for (size_t k = 0; k < N_SHAPES; k++) {
        struct fm_metric_input in;
        FM_TRY(fm_metric_input_open(s->arena, shapes[k].n, shapes[k].dim, &in, err));
        fm_check_begin(s->sink, shapes[k].name);
        for (int given = 0; given < N_GIVEN; given++) {
            if (given == PERFECT)
                fm_metric_input_perfect(&in);
            else
                fm_metric_input_usual(&in, 0);
            in.has_fresh = in.has_data_density = given != NO_FRESH;
            const bool is_right =
                check_one(s, &in, shapes[k].name, given_names[given], &tally);
            if (given == USUAL)
                *is_measured = is_right; /* of the last shape */
        }
    }
    if (tally.n_refused == tally.n)
        fm_check_add_note(s->sink, "estimate", "", FM_CHECK_SKIP, "refused: %s",
                          tally.refusal);
    else if (tally.n_refused > 0)
        fm_check_add_row(s->sink, "refusals", "", FM_CHECK_INFO, (double)tally.n,
                         (double)tally.n_refused, "measurements are refused: %s",
                         tally.refusal);
    if (tally.n_wrong == 0 && tally.n_refused < tally.n)
        fm_check_add_row(s->sink, "estimate", "", FM_CHECK_PASS, (double)tally.n,
                         (double)(tally.n - tally.n_refused),
                         "measurements give numbers in range, of 1 to %d rows",
                         FM_METRIC_ROWS);
    return FM_OK;
}
