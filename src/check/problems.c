#include <config.h>

#include "check/problems.h"

#include <math.h>

/* ---- fields ---- */

/* With these constants the leading term of the error dominates well above rounding, for orders
 * up to 6.  All fields depend on t and on x. */

/* x' = 4 cos(2 t) x:  x(t) = x0 exp(2 sin 2 t). */
static void growth(double t, const double *x, double *v)
{
    v[0] = 4 * cos(2 * t) * x[0];
}

static void growth_solution(double t, const double *x0, double *x)
{
    x[0] = x0[0] * exp(2 * sin(2 * t));
}

/* In polar coordinates r' = 2 cos(t) r, angle' = 3 (1 + 2 t):  r grows by exp(2 sin t), the
 * angle by 3 (t + t^2). */
static void turn(double t, const double *x, double *v)
{
    double grow = 2 * cos(t), turn = 3 * (1 + 2 * t);
    v[0] = grow * x[0] - turn * x[1];
    v[1] = grow * x[1] + turn * x[0];
}

static void turn_solution(double t, const double *x0, double *x)
{
    double scale = exp(2 * sin(t)), angle = 3 * (t + t * t);
    x[0] = scale * (cos(angle) * x0[0] - sin(angle) * x0[1]);
    x[1] = scale * (sin(angle) * x0[0] + cos(angle) * x0[1]);
}

/* Not linear: r' = r (1 - r^2) / 2, angle' = 6 (1 + 2 t):  1 / r^2 - 1 falls by e^-t, the
 * angle grows by 6 (t + t^2). */
static void spiral(double t, const double *x, double *v)
{
    double pull = (1 - x[0] * x[0] - x[1] * x[1]) / 2, turn = 6 * (1 + 2 * t);
    v[0] = pull * x[0] - turn * x[1];
    v[1] = pull * x[1] + turn * x[0];
}

static void spiral_solution(double t, const double *x0, double *x)
{
    double r2 = x0[0] * x0[0] + x0[1] * x0[1], angle = 6 * (t + t * t);
    double scale = 1 / sqrt(r2 + (1 - r2) * exp(-t)); /* r(t) / r(0) */
    x[0] = scale * (cos(angle) * x0[0] - sin(angle) * x0[1]);
    x[1] = scale * (sin(angle) * x0[0] + cos(angle) * x0[1]);
}

/* Not linear: r' = r (1 - r), angle' = 8 + 6 cos(4 t):  r = r0 e^t / (1 - r0 + r0 e^t), the
 * angle grows by 8 t + 3/2 sin(4 t). */
static void orbit(double t, const double *x, double *v)
{
    double pull = 1 - sqrt(x[0] * x[0] + x[1] * x[1]), turn = 8 + 6 * cos(4 * t);
    v[0] = pull * x[0] - turn * x[1];
    v[1] = pull * x[1] + turn * x[0];
}

static void orbit_solution(double t, const double *x0, double *x)
{
    double r = sqrt(x0[0] * x0[0] + x0[1] * x0[1]), angle = 8 * t + 1.5 * sin(4 * t);
    double scale = exp(t) / (1 - r + r * exp(t)); /* r(t) / r(0) */
    x[0] = scale * (cos(angle) * x0[0] - sin(angle) * x0[1]);
    x[1] = scale * (sin(angle) * x0[0] + cos(angle) * x0[1]);
}

const struct fm_field fm_fields[FM_N_FIELDS] = {
    [FM_FIELD_GROWTH] = {"growth", 1, growth, growth_solution},
    [FM_FIELD_TURN] = {"turn", 2, turn, turn_solution},
    [FM_FIELD_SPIRAL] = {"spiral", 2, spiral, spiral_solution},
    [FM_FIELD_ORBIT] = {"orbit", 2, orbit, orbit_solution},
};

void fm_field_start(size_t n, size_t dim, double *x0)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++)
            x0[i * dim + j] = j == 0 ? 0.4 + (double)i / (double)n
                                     : 0.3 - (double)i / (double)(2 * n) + 0.2 * (double)j;
}

double fm_field_error(const struct fm_field *field, double t, size_t n, const double *x0,
                      const double *x)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double exact[FM_FIELD_MAX_DIM];
        field->solution(t, x0 + i * field->dim, exact);
        for (size_t j = 0; j < field->dim; j++) {
            double e = x[i * field->dim + j] - exact[j];
            sum += e * e;
        }
    }
    return sqrt(sum / (double)(n * field->dim));
}

/* ---- probes ---- */

const char fm_probe_failure[] = "this evaluation was meant to fail";

void fm_probe_reset(struct fm_probe *probe)
{
    atomic_store(&probe->n_evaluations, 0);
    probe->n_calls = 0;
    probe->first = (double)INFINITY;
    probe->last = -(double)INFINITY;
}

static void watch(struct fm_probe *probe, size_t n, const double *t)
{
    for (size_t i = 0; i < n; i++) {
        if (!(t[i] >= probe->first))
            probe->first = t[i];
        if (!(t[i] <= probe->last))
            probe->last = t[i];
    }
}

static enum fm_status evaluate(const struct fm_closed_form *form, size_t n, const double *t,
                               const double *x, double *v, void *scratch,
                               struct fm_error *err)
{
    struct fm_probe *probe = *(struct fm_probe *const *)form->state;
    const size_t dim = probe->field->dim;
    (void)scratch;
    if (probe->is_watched)
        watch(probe, n, t);
    if ((probe->is_watched || probe->fails_at) && ++probe->n_calls == probe->fails_at)
        return fm_fail(err, FM_ERROR_NO_INPUT, "%s", fm_probe_failure);
    for (size_t i = 0; i < n; i++)
        probe->field->f(t[i], x + i * dim, v + i * dim);
    atomic_fetch_add(&probe->n_evaluations, n);
    return FM_OK;
}

static const struct fm_network_ops probe_ops = {.size = sizeof probe_ops,
                                                .evaluate = evaluate};

struct fm_velocity fm_probe_velocity(struct fm_probe *probe)
{
    probe->self = probe;
    return (struct fm_velocity){.dim = probe->field->dim,
                                .ops = &probe_ops,
                                .form = {.state = &probe->self, .scratch_bytes = 8}};
}

/* ---- paths ---- */

void fm_smooth_path(const struct fm_problem *problem, double t, struct fm_path_point *point)
{
    const double half_pi = 1.57079632679489661923, speed = 0.8 * half_pi,
                 a = half_pi * 0.1 + speed * t;
    (void)problem;
    *point = (struct fm_path_point){.alpha = sin(a),
                                    .sigma = cos(a),
                                    .d_alpha = speed * cos(a),
                                    .d_sigma = -speed * sin(a)};
}

void fm_linear_path(const struct fm_problem *problem, double t, struct fm_path_point *point)
{
    (void)problem;
    *point =
        (struct fm_path_point){.alpha = t, .sigma = 1 - t, .d_alpha = 1, .d_sigma = -1};
}
