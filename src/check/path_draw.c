#include <config.h>

#include "check/path_draw.h"

#include "check/moments.h"

#include <math.h>
#include <string.h>

enum { DIM = 2, N_DRAWS = 80000, N_SLOPES = 20000, N_TIMES = 7, N_PAIRS = 3 };
static const double times[N_TIMES] = {0, 0.01, 0.2, 0.45, 0.7, 0.98, 1};
static const double starts[N_PAIRS][DIM] = {{0.3, -1}, {0, 0}, {-20, 3}},
                    ends[N_PAIRS][DIM] = {{1.2, 0.4}, {0, 0}, {2, 50}};

static void draw(const struct fm_path_subject *s, size_t pair, double t, size_t row,
                 double *xt, double *ut)
{
    struct fm_rng r = fm_rng_at((struct fm_stream){9, 2, (uint32_t)pair}, row);
    s->ops->draw(s->options, DIM, t, starts[pair], ends[pair], &r, xt, ut);
}

static void pass(const struct fm_path_subject *s, const char *property, const char *note)
{
    fm_check_add_note(s->sink, property, "", FM_CHECK_PASS, "%s", note);
}

/* ---- finite ---- */

static bool check_finite(const struct fm_path_subject *s)
{
    static const double near[] = {0,   1e-300,   5e-324,      0x1p-53,     1e-9,
                                  0.5, 1 - 1e-9, 1 - 0x1p-52, 1 - 0x1p-53, 1};
    for (size_t k = 0; k < sizeof near / sizeof *near; k++)
        for (size_t i = 0; i < 100; i++) {
            double numbers[2 * DIM], sum = 0;
            draw(s, i % N_PAIRS, near[k], i, numbers, numbers + DIM);
            for (size_t j = 0; j < 2 * DIM; j++)
                sum += fabs(numbers[j]);
            if (!isfinite(sum)) {
                fm_path_row(s, "finite draws", false, (double)NAN, (double)NAN,
                            "x_t or u_t is not finite at", near[k]);
                return false;
            }
        }
    pass(s, "finite draws", "x_t and u_t at both ends and as close to them as doubles are");
    return true;
}

/* ---- noise ---- */

/* Whether another generator gives another x_t. */
static bool depends_on(const struct fm_path_subject *s, struct fm_stream stream, size_t row)
{
    double x[DIM], other[DIM], u[DIM];
    struct fm_rng r = fm_rng_at((struct fm_stream){9, 3, 4}, 5), q = fm_rng_at(stream, row);
    s->ops->draw(s->options, DIM, 0.4, starts[0], ends[0], &r, x, u);
    s->ops->draw(s->options, DIM, 0.4, starts[0], ends[0], &q, other, u);
    return memcmp(x, other, sizeof x) != 0;
}

static void check_noise(const struct fm_path_subject *s)
{
    static const struct {
        const char *name;
        struct fm_stream stream;
        size_t row;
    } others[] = {{"seed", {8, 3, 4}, 5},
                  {"stream", {9, 4, 4}, 5},
                  {"step", {9, 3, 5}, 5},
                  {"row", {9, 3, 4}, 6}};
    enum { N = sizeof others / sizeof *others };
    const bool is_noisy = s->ops->bridge && fm_path_declared_at(s, 0.4).variance > 0;
    size_t n = 0;
    const char *missing = "";
    for (size_t k = 0; k < N; k++)
        if (depends_on(s, others[k].stream, others[k].row))
            n++;
        else
            missing = others[k].name;
    const bool is_right = n == N || (n == 0 && !is_noisy);
    fm_check_add_note(s->sink, "noise", "", is_right ? FM_CHECK_PASS : FM_CHECK_FAIL,
                      "%s%s",
                      !is_right ? "x_t does not depend on the generator's "
                      : n == N  ? "a function of seed, stream, step and row"
                                : "none",
                      is_right ? "" : missing);
}

/* ---- moments ---- */

static bool check_moments_at(const struct fm_path_subject *s, size_t pair, double t)
{
    const struct fm_path_bridge b = fm_path_declared_at(s, t);
    struct fm_moment means[DIM] = {{0}}, squares[DIM] = {{0}}, product = {0};
    double centre[DIM], z[DIM], ut[DIM];
    for (size_t j = 0; j < DIM; j++)
        centre[j] = b.mean.alpha * ends[pair][j] + b.mean.sigma * starts[pair][j];
    for (size_t i = 0; i < N_DRAWS; i++) {
        draw(s, pair, t, i, z, ut);
        for (size_t j = 0; j < DIM; j++) {
            z[j] -= centre[j];
            fm_moment_add(&means[j], z[j]);
            fm_moment_add(&squares[j], z[j] * z[j]);
        }
        fm_moment_add(&product, z[0] * z[1]);
    }
    for (size_t j = 0; j < DIM; j++) {
        const struct fm_moment mean = fm_moment_of(&means[j]),
                               square = fm_moment_of(&squares[j]);
        const bool is_mean =
            fm_moment_is_near(mean.mean, 0, mean.error + 1e-10 * fabs(centre[j]));
        if (is_mean && fm_moment_is_near(square.mean, b.variance, square.error))
            continue;
        fm_path_row(s, "moments", false, is_mean ? b.variance : centre[j],
                    is_mean ? square.mean : centre[j] + mean.mean,
                    is_mean ? "the variance of x_t at" : "the mean of x_t at", t);
        return false;
    }
    const struct fm_moment both = fm_moment_of(&product);
    if (fm_moment_is_near(both.mean, 0, both.error))
        return true;
    fm_path_row(s, "moments", false, 0, both.mean,
                "the covariance of two coordinates of x_t at", t);
    return false;
}

static void check_moments(const struct fm_path_subject *s)
{
    fm_check_begin(s->sink, "moments of draws");
    for (size_t k = 0; k < N_TIMES; k++)
        if (!check_moments_at(s, k % N_PAIRS, times[k]))
            return;
    fm_check_add_note(s->sink, "moments", "", FM_CHECK_PASS,
                      "mean and variance of %d draws match the bridge at %d times", N_DRAWS,
                      N_TIMES);
}

/* ---- velocity ---- */

/* A bridge's u_t is known: alpha' x1 + sigma' x0 + variance' / (2 variance) (x_t - mean). */
static bool check_bridge_velocity_at(const struct fm_path_subject *s, size_t pair, double t)
{
    const struct fm_path_bridge b = fm_path_declared_at(s, t);
    const double gain = b.variance > 0 ? b.d_variance / (2 * b.variance) : 0;
    for (size_t i = 0; i < 100; i++) {
        double xt[DIM], ut[DIM];
        draw(s, pair, t, i, xt, ut);
        for (size_t j = 0; j < DIM; j++) {
            const double x0 = starts[pair][j], x1 = ends[pair][j],
                         mean = b.mean.alpha * x1 + b.mean.sigma * x0,
                         straight = b.mean.d_alpha * x1 + b.mean.d_sigma * x0,
                         u = straight + gain * (xt[j] - mean);
            const double size = fabs(b.mean.d_alpha * x1) + fabs(b.mean.d_sigma * x0)
                                + fabs(gain) * (fabs(xt[j]) + fabs(mean)) + 1;
            if (fabs(ut[j] - u) <= 1e-9 * size)
                continue;
            fm_path_row(s, "velocity", false, u, ut[j], "u_t of one pair at", t);
            return false;
        }
    }
    return true;
}

/* Any path, given x0 and x1, satisfies d/dt E f(x_t) = E f'(x_t) u_t.  For f = x and
 * f = (x - c)^2 / 2 of each coordinate, takes the mean of df/dt - f' u, with df/dt by differences
 * with the same noise at both times. */
static bool check_slopes_at(const struct fm_path_subject *s, size_t pair, double t)
{
    const double h = 1e-3 * fmin(t, 1 - t);
    struct fm_moment gaps[2 * DIM] = {{0}};
    double size[2 * DIM] = {0};
    for (size_t i = 0; i < N_SLOPES; i++) {
        double xt[DIM], ut[DIM], before[DIM], after[DIM], ignored[DIM];
        draw(s, pair, t, i, xt, ut);
        draw(s, pair, t - h, i, before, ignored);
        draw(s, pair, t + h, i, after, ignored);
        for (size_t j = 0; j < DIM; j++) {
            const double c = t * ends[pair][j] + (1 - t) * starts[pair][j],
                         slope = (after[j] - before[j]) / (2 * h),
                         middle = (after[j] + before[j]) / 2 - c;
            fm_moment_add(&gaps[2 * j], slope - ut[j]);
            fm_moment_add(&gaps[2 * j + 1], middle * slope - (xt[j] - c) * ut[j]);
            size[2 * j] += (fabs(slope) + fabs(ut[j])) / N_SLOPES;
            size[2 * j + 1] +=
                (fabs(middle * slope) + fabs((xt[j] - c) * ut[j])) / N_SLOPES;
        }
    }
    for (size_t j = 0; j < 2 * DIM; j++) {
        const struct fm_moment gap = fm_moment_of(&gaps[j]);
        if (fabs(gap.mean) <= FM_MOMENT_LIMIT * gap.error + 1e-5 * size[j] + 1e-9)
            continue;
        fm_path_row(
            s, "velocity", false, 0, gap.mean,
            j % 2 ? "half the rate of change of the variance of x_t, less that by u_t, at"
                  : "the rate of change of the mean of x_t, less the mean of u_t, at",
            t);
        return false;
    }
    return true;
}

static void check_velocity(const struct fm_path_subject *s)
{
    fm_check_begin(s->sink, "velocity of draws");
    for (size_t k = 1; k + 1 < N_TIMES; k++)
        for (size_t pair = 0; pair < N_PAIRS; pair++) {
            const bool is_right = s->ops->bridge
                                      ? check_bridge_velocity_at(s, pair, times[k])
                                      : check_slopes_at(s, pair, times[k]);
            if (!is_right)
                return;
        }
    pass(s, "velocity",
         s->ops->bridge ? "u_t is the bridge's for every draw"
                        : "u_t is consistent with the change of mean and variance of x_t");
}

void fm_check_path_draws(const struct fm_path_subject *s)
{
    fm_check_begin(s->sink, "draws");
    if (!check_finite(s))
        return;
    check_noise(s);
    if (s->ops->bridge)
        check_moments(s);
    else
        fm_check_add_note(s->sink, "moments", "", FM_CHECK_SKIP, "it declares no bridge");
    check_velocity(s);
}
