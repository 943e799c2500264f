#include <config.h>

#include "check/path_coefficients.h"

#include "sample/path_change.h"

#include <math.h>

/* The largest errors allowed: of a derivative and of the inverse of log(alpha / sigma), relative;
 * of a conversion, in units of its rounding error. */
static const double derivative_tolerance = 2e-5, inverse_tolerance = 1e-9,
                    conversion_tolerance = 16;

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
    fm_check_begin(s->sink, "coefficients");
    for (size_t i = 0; i < FM_PATH_N_TIMES; i++)
        if (!is_finite_at(s, fm_path_time(i), &most))
            return false;
    for (size_t i = 0; i < sizeof extreme / sizeof *extreme; i++)
        if (!is_finite_at(s, extreme[i], &most))
            return false;
    fm_check_add_row(
        s->sink, "finite", "", FM_CHECK_PASS, (double)NAN, most,
        "largest coefficient, on [0, 1] and as close to its ends as doubles are");
    return true;
}

/* ---- both ends ---- */

/* A path may take a time d inside for a singular end.  There c = alpha or sigma with c c' = l is
 * sqrt(2 |l| d) off: allowed for d up to 5e-15. */
static double end_tolerance(double c, double derivative)
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
            if (!(error <= end_tolerance(measured[k], slopes[k]))) {
                fm_path_row(s, "ends", false, declared[k], measured[k],
                            k ? "sigma at" : "alpha at", end);
                return;
            }
        }
    }
    fm_check_add_row(s->sink, "ends", "", FM_CHECK_PASS, 0, worst,
                     "distance of alpha and sigma from the declared ends");
}

enum { N_LIMITS = 6 };

/* Values with limits at both ends: the products always, the others where they don't diverge. */
static void limits_of(const struct fm_path_bridge *b, double values[N_LIMITS])
{
    values[0] = b->mean.alpha * b->mean.d_alpha;
    values[1] = b->mean.sigma * b->mean.d_sigma;
    values[2] = b->d_variance;
    values[3] = b->mean.d_alpha;
    values[4] = b->mean.d_sigma;
    values[5] = b->variance;
}

/* Each value at an end is near its value 1e-9 away, up to three times its change from 1e-6 to 1e-9:
 * for t^p that covers the rest from p = 0.05 on. */
void fm_check_path_limits(const struct fm_path_subject *s)
{
    static const char *const names[N_LIMITS] = {"alpha alpha' at", "sigma sigma' at",
                                                "variance' at",    "alpha' at",
                                                "sigma' at",       "variance at"};
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
            const double allowed = 1e-6 * (1 + fabs(b[k])) + 3 * fabs(b[k] - c[k]);
            if (diverges)
                continue;
            worst = fmax(worst, fabs(a[k] - b[k]));
            if (!(fabs(a[k] - b[k]) <= allowed)) {
                fm_path_row(s, "limits", false, b[k], a[k], names[k], end);
                return;
            }
        }
    }
    fm_check_add_row(
        s->sink, "limits", "", FM_CHECK_PASS, 0, worst,
        "largest jump of alpha', alpha alpha', sigma' and sigma sigma' at the ends");
}

/* ---- derivatives ---- */

/* Coefficient k (alpha, sigma, variance) and its declared derivative. */
static double coefficient(const struct fm_path_bridge *b, int k, double *derivative)
{
    *derivative = k == 0 ? b->mean.d_alpha : k == 1 ? b->mean.d_sigma : b->d_variance;
    return k == 0 ? b->mean.alpha : k == 1 ? b->mean.sigma : b->variance;
}

/* Differences of order four with step h; *rounding bounds their rounding error. */
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

/* The relative error of the declared derivative at t, beyond rounding: the least over several
 * steps, from 1/50 of the distance to the nearer end down, for the path may be steep.  A wrong
 * derivative is wrong for every step. */
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
    fm_check_begin(s->sink, "derivatives");
    for (size_t i = 1; i + 1 < FM_PATH_N_TIMES; i++)
        for (int k = 0; k < 3; k++) {
            double declared, measured = (double)NAN, t = fm_path_time(i);
            const double error = derivative_error(s, t, k, &declared, &measured);
            if (!(error <= derivative_tolerance)) {
                fm_path_row(s, "derivatives", false, declared, measured, names[k], t);
                return;
            }
            worst = fmax(worst, error);
        }
    fm_check_add_row(s->sink, "derivatives", "", FM_CHECK_PASS, 0, worst,
                     "largest error against differences, beyond rounding");
}

/* ---- signal to noise ---- */

static double log_snr(const struct fm_path_subject *s, double t)
{
    const struct fm_path_bridge b = fm_path_declared_at(s, t);
    return log(b.mean.alpha) - log(b.mean.sigma);
}

/* False: log(alpha / sigma) falls, with a row that says where. */
static bool check_rising(const struct fm_path_subject *s)
{
    double last = log_snr(s, 0);
    for (size_t i = 1; i < FM_PATH_N_TIMES; i++) {
        const double t = fm_path_time(i), now = log_snr(s, t);
        const bool is_inner = t > 1e-3 && t < 1 - 1e-3;
        const double allowed = is_inner || isinf(last) ? 0 : 1e-14 * (1 + fabs(last));
        if (!(is_inner ? now > last : now >= last - allowed)) {
            fm_path_row(s, "signal to noise", false, last, now,
                        "log(alpha / sigma) does not rise at", t);
            return false;
        }
        last = now;
    }
    return true;
}

/* alpha / sigma rises, and fm_path_time_of finds the time from it, as sampling along another path
 * than the trained one needs. */
void fm_check_path_order(const struct fm_path_subject *s)
{
    const struct fm_affine_path path = {s->ops, s->options};
    double worst = 0;
    fm_check_begin(s->sink, "signal to noise");
    if (!check_rising(s))
        return;
    for (double t = 0.01; t < 0.995; t += 0.01) {
        const double lambda = log_snr(s, t),
                     error = fabs(log_snr(s, fm_path_time_of(&path, lambda)) - lambda)
                             / (1 + fabs(lambda));
        worst = fmax(worst, error);
        if (!(error <= inverse_tolerance)) {
            fm_path_row(s, "signal to noise", false, 0, error,
                        "fm_path_time_of misses the time of log(alpha / sigma) at", t);
            return;
        }
    }
    fm_check_add_row(s->sink, "signal to noise", "", FM_CHECK_PASS, 0, worst,
                     "log(alpha / sigma) rises from t = 0 to t = 1; error of its inverse");
}

/* ---- conversions ---- */

/* The error of the conversions to x1, x0, score and back at one t, in units of the rounding error
 * of their terms. */
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
        s, "conversions", worst < conversion_tolerance, 0, worst,
        "velocity to x1, x0, score and back: largest error, in units of rounding, at",
        worst_t);
}
