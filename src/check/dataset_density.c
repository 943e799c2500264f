#include <config.h>

#include "check/dataset_density.h"

#include "base/error.h"
#include "check/at_once.h"
#include "check/moments.h"

#include <math.h>
#include <string.h>

static const struct fm_stream stream = {16, 1, 0};

enum fm_status fm_dataset_find_density(struct fm_dataset_subject *s, struct fm_error *err)
{
    double log_p, *x = FM_NEW(s->arena, s->dim, double);
    if (!x)
        return fm_out_of_memory(err);
    if (!s->data.ops->log_density)
        return FM_OK;
    fm_dataset_rows(s, &s->data, (struct fm_stream){14, 2, 0}, 0, 1, x, NULL);
    fm_dataset_log_density(s, 1, x, &log_p);
    s->has_density = !isnan(log_p);
    return FM_OK;
}

/* ---- values ---- */

enum { N_POINTS = 192 };

/* log_density or score at all points. */
struct bits {
    const struct fm_dataset_subject *subject;
    bool is_score;
    size_t width; /* numbers per point */
    size_t block;
    const double *x;
    double *first, *other, *to; /* [N_POINTS][width] */
};

static void get(void *context, size_t item, size_t thread)
{
    const struct bits *b = context;
    const struct fm_data *data = &b->subject->data;
    const size_t begin = item * b->block,
                 n = N_POINTS - begin < b->block ? N_POINTS - begin : b->block;
    const double *x = b->x + begin * b->subject->dim;
    double *to = b->to + begin * b->width;
    (void)thread;
    if (b->is_score)
        data->ops->score(data->options, &data->set, n, x, to);
    else
        fm_dataset_log_density(b->subject, n, x, to);
}

static enum fm_status open_bits(struct bits *b, const struct fm_dataset_subject *s,
                                bool is_score, const double *x, struct fm_error *err)
{
    *b = (struct bits){.subject = s,
                       .is_score = is_score,
                       .width = is_score ? s->dim : 1,
                       .block = N_POINTS,
                       .x = x};
    b->first = b->to = FM_NEW(s->arena, N_POINTS * b->width, double);
    b->other = FM_NEW(s->arena, N_POINTS * b->width, double);
    return b->first && b->other ? FM_OK : fm_out_of_memory(err);
}

static bool same(struct bits *b, size_t block, size_t n_threads, const char *what)
{
    const size_t bytes = N_POINTS * b->width * sizeof *b->other;
    b->block = block;
    b->to = b->other;
    memset(b->other, 0, bytes);
    fm_check_at_once(n_threads, (N_POINTS + block - 1) / block, get, b);
    if (memcmp(b->first, b->other, bytes) == 0)
        return true;
    fm_check_add_note(b->subject->sink, b->is_score ? "score" : "density", "",
                      FM_CHECK_FAIL, "other numbers %s", what);
    return false;
}

/* Whether calls for other sets of points, on threads too, give the numbers in b->first again. */
static bool is_function_of_point(struct bits *b)
{
    return same(b, N_POINTS, 1, "the second time") && same(b, 1, 1, "for a point alone")
           && same(b, 7, 2, "on two threads") && same(b, 1, 3, "on three threads");
}

/* A third each: rows, rows moved a little, rows moved by 1 to 1000. */
static void fill_points(const struct fm_dataset_subject *s, double *x)
{
    fm_dataset_rows(s, &s->data, stream, 0, N_POINTS, x, NULL);
    for (size_t i = N_POINTS / 3; i < N_POINTS; i++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){16, 2, 0}, i);
        const double scale = i < 2 * N_POINTS / 3 ? 0.1 : pow(10, 3 * fm_rng_uniform(&r));
        for (size_t j = 0; j < s->dim; j++)
            x[i * s->dim + j] += scale * fm_rng_normal(&r);
    }
}

/* log p is finite at rows; elsewhere it may be -inf. */
static bool check_values(const struct fm_dataset_subject *s, const double *log_p)
{
    for (size_t i = 0; i < N_POINTS; i++) {
        const bool is_row = i < N_POINTS / 3;
        if (isfinite(log_p[i]) || (!is_row && log_p[i] == -HUGE_VAL))
            continue;
        fm_check_add_note(s->sink, "density", "", FM_CHECK_FAIL, "log p is %g %s", log_p[i],
                          is_row ? "at a row of the set" : "at a point away from the rows");
        return false;
    }
    return true;
}

enum fm_status fm_check_dataset_density(const struct fm_dataset_subject *s,
                                        bool *is_density, struct fm_error *err)
{
    double *x = FM_NEW(s->arena, N_POINTS * s->dim, double);
    struct bits b;
    size_t n_nan = 0;
    if (!x)
        return fm_out_of_memory(err);
    FM_TRY(open_bits(&b, s, false, x, err));
    fm_check_begin(s->sink, "the density");
    fill_points(s, x);
    get(&b, 0, 0);
    for (size_t i = 0; i < N_POINTS; i++)
        n_nan += isnan(b.first[i]) ? 1 : 0;
    *is_density = false;
    if (n_nan == N_POINTS) {
        fm_dataset_note(s, "density", FM_CHECK_SKIP, "none with these options");
        return FM_OK;
    }
    *is_density = check_values(s, b.first) && is_function_of_point(&b);
    if (*is_density)
        fm_dataset_note(s, "density", FM_CHECK_PASS,
                        "finite at rows; same bits again, on 1 to 3 threads");
    return FM_OK;
}

/* ---- score ---- */

/* Rows where the score is compared, and its largest error, relative to 1 + |score|.  Differences
 * that are less certain than least_certain are not compared: an edge is near. */
enum { N_SCORES = 200, MAX_COMPARED = 16 };
static const double score_tolerance = 1e-5, least_certain = 1e-3;

/* d log p / d x_j by differences with two widths; *error is how much these differ. */
static bool difference(const struct fm_dataset_subject *s, const double *at, size_t j,
                       double *x, double *value, double *error)
{
    double slopes[2];
    for (int k = 0; k < 2; k++) {
        double log_p[2];
        const double h = (k ? 1e-4 : 2e-4) * (1e-2 + fabs(at[j]));
        memcpy(x, at, s->dim * sizeof *x);
        for (int i = 0; i < 2; i++) {
            x[j] = at[j] + (i ? h : -h);
            fm_dataset_log_density(s, 1, x, &log_p[i]);
        }
        slopes[k] = (log_p[1] - log_p[0]) / (2 * h);
    }
    *value = slopes[1] + (slopes[1] - slopes[0]) / 3;
    *error = fabs(slopes[1] - slopes[0]);
    return isfinite(*value);
}

enum fm_status fm_check_dataset_score(const struct fm_dataset_subject *s,
                                      struct fm_error *err)
{
    const size_t dim = s->dim, n_coordinates = dim < MAX_COMPARED ? dim : MAX_COMPARED;
    double *x = FM_NEW(s->arena, 3 * dim, double), *other = x + dim, *score = x + 2 * dim,
           *points = FM_NEW(s->arena, N_POINTS * dim, double);
    struct bits b;
    double largest = 0;
    size_t n_compared = 0;
    if (!s->data.ops->score)
        return FM_OK;
    if (!x || !points)
        return fm_out_of_memory(err);
    fm_check_begin(s->sink, "the score");
    FM_TRY(open_bits(&b, s, true, points, err));
    fm_dataset_rows(s, &s->data, stream, 0, N_POINTS, points, NULL);
    get(&b, 0, 0);
    if (!is_function_of_point(&b))
        return FM_OK;
    for (size_t i = 0; i < N_SCORES; i++) {
        fm_dataset_rows(s, &s->data, stream, i, 1, x, NULL);
        s->data.ops->score(s->data.options, &s->data.set, 1, x, score);
        for (size_t j = 0; j < n_coordinates; j++) {
            double expected, error;
            if (!difference(s, x, j, other, &expected, &error)
                || error > least_certain * (1 + fabs(expected)))
                continue;
            const double gap = fabs(score[j] - expected) / (1 + fabs(expected));
            n_compared++;
            largest = fmax(largest, gap);
            if (gap <= score_tolerance + error / (1 + fabs(expected)))
                continue;
            fm_check_add_row(s->sink, "score", "", FM_CHECK_FAIL, expected, score[j],
                             "coordinate %zu at a row, and (declared) differences of log p",
                             j);
            return FM_OK;
        }
    }
    fm_check_add_row(s->sink, "score", "", n_compared ? FM_CHECK_PASS : FM_CHECK_SKIP, 0,
                     largest, "largest error against differences of log p, at %d rows",
                     N_SCORES);
    return FM_OK;
}

/* ---- entropy ---- */

enum fm_status fm_check_dataset_entropy(const struct fm_dataset_subject *s,
                                        struct fm_error *err)
{
    enum { N = 1 << 12 };
    struct fm_moment sums = {0};
    const size_t n = fm_dataset_n(s, N);
    double log_p, *x = FM_NEW(s->arena, s->dim, double);
    if (!x)
        return fm_out_of_memory(err);
    fm_check_begin(s->sink, "the entropy");
    for (size_t i = 0; i < n; i++) {
        fm_dataset_rows(s, &s->data, (struct fm_stream){16, 3, 0}, i, 1, x, NULL);
        fm_dataset_log_density(s, 1, x, &log_p);
        fm_moment_add(&sums, -log_p);
    }
    const struct fm_moment m = fm_moment_of(&sums);
    const double declared = s->data.ops->entropy
                                ? s->data.ops->entropy(s->data.options, &s->data.set)
                                : (double)NAN;
    const bool is_right = fm_moment_is_near(m.mean, declared, m.error);
    fm_check_add_row(s->sink, "entropy", "",
                     isnan(declared) ? FM_CHECK_INFO
                     : is_right      ? FM_CHECK_PASS
                                     : FM_CHECK_FAIL,
                     declared, m.mean, "nats (+- %.2g), the mean of -log p over %zu rows",
                     m.error, n);
    return FM_OK;
}
