#include <config.h>

#include "check/dataset_rows.h"

#include "base/error.h"
#include "check/at_once.h"

#include <math.h>
#include <string.h>

enum { N_ROWS = 201, N_FINITE = 20000 };
static const struct fm_stream stream = {12, 1, 3};
/* A row number that a signed integer of 32 bits or a float would not hold. */
static const uint64_t far = 4000000000;

/* ---- the same bits ---- */

struct bits {
    const struct fm_dataset_subject *subject;
    const struct fm_data *data;
    uint64_t start;
    size_t n, dim, block;
    double *first, *other, *to;
    uint32_t *first_label, *other_label, *to_label; /* NULL: no labels */
};

static void get(void *context, size_t item, size_t thread)
{
    struct bits *b = context;
    const size_t begin = item * b->block,
                 n = b->n - begin < b->block ? b->n - begin : b->block;
    (void)thread;
    fm_dataset_rows(b->subject, b->data, stream, b->start + begin, n,
                    b->to + begin * b->dim, b->to_label ? b->to_label + begin : NULL);
}

/* Whether calls for blocks of that many rows, in reverse order (n_threads 0) or on threads, give
 * the numbers in b->first again. */
static bool same(struct bits *b, size_t block, size_t n_threads, const char *what)
{
    const size_t n = (b->n + block - 1) / block;
    b->block = block;
    b->to = b->other;
    b->to_label = b->other_label;
    memset(b->other, 0, b->n * b->dim * sizeof *b->other);
    if (b->to_label)
        memset(b->to_label, 0xff, b->n * sizeof *b->to_label);
    if (n_threads > 0)
        fm_check_at_once(n_threads, n, get, b);
    for (size_t i = n; n_threads == 0 && i-- > 0;)
        get(b, i, 0);
    const bool is_row = memcmp(b->first, b->other, b->n * b->dim * sizeof *b->first) == 0;
    if (is_row
        && (!b->to_label
            || memcmp(b->first_label, b->other_label, b->n * sizeof *b->to_label) == 0))
        return true;
    fm_check_add_note(b->subject->sink, "same rows", "", FM_CHECK_FAIL, "other %s %s",
                      is_row ? "labels" : "numbers", what);
    return false;
}

/* All comparisons, for rows from `start` on. */
static bool same_from(struct bits *b, uint64_t start)
{
    b->start = start;
    b->block = b->n;
    b->to = b->first;
    b->to_label = b->first_label;
    get(b, 0, 0);
    return same(b, b->n, 1, "the second time") && same(b, 7, 0, "in another order of rows")
           && same(b, 1, 0, "for a row alone") && same(b, 64, 1, "in blocks of 64 rows")
           && same(b, 5, 2, "on two threads") && same(b, 1, 3, "on three threads");
}

static enum fm_status open_bits(struct bits *b, const struct fm_dataset_subject *s,
                                struct fm_error *err)
{
    const size_t n = fm_dataset_n(s, N_ROWS);
    *b = (struct bits){.subject = s, .data = &s->data, .n = n, .dim = s->dim};
    b->first = FM_NEW(s->arena, n * s->dim, double);
    b->other = FM_NEW(s->arena, n * s->dim, double);
    if (s->data.set.n_labels > 0) {
        b->first_label = FM_NEW(s->arena, n, uint32_t);
        b->other_label = FM_NEW(s->arena, n, uint32_t);
    }
    return b->first && b->other && (!s->data.set.n_labels || b->other_label)
               ? FM_OK
               : fm_out_of_memory(err);
}

enum fm_status fm_check_dataset_bits(const struct fm_dataset_subject *s, bool *is_same,
                                     struct fm_error *err)
{
    struct bits b;
    struct fm_data again;
    FM_TRY(open_bits(&b, s, err));
    fm_check_begin(s->sink, "same rows");
    *is_same = same_from(&b, 0) && (!s->data.ops->draw || same_from(&b, far));
    if (!*is_same)
        return FM_OK;
    FM_TRY(
        fm_data_open(s->arena, s->plugin, s->options, s->wanted_dim, false, &again, err));
    b.data = &again;
    *is_same = same(&b, b.n, 1, "after opening again");
    if (*is_same)
        fm_dataset_note(
            s, "same rows", FM_CHECK_PASS,
            "again, one by one, in any order, on 1 to 3 threads, after opening again");
    return FM_OK;
}

/* ---- bounds ---- */

enum { N_AROUND = 8, N_WRITTEN = 5 };
static const double mark = 1.25e77;
static const uint32_t label_mark = 0xabcdabcd;

static bool are_marks(const double *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(a + i, &mark, sizeof mark) != 0)
            return false;
    return true;
}

static bool are_label_marks(const uint32_t *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i] != label_mark)
            return false;
    return true;
}

/* Whether it writes all of N_WRITTEN rows, and nothing around them. */
static bool keeps_to_rows(const struct fm_dataset_subject *s, double *x, uint32_t *labels)
{
    const size_t n = fm_dataset_n(s, N_WRITTEN), size = n * s->dim;
    for (size_t i = 0; i < size + 2 * N_AROUND; i++)
        x[i] = mark;
    for (size_t i = 0; i < n + 2 * N_AROUND; i++)
        labels[i] = label_mark;
    fm_dataset_rows(s, &s->data, stream, 2, n, x + N_AROUND,
                    s->data.set.n_labels ? labels + N_AROUND : NULL);
    for (size_t i = 0; i < size; i++)
        if (are_marks(x + N_AROUND + i, 1))
            return false;
    for (size_t i = 0; s->data.set.n_labels && i < n; i++)
        if (are_label_marks(labels + N_AROUND + i, 1))
            return false;
    return are_marks(x, N_AROUND) && are_marks(x + N_AROUND + size, N_AROUND)
           && are_label_marks(labels, N_AROUND)
           && are_label_marks(labels + N_AROUND + n, N_AROUND);
}

enum fm_status fm_check_dataset_bounds(const struct fm_dataset_subject *s, bool *are_kept,
                                       struct fm_error *err)
{
    double *x = FM_NEW(s->arena, N_WRITTEN * s->dim + 2 * N_AROUND, double);
    uint32_t *labels = FM_NEW(s->arena, N_WRITTEN + 2 * N_AROUND, uint32_t);
    struct fm_dataset set;
    if (!x || !labels)
        return fm_out_of_memory(err);
    memcpy(&set, &s->data.set, sizeof set);
    fm_check_begin(s->sink, "bounds");
    *are_kept = keeps_to_rows(s, x, labels);
    if (!*are_kept)
        fm_dataset_note(s, "bounds", FM_CHECK_FAIL,
                        "it leaves requested rows unwritten, or writes beyond them");
    else if (memcmp(&set, &s->data.set, sizeof set) != 0)
        fm_dataset_note(s, "bounds", FM_CHECK_FAIL, "it writes to struct fm_dataset");
    else
        fm_dataset_note(s, "bounds", FM_CHECK_PASS,
                        "it writes the requested rows and no more");
    return FM_OK;
}

/* ---- finite, and a function of the stream ---- */

static bool check_finite(const struct fm_dataset_subject *s, double *x)
{
    const size_t n = fm_dataset_n(s, N_FINITE);
    for (size_t i = 0; i < n; i++) {
        fm_dataset_rows(s, &s->data, stream, i, 1, x, NULL);
        for (size_t j = 0; j < s->dim; j++)
            if (!isfinite(x[j])) {
                fm_check_add_note(s->sink, "finite", "", FM_CHECK_FAIL,
                                  "coordinate %zu of row %zu is %g", j, i, x[j]);
                return false;
            }
    }
    fm_check_add_note(s->sink, "finite", "", FM_CHECK_PASS, "%zu rows of %zu coordinates",
                      n, s->dim);
    return true;
}

/* Whether the rows of this stream, from `start` on, differ from x. */
static bool differs(const struct fm_dataset_subject *s, struct fm_stream other,
                    uint64_t start, const double *x, double *y)
{
    fm_dataset_rows(s, &s->data, other, start, N_ROWS, y, NULL);
    return memcmp(x, y, N_ROWS * s->dim * sizeof *x) != 0;
}

/* Whether two rows are equal. */
static bool has_twins(const double *x, size_t dim)
{
    for (size_t i = 0; i < N_ROWS; i++)
        for (size_t k = 0; k < i; k++)
            if (memcmp(x + i * dim, x + k * dim, dim * sizeof *x) == 0)
                return true;
    return false;
}

static void check_streams(const struct fm_dataset_subject *s, double *x, double *y)
{
    static const struct {
        const char *name;
        struct fm_stream stream;
    } others[] = {{"seed", {13, 1, 3}},
                  {"seed's upper half", {12 + ((uint64_t)1 << 32), 1, 3}},
                  {"stream", {12, 2, 3}},
                  {"step", {12, 1, 4}}};
    const char *missing = NULL;
    fm_dataset_rows(s, &s->data, stream, 0, N_ROWS, x, NULL);
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        if (!differs(s, others[k].stream, 0, x, y))
            missing = others[k].name;
    if (!differs(s, stream, far, x, y))
        missing = "row number above 2^31";
    if (missing)
        fm_check_add_note(s->sink, "streams", "", FM_CHECK_FAIL,
                          "rows do not depend on the %s", missing);
    else if (s->has_density && has_twins(x, s->dim))
        fm_dataset_note(s, "streams", FM_CHECK_FAIL,
                        "two of 201 rows are equal, although there is a density");
    else
        fm_dataset_note(s, "streams", FM_CHECK_PASS,
                        "rows are functions of seed, stream, step and row");
}

enum fm_status fm_check_dataset_values(const struct fm_dataset_subject *s, bool *are_finite,
                                       struct fm_error *err)
{
    double *x = FM_NEW(s->arena, N_ROWS * s->dim, double),
           *y = FM_NEW(s->arena, N_ROWS * s->dim, double);
    if (!x || !y)
        return fm_out_of_memory(err);
    fm_check_begin(s->sink, "rows");
    *are_finite = check_finite(s, x);
    if (*are_finite && s->data.ops->draw)
        check_streams(s, x, y);
    return FM_OK;
}
