#include <config.h>

#include "check/path_bits.h"

#include "check/at_once.h"
#include "check/vary.h"

#include <math.h>
#include <string.h>

enum { DIM = 3, N_TIMES = FM_PATH_N_TIMES };

/* Everything the path gives for one t. */
struct said {
    struct fm_path_bridge declared;
    double xt[DIM], ut[DIM];
};

struct bits {
    const struct fm_path_subject *subject;
    struct said first[N_TIMES], other[N_TIMES];
    struct said *to;
};

static const double x0[DIM] = {0.3, -1, 2}, x1[DIM] = {1, 0.5, -0.7};

static void ask(void *context, size_t item, size_t thread)
{
    struct bits *b = context;
    const struct fm_path_subject *s = b->subject;
    const double t = fm_path_time(item);
    struct said *to = &b->to[item];
    (void)thread;
    memset(to, 0, sizeof *to);
    if (fm_path_is_declared(s))
        to->declared = fm_path_declared_at(s, t);
    if (s->ops->draw) {
        struct fm_rng r = fm_rng_at((struct fm_stream){6, 1, 0}, item);
        s->ops->draw(s->options, DIM, t, x0, x1, &r, to->xt, to->ut);
    }
}

static void fail(const struct fm_path_subject *s, const char *property, const char *note)
{
    fm_check_add_note(s->sink, property, "", FM_CHECK_FAIL, "%s", note);
}

static bool same(const struct bits *b, const char *what)
{
    if (memcmp(b->first, b->other, sizeof b->first) == 0)
        return true;
    fail(b->subject, "same bits", what);
    return false;
}

/* Whether times in one call, in blocks and in either order, give the same bits as one by one. */
static bool check_together(struct bits *b)
{
    static const size_t sizes[] = {N_TIMES, 64, 7, 2};
    const struct fm_path_subject *s = b->subject;
    double times[N_TIMES];
    static struct fm_path_bridge points[N_TIMES];
    if (!fm_path_is_declared(s))
        return true;
    for (int is_reversed = 0; is_reversed < 2; is_reversed++)
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            for (size_t i = 0; i < N_TIMES; i++)
                times[i] = fm_path_time(is_reversed ? N_TIMES - 1 - i : i);
            for (size_t i = 0; i < N_TIMES; i += sizes[k])
                fm_path_declared(s, N_TIMES - i < sizes[k] ? N_TIMES - i : sizes[k],
                                 times + i, points + i);
            for (size_t i = 0; i < N_TIMES; i++)
                b->other[i].declared = points[is_reversed ? N_TIMES - 1 - i : i];
            if (!same(b, "other numbers for several times in one call"))
                return false;
        }
    return true;
}

bool fm_check_path_bits(const struct fm_path_subject *s)
{
    static struct bits b;
    b.subject = s;
    fm_check_begin(s->sink, "same bits");
    b.to = b.first;
    for (size_t i = 0; i < N_TIMES; i++)
        ask(&b, i, 0);
    b.to = b.other;
    for (size_t i = N_TIMES; i-- > 0;)
        ask(&b, i, 0);
    if (!same(&b, "other numbers the second time"))
        return false;
    for (size_t n_threads = 2; n_threads <= 3; n_threads++) {
        memset(b.other, 0, sizeof b.other);
        fm_check_at_once(n_threads, N_TIMES, ask, &b);
        if (!same(&b, "other numbers on several threads"))
            return false;
    }
    if (!check_together(&b))
        return false;
    fm_check_add_note(s->sink, "same bits", "", FM_CHECK_PASS,
                      "again, on 1 to 3 threads, one by one and together");
    return true;
}

/* ---- what is written ---- */

enum { N_AROUND = 4, N_WRITTEN = 5 };
/* What output holds before a call. */
static const double mark = 1e77;

/* Whether all doubles are unchanged but the n from N_AROUND on. */
static bool is_intact(const double *a, const double *before, size_t size, size_t n)
{
    return memcmp(a, before, N_AROUND * sizeof *a) == 0
           && memcmp(a + N_AROUND + n, before + N_AROUND + n,
                     (size - N_AROUND - n) * sizeof *a)
                  == 0;
}

enum {
    N_POINT = sizeof(struct fm_path_point) / sizeof(double),
    N_BRIDGE = sizeof(struct fm_path_bridge) / sizeof(double),
    N_GUARDED = N_WRITTEN * N_BRIDGE + 2 * N_AROUND
};

static void set_marks(double *a)
{
    for (size_t i = 0; i < N_GUARDED; i++)
        a[i] = mark;
}

static bool keeps_to_points(const struct fm_path_subject *s, const double *marks)
{
    const double t[N_WRITTEN] = {0, 0.2, 0.5, 0.9, 1};
    double a[N_GUARDED];
    bool is_right = true;
    set_marks(a);
    if (s->ops->coefficients) {
        s->ops->coefficients(s->options, N_WRITTEN, t, (void *)(a + N_AROUND));
        is_right = is_intact(a, marks, N_GUARDED, N_WRITTEN * N_POINT);
    } else if (s->ops->bridge) {
        s->ops->bridge(s->options, N_WRITTEN, t, (void *)(a + N_AROUND));
        is_right = is_intact(a, marks, N_GUARDED, N_WRITTEN * N_BRIDGE);
    }
    return is_right;
}

static bool keeps_to_rows(const struct fm_path_subject *s, const double *marks)
{
    double a[N_GUARDED], b[N_GUARDED];
    for (size_t dim = 1; dim <= DIM; dim++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){6, 2, 0}, dim);
        set_marks(a);
        set_marks(b);
        s->ops->draw(s->options, dim, 0.4, x0, x1, &r, a + N_AROUND, b + N_AROUND);
        if (!is_intact(a, marks, N_GUARDED, dim) || !is_intact(b, marks, N_GUARDED, dim))
            return false;
        for (size_t j = 0; j < dim; j++)
            if (a[N_AROUND + j] == mark || b[N_AROUND + j] == mark)
                return false;
    }
    return true;
}

void fm_check_path_bounds(const struct fm_path_subject *s)
{
    double marks[N_GUARDED];
    set_marks(marks);
    fm_check_begin(s->sink, "bounds");
    if (!keeps_to_points(s, marks))
        fail(s, "bounds", "it writes beyond the requested times");
    else if (s->ops->draw && !keeps_to_rows(s, marks))
        fail(s, "bounds",
             "it leaves coordinates of x_t or u_t unwritten, or writes beyond them");
    else
        fm_check_add_note(s->sink, "bounds", "", FM_CHECK_PASS,
                          "it writes what was requested and no more");
}

/* ---- options ---- */

/* Hashes everything the path gives with these options. */
static uint64_t fingerprint(void *context, const void *options, uint64_t hash)
{
    struct fm_path_subject s = *(const struct fm_path_subject *)context;
    s.options = options;
    for (size_t i = 0; i < FM_PATH_N_TIMES; i += 4) {
        double drawn[2 * DIM];
        const double t = fm_path_time(i);
        if (fm_path_is_declared(&s)) {
            const struct fm_path_bridge b = fm_path_declared_at(&s, t);
            hash = fm_check_hash(hash, &b, sizeof b);
        }
        if (s.ops->draw) {
            struct fm_rng r = fm_rng_at((struct fm_stream){8, 1, 0}, i);
            s.ops->draw(options, DIM, t, x0, x1, &r, drawn, drawn + DIM);
            hash = fm_check_hash(hash, drawn, sizeof drawn);
        }
    }
    return hash;
}

enum fm_status fm_check_path_options(const struct fm_path_subject *s,
                                     struct fm_arena *arena, const struct fm_plugin *p,
                                     struct fm_error *err)
{
    struct fm_path_subject varied = *s;
    return fm_check_options(s->sink, arena, p, s->options, fingerprint, &varied,
                            FM_CHECK_FAIL, err);
}
