#include <config.h>

#include "check/path_subject.h"

#include <math.h>

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

void fm_path_row(const struct fm_path_subject *s, const char *property, bool is_right,
                 double declared, double measured, const char *note, double t)
{
    const bool is_late = t > 0.999 && t < 1; /* %g would print 1 */
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
