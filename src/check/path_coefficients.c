#include <config.h>

#include "check/path_coefficients.h"

#include "sample/path_change.h"

#include <math.h>

/* ---- finite ---- */

static double largest(const struct fm_path_bridge *b)
{
    const double numbers[] = {b->mean.alpha,   b->mean.sigma, b->mean.d_alpha,
                              b->mean.d_sigma, b->variance,   b->d_variance};
    double result = 0;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        result = isfinite(numbers[i]) ? fmax(result, fabs(numbers[i])) : HUGE_VAL;
    return result;
}

static bool is_finite_at(const struct fm_path_subject *s, double t, double *most)
{
    const struct fm_path_bridge b = fm_path_declared_at(s, t);
    *most = fmax(*most, largest(&b));
    if (isfinite(*most) && b.variance >= 0 && b.mean.alpha >= 0 && b.mean.sigma >= 0)
        return true;
    fm_path_row(s, "finite", false, (double)NAN, (double)NAN,
                isfinite(*most) ? "a coefficient is negative at"
                                : "a coefficient is not finite at",
                t);
    return false;
}

bool fm_check_path_finite(const struct fm_path_subject *s)
{
    static const double extreme[] = {5e-324,      1e-300,      0x1p-53,    0x1p-30,
                                     1 - 0x1p-30, 1 - 0x1p-52, 1 - 0x1p-53};
    double most = 0;
    fm_check_begin(s->sink, "the coefficients");
    for (size_t i = 0; i < FM_PATH_N_TIMES; i++)
        if (!is_finite_at(s, fm_path_time(i), &most))
            return false;
    for (size_t i = 0; i < sizeof extreme / sizeof *extreme; i++)
        if (!is_finite_at(s, extreme[i], &most))
            return false;
    fm_check_add_row(
        s->sink, "finite", "", FM_CHECK_PASS, (double)NAN, most,
        "is the largest number, from t = 0 to t = 1 and as close by as can be");
    return true;
}

/* ---- both ends ---- */

/* Where a time a little inside stands in for a singular end, c = alpha or sigma with
 * c c' = l is sqrt(2 |l| d) off, d away from it: granted for d up to 5e-15. */
static double granted_at_end(double c, double derivative)
{
    return 1e-9 + 1e-7 * sqrt(fabs(c * derivative));
}

void fm_check_path_ends(const struct fm_path_subject *s)
{
    struct fm_path_point ends[2] = {{.sigma = 1}, {.alpha = 1}};
    double worst = 0;
    if (s->ops->ends)
        s->ops->ends(s->options, ends);
    for (int end = 0; end < 2; end++) {
        const struct fm_path_bridge b = fm_path_declared_at(s, end);
        const double declared[] = {ends[end].alpha, ends[end].sigma},
                     measured[] = {b.mean.alpha, b.mean.sigma},
                     slopes[] = {b.mean.d_alpha, b.mean.d_sigma};
        for (int k = 0; k < 2; k++) {
            const double error = fabs(measured[k] - declared[k]);
            worst = fmax(worst, error);
            if (!(error <= granted_at_end(measured[k], slopes[k]))) {
                fm_path_row(s, "ends", false, declared[k], measured[k],
                            k ? "is sigma at" : "is alpha at", end);
                return;
            }
        }
    }
    fm_check_add_row(s->sink, "ends", "", FM_CHECK_PASS, 0, worst,
                     "is how far alpha and sigma are from what is declared at t = 0 and 1");
}

enum { N_LIMITS = 6 };

/* What has a limit at both ends: the products always, the others where they don't diverge. */
static void limits_of(const struct fm_path_bridge *b, double values[N_LIMITS])
{
    values[0] = b->mean.alpha * b->mean.d_alpha;
    values[1] = b->mean.sigma * b->mean.d_sigma;
    values[2] = b->d_variance;
    values[3] = b->mean.d_alpha;
    values[4] = b->mean.d_sigma;
    values[5] = b->variance;
}

/* At an end each is what it is close by, up to three times what it changes from 1e-6 to 1e-9
 * of the end: for t^p that covers the rest of the way from p = 0.05 on. */
void fm_check_path_limits(const struct fm_path_subject *s)
{
    static const char *const names[N_LIMITS] = {"is alpha alpha' at", "is sigma sigma' at",
                                                "is variance' at",    "is alpha' at",
                                                "is sigma' at",       "is variance at"};
    double worst = 0;
    for (int end = 0; end < 2; end++) {
        const struct fm_path_bridge at = fm_path_declared_at(s, end),
                                    near = fm_path_declared_at(s, end ? 1 - 1e-9 : 1e-9),
                                    far = fm_path_declared_at(s, end ? 1 - 1e-6 : 1e-6);
        double a[N_LIMITS], b[N_LIMITS], c[N_LIMITS];
        limits_of(&at, a);
        limits_of(&near, b);
        limits_of(&far, c);
        for (int k = 0; k < N_LIMITS; k++) {
            const bool diverges = fabs(b[k]) > 10 && fabs(b[k]) > 1.2 * fabs(c[k]);
            const double granted = 1e-6 * (1 + fabs(b[k])) + 3 * fabs(b[k] - c[k]);
            if (diverges)
                continue;
            worst = fmax(worst, fabs(a[k] - b[k]));
            if (!(fabs(a[k] - b[k]) <= granted)) {
                fm_path_row(s, "limits", false, b[k], a[k], names[k], end);
                return;
            }
        }
    }
    fm_check_add_row(
        s->sink, "limits", "", FM_CHECK_PASS, 0, worst,
        "is how far alpha', alpha alpha', sigma' and sigma sigma' jump at the ends");
}

/* ---- derivatives ---- */

/* Coefficient k (alpha, sigma, variance) and what the path says is its derivative. */
static double coefficient(const struct fm_path_bridge *b, int k, double *derivative)
{
    *derivative = k == 0 ? b->mean.d_alpha : k == 1 ? b->mean.d_sigma : b->d_variance;
    return k == 0 ? b->mean.alpha : k == 1 ? b->mean.sigma : b->variance;
}

/* By differences of order four with step h; `rounding` is what that leaves of them. */
static double slope(const struct fm_path_subject *s, double t, int k, double h,
                    double *rounding)
{
    static const double weights[] = {1, -8, 8, -1}, steps[] = {-2, -1, 1, 2};
    double ignored, sum = 0, most = 0;
    for (int i = 0; i < 4; i++) {
        const struct fm_path_bridge b = fm_path_declared_at(s, t + steps[i] * h);
        const double value = coefficient(&b, k, &ignored);
        sum += weights[i] * value / (12 * h);
        most = fmax(most, fabs(value));
    }
    *rounding = 1e-15 / h * (most + fabs(sum) * t); /* of the values, and of the times */
    return sum;
}

/* The error of the derivative that is declared at t, as a part of what it should be, clear of
 * rounding: the least over steps from a fiftieth of the way to the end down, as the path may
 * be steep.  A wrong derivative is wrong against all of them. */
static double derivative_error(const struct fm_path_subject *s, double t, int k,
                               double *declared, double *measured)
{
    double least = HUGE_VAL;
    const struct fm_path_bridge b = fm_path_declared_at(s, t);
    (void)coefficient(&b, k, declared);
    for (double part = 50; part < 1e4; part *= 5) {
        double rounding;
        const double sum = slope(s, t, k, fmin(t, 1 - t) / part, &rounding),
                     error = fmax(fabs(*declared - sum) - rounding, 0) / (1e-3 + fabs(sum));
        if (!(error < least))
            continue;
        least = error;
        *measured = sum;
        if (least < 1e-6)
            break;
    }
    return least;
}

void fm_check_path_derivatives(const struct fm_path_subject *s)
{
    static const char *const names[] = {"alpha' differs from the slope of alpha at",
                                        "sigma' differs from the slope of sigma at",
                                        "variance' differs from the slope of variance at"};
    double worst = 0;
    fm_check_begin(s->sink, "the derivatives");
    for (size_t i = 1; i + 1 < FM_PATH_N_TIMES; i++)
        for (int k = 0; k < 3; k++) {
            double declared, measured = (double)NAN, t = fm_path_time(i);
            const double error = derivative_error(s, t, k, &declared, &measured);
            if (!(error <= 2e-5)) {
                fm_path_row(s, "derivatives", false, declared, measured, names[k], t);
                return;
            }
            worst = fmax(worst, error);
        }
    fm_check_add_row(s->sink, "derivatives", "", FM_CHECK_PASS, 0, worst,
                     "is their largest error against differences, beyond rounding");
}

/* ---- the order of times ---- */

static double log_snr(const struct fm_path_subject *s, double t)
{
    const struct fm_path_bridge b = fm_path_declared_at(s, t);
    return log(b.mean.alpha) - log(b.mean.sigma);
}

/* False: it doesn't, which is told. */
static bool check_rising(const struct fm_path_subject *s)
{
    double last = log_snr(s, 0);
    for (size_t i = 1; i < FM_PATH_N_TIMES; i++) {
        const double t = fm_path_time(i), now = log_snr(s, t);
        const bool is_inner = t > 1e-3 && t < 1 - 1e-3;
        const double granted = is_inner || isinf(last) ? 0 : 1e-14 * (1 + fabs(last));
        if (!(is_inner ? now > last : now >= last - granted)) {
            fm_path_row(s, "signal to noise", false, last, now,
                        "log(alpha / sigma) does not rise at", t);
            return false;
        }
        last = now;
    }
    return true;
}

/* alpha / sigma rises, and the time is found from it, as where a path is changed for another
 * after training. */
void fm_check_path_order(const struct fm_path_subject *s)
{
    const struct fm_affine_path path = {s->ops, s->options};
    double worst = 0;
    fm_check_begin(s->sink, "the signal-to-noise ratio");
    if (!check_rising(s))
        return;
    for (double t = 0.01; t < 0.995; t += 0.01) {
        const double lambda = log_snr(s, t),
                     error = fabs(log_snr(s, fm_path_time_of(&path, lambda)) - lambda)
                             / (1 + fabs(lambda));
        worst = fmax(worst, error);
        if (!(error <= 1e-9)) {
            fm_path_row(s, "signal to noise", false, 0, error,
                        "the time is not found from log(alpha / sigma) at", t);
            return;
        }
    }
    fm_check_add_row(s->sink, "signal to noise", "", FM_CHECK_PASS, 0, worst,
                     "log(alpha / sigma) rises from t = 0 to t = 1; error of its inverse");
}

/* ---- conversions ---- */

/* The error of x1, x0, score and back at one t, in units of rounding at what they are made
 * of. */
static double round_trip(const struct fm_path_point *p)
{
    const double x0 = 0.7, x1 = -1.3, x = p->alpha * x1 + p->sigma * x0,
                 v = p->d_alpha * x1 + p->d_sigma * x0,
                 turn = p->d_alpha * p->sigma - p->d_sigma * p->alpha;
    const double both = fabs(p->sigma * p->d_alpha) + fabs(p->alpha * p->d_sigma);
    const double of_x1 = (fabs(p->sigma * p->d_sigma) + both) / turn,
                 of_x0 = (fabs(p->alpha * p->d_alpha) + both) / turn,
                 to_x1 = (fabs(p->d_sigma) + both) / p->sigma,
                 to_x0 = (fabs(p->d_alpha) + both) / p->alpha;
    const double sizes[] = {of_x1, of_x0, of_x0 / p->sigma, to_x1, to_x0, to_x0};
    const double errors[] = {
        fm_path_x1(p, x, v) - x1,
        fm_path_x0(p, x, v) - x0,
        fm_path_score(p, x, v) + x0 / p->sigma,
        fm_path_velocity_of_x1(p, x, x1) - v,
        fm_path_velocity_of_x0(p, x, x0) - v,
        fm_path_velocity_of_score(p, x, -x0 / p->sigma) - v,
    };
    double worst = 0;
    for (size_t k = 0; k < sizeof errors / sizeof *errors; k++) {
        const double units = fabs(errors[k]) / (1e-15 * (1 + sizes[k]));
        worst = isnan(units) ? HUGE_VAL : fmax(worst, units);
    }
    return turn > 0 ? worst : HUGE_VAL;
}

void fm_check_path_conversions(const struct fm_path_subject *s)
{
    double worst = 0, worst_t = 0.5;
    for (double t = 0.01; t < 0.995; t += 0.01) {
        const struct fm_path_bridge b = fm_path_declared_at(s, t);
        const double error = round_trip(&b.mean);
        worst_t = error > worst ? t : worst_t;
        worst = fmax(worst, error);
    }
    fm_path_row(
        s, "conversions", worst < 16, 0, worst,
        "velocity to x1, x0, score and back: largest error, in units of rounding, at",
        worst_t);
}
