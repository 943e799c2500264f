/* All checks of a path. */
#include <config.h>

#include "check/path.h"

#include "base/error.h"
#include "check/path_parts.h"
#include "check/vary.h"

#include <math.h>
#include <string.h>

bool fm_path_is_declared(const struct fm_path_subject *s)
{
    return s->ops->coefficients || s->ops->bridge;
}

void fm_path_declared(const struct fm_path_subject *s, size_t n, const double *t,
                      struct fm_path_bridge *points)
{
    enum { N_AT_ONCE = 64 };
    struct fm_path_point means[N_AT_ONCE];
    if (s->ops->bridge) {
        s->ops->bridge(s->options, n, t, points);
        return;
    }
    for (size_t i = 0; i < n; i += N_AT_ONCE) {
        const size_t m = n - i < N_AT_ONCE ? n - i : N_AT_ONCE;
        s->ops->coefficients(s->options, m, t + i, means);
        for (size_t k = 0; k < m; k++)
            points[i + k] = (struct fm_path_bridge){.mean = means[k]};
    }
}

struct fm_path_bridge fm_path_declared_at(const struct fm_path_subject *s, double t)
{
    struct fm_path_bridge bridge;
    fm_path_declared(s, 1, &t, &bridge);
    return bridge;
}

void fm_path_tell(const struct fm_path_subject *s, const char *property, bool is_right,
                  double declared, double measured, const char *note, double t)
{
    const bool is_late = t > 0.999 && t < 1; /* else it would be printed as 1 */
    fm_check_add_row(s->sink, property, "", is_right ? FM_CHECK_PASS : FM_CHECK_FAIL,
                     declared, measured, "%s t = %s%.6g", note, is_late ? "1 - " : "",
                     is_late ? 1 - t : t);
}

double fm_path_time(size_t i)
{
    const size_t n = FM_PATH_N_NEAR, last = FM_PATH_N_TIMES - 1;
    if (i == 0 || i == last)
        return i == 0 ? 0 : 1;
    if (i <= n)
        return pow(10, (double)i - FM_PATH_N_NEAR - 3);
    if (i > n + FM_PATH_N_INNER)
        return 1 - pow(10, (double)(n + FM_PATH_N_INNER) - (double)i - 2);
    return (double)(i - n) / (FM_PATH_N_INNER + 1);
}

/* ---- options ---- */

/* A number for all that the path does with these options. */
static uint64_t fingerprint(void *context, const void *options, uint64_t hash)
{
    enum { DIM = 3 };
    const double x0[DIM] = {0.3, -1, 2}, x1[DIM] = {1, 0.5, -0.7};
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

/* ---- all ---- */

enum fm_status fm_check_path(const struct fm_check_sink *sink, struct fm_arena *arena,
                             const struct fm_plugin *p, const void *options,
                             struct fm_error *err)
{
    struct fm_path_subject s = {sink, p->path, options};
    if (!fm_check_path_bits(&s))
        return FM_OK;
    fm_check_path_bounds(&s);
    if (fm_path_is_declared(&s) && fm_check_path_finite(&s)) {
        fm_check_path_ends(&s);
        fm_check_path_limits(&s);
        fm_check_path_derivatives(&s);
        if (s.ops->coefficients) {
            fm_check_path_order(&s);
            fm_check_path_conversions(&s);
        }
    }
    if (s.ops->draw)
        fm_check_path_draws(&s);
    return fm_check_options(sink, arena, p, options, fingerprint, &s, FM_CHECK_FAIL, err);
}
