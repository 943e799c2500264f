/* Closed forms: what they are asked about, what they refuse, and what they write. */
#include <config.h>

#include "base/error.h"
#include "check/network_parts.h"
#include "check/problems.h"
#include "check/vary.h"
#include "host/data.h"

#include <math.h>
#include <string.h>

/* ---- problems ---- */

enum { MAX_DIM = 5 };

static const double one[] = {1}, zeroes[MAX_DIM] = {0}, ones[MAX_DIM] = {1, 1, 1, 1, 1};
static const double normal_mean[] = {1, -0.5}, normal_variance[] = {0.49, 0.25};
static const double weights[] = {0.5, 0.3, 0.2};
static const double means[] = {1, -1, -1.5, 0.5, 0.5, 1.5},
                    variances[] = {0.25, 0.36, 0.3, 0.2, 0.5, 0.16};
static const double source_weights[] = {0.6, 0.4},
                    source_means[] = {0.2, 0, -0.3, 0.1, 0.4, -1, 0.5, 0, 0.3, -0.5},
                    source_variances[] = {1, 0.8, 1.2, 0.9, 1, 0.6, 1, 0.7, 1.1, 0.8};
static const double wide_means[] = {1, 0, -1, 0.5, 0.2,  -1,  1,   0.5,
                                    0, 0, 0,  -1,  0.75, 1.5, -0.5},
                    wide_variances[] = {0.3, 0.5, 0.4, 0.25, 0.6, 0.5, 0.3, 0.4,
                                        0.6, 0.3, 0.4, 0.4,  0.5, 0.3, 0.5};

static const struct fm_mixture normal = {1, 2, one, zeroes, ones},
                               shifted = {1, 2, one, normal_mean, normal_variance},
                               three = {3, 2, weights, means, variances},
                               wide_source = {2, 5, source_weights, source_means,
                                              source_variances},
                               wide_data = {3, 5, weights, wide_means, wide_variances};

/* Straight lines with noise of variance 0.3 t (1 - t) + 0.02. */
static void noisy_lines(const struct fm_problem *problem, double t,
                        struct fm_path_bridge *bridge)
{
    *bridge = (struct fm_path_bridge){.variance = 0.3 * t * (1 - t) + 0.02,
                                      .d_variance = 0.3 * (1 - 2 * t)};
    fm_linear_path(problem, t, &bridge->mean);
}

const char *const fm_problem_names[FM_N_PROBLEMS] = {
    "normal, smooth path", "mixture, linear path", "5 coordinates, smooth",
    "mixture, bridge"};
const struct fm_problem fm_problems[FM_N_PROBLEMS] = {
    {.dim = 2,
     .source = &normal,
     .data = &shifted,
     .is_independent = true,
     .path = fm_smooth_path},
    {.dim = 2,
     .source = &normal,
     .data = &three,
     .is_independent = true,
     .path = fm_linear_path},
    {.dim = 5,
     .source = &wide_source,
     .data = &wide_data,
     .is_independent = true,
     .path = fm_smooth_path},
    {.dim = 2,
     .source = &normal,
     .data = &three,
     .is_independent = true,
     .bridge = noisy_lines},
};

/* x_t of components j and k is normal with mean alpha m_k + sigma m_j and variance
 * alpha^2 S_k + sigma^2 C_j + b. */
double fm_problem_log_density(const struct fm_problem *problem, double t, const double *x)
{
    const struct fm_mixture *p = problem->source, *q = problem->data;
    struct fm_path_bridge at = {0};
    const size_t dim = problem->dim;
    double sum = 0;
    if (problem->path)
        problem->path(problem, t, &at.mean);
    else
        problem->bridge(problem, t, &at);
    const double a = at.mean.alpha, s = at.mean.sigma;
    for (size_t j = 0; j < p->n_components; j++)
        for (size_t k = 0; k < q->n_components; k++) {
            double density = p->weights[j] * q->weights[k];
            for (size_t i = 0; i < dim; i++) {
                const double mean = a * q->means[k * dim + i] + s * p->means[j * dim + i],
                             v = a * a * q->variances[k * dim + i]
                                 + s * s * p->variances[j * dim + i] + at.variance;
                density *= exp(-(x[i] - mean) * (x[i] - mean) / (2 * v))
                           / sqrt(6.28318530717958647692 * v);
            }
            sum += density;
        }
    return log(sum);
}

/* ---- preparing ---- */

static enum fm_status prepare(struct fm_arena *arena, const struct fm_network_ops *ops,
                              const void *options, const struct fm_problem *problem,
                              struct fm_closed_form *form, struct fm_error *err)
{
    struct fm_services *services = FM_NEW(arena, 1, struct fm_services);
    struct fm_problem *kept = FM_NEW(arena, 1, struct fm_problem);
    if (!services || !kept)
        return fm_out_of_memory(err);
    *services = fm_services_make(arena);
    *kept = *problem;
    *form = (struct fm_closed_form){0};
    return ops->prepare(options, services, kept, form, err);
}

/* v of a few rows. */
enum { N_FEW = 6 };

static enum fm_status evaluate_few(struct fm_arena *arena, const struct fm_network_ops *ops,
                                   const struct fm_closed_form *form, size_t dim,
                                   double v[N_FEW * MAX_DIM], struct fm_error *err)
{
    static const double t[N_FEW] = {0.1, 0.1, 0.4, 0.5, 0.8, 0.95};
    double x[N_FEW * MAX_DIM];
    void *scratch = fm_arena_take(arena, 1, form->scratch_bytes);
    if (!scratch)
        return fm_out_of_memory(err);
    fm_network_fill(x, N_FEW * dim, 1, 90);
    memset(v, 0, N_FEW * MAX_DIM * sizeof *v);
    return ops->evaluate(form, N_FEW, t, x, v, scratch, err);
}

/* Prepared twice more, the last time after another problem: the same field. */
static enum fm_status check_again(const struct fm_form_subject *s, const void *options,
                                  struct fm_error *err)
{
    struct fm_arena *arena = s->common.arena;
    double first[N_FEW * MAX_DIM], other[N_FEW * MAX_DIM];
    struct fm_closed_form form;
    struct fm_error why = {0};
    const char *what = NULL;
    if (evaluate_few(arena, s->ops, &s->form, s->common.dim, first, &why) != FM_OK) {
        fm_network_tell_error(&s->common, "prepare", &why);
        return FM_OK;
    }
    for (int k = 0; k < 3 && !what; k++) {
        if (k == 2
            && prepare(arena, s->ops, options, &fm_problems[2], &form, &why) != FM_OK)
            continue;
        if (prepare(arena, s->ops, options, s->problem, &form, &why) != FM_OK
            || evaluate_few(arena, s->ops, &form, s->common.dim, other, &why) != FM_OK)
            what = "it fails the second time";
        else if (memcmp(first, other, sizeof first) != 0)
            what = "another field when prepared again";
    }
    if (!what
        && (evaluate_few(arena, s->ops, &s->form, s->common.dim, other, &why) != FM_OK
            || memcmp(first, other, sizeof first) != 0))
        what = "another field when the next one is prepared";
    fm_network_tell(&s->common, "prepare", !what, what ? what : "the same field each time");
    (void)err;
    return FM_OK;
}

/* A problem that lacks something is prepared for, or refused with a message. */
static enum fm_status check_refusals(const struct fm_check_sink *sink,
                                     struct fm_arena *arena,
                                     const struct fm_network_ops *ops, const void *options,
                                     struct fm_error *err)
{
    struct fm_problem lacking[4];
    size_t n_refused = 0, n_silent = 0;
    fm_check_begin(sink, "what it refuses");
    for (size_t k = 0; k < 4; k++)
        lacking[k] = fm_problems[1];
    lacking[0].source = NULL;
    lacking[1].data = NULL;
    lacking[2].is_independent = false;
    lacking[3].path = NULL;
    for (size_t k = 0; k < 4 + FM_N_PROBLEMS; k++) {
        struct fm_closed_form form;
        struct fm_error why = {0};
        enum fm_status status = prepare(
            arena, ops, options, k < 4 ? &lacking[k] : &fm_problems[k - 4], &form, &why);
        if (status == FM_ERROR_MEMORY)
            return fm_out_of_memory(err);
        n_refused += status != FM_OK;
        n_silent += status != FM_OK && (!why.message[0] || why.status != status);
    }
    fm_check_add_row(sink, "refusals", "", n_silent ? FM_CHECK_FAIL : FM_CHECK_PASS,
                     (double)NAN, (double)n_refused,
                     n_silent ? "problems refused, not all by fm_fail with a message"
                              : "problems refused, with a message");
    return FM_OK;
}

/* ---- what is written ---- */

enum {
    N_WRITTEN = 3,
    N_AROUND = 4,
    SCRATCH_AROUND = 256,
    N_GUARDED = N_WRITTEN * MAX_DIM + 2 * N_AROUND
};

struct guarded {
    double t[N_WRITTEN], x[N_WRITTEN * MAX_DIM], dx[N_WRITTEN * MAX_DIM], out[N_GUARDED];
    unsigned char *room, *scratch; /* SCRATCH_AROUND bytes on each side of scratch */
    size_t n_scratch;
};

static void set_guarded(struct guarded *g)
{
    const double t[N_WRITTEN] = {0.2, 0.7, 0.7};
    memcpy(g->t, t, sizeof t);
    fm_network_fill(g->x, N_WRITTEN * MAX_DIM, 1, 91);
    fm_network_fill(g->dx, N_WRITTEN * MAX_DIM, 1, 92);
    for (size_t i = 0; i < N_GUARDED; i++)
        g->out[i] = 1e77;
    memset(g->room, 0x5a, g->n_scratch + 2 * SCRATCH_AROUND);
}

/* What was spoilt, or NULL; n_out doubles should have been written. */
static const char *find_damage(const struct guarded *g, struct guarded *fresh, size_t n_out)
{
    fresh->room = g->room; /* looked at before it is filled anew */
    for (size_t i = 0; i < SCRATCH_AROUND; i++)
        if (g->room[i] != 0x5a || g->room[SCRATCH_AROUND + g->n_scratch + i] != 0x5a)
            return "more scratch is written than was asked for";
    set_guarded(fresh);
    if (memcmp(g->t, fresh->t, sizeof g->t) != 0 || memcmp(g->x, fresh->x, sizeof g->x) != 0
        || memcmp(g->dx, fresh->dx, sizeof g->dx) != 0)
        return "its input is written to";
    for (size_t i = 0; i < N_GUARDED; i++) {
        const bool is_ours = i < N_AROUND || i >= N_AROUND + n_out;
        if (is_ours != (g->out[i] == 1e77))
            return is_ours ? "more is written than the rows that were asked for"
                           : "not all of its rows are written";
    }
    return NULL;
}

/* operation 0: v; 1: its derivative; 2: log p */
static const char *damage_of(const struct fm_form_subject *s, int operation,
                             struct guarded *g, struct guarded *fresh)
{
    struct fm_error err = {0};
    enum fm_status status = FM_OK;
    double *out = g->out + N_AROUND;
    set_guarded(g);
    if (operation == 0)
        status = s->ops->evaluate(&s->form, N_WRITTEN, g->t, g->x, out, g->scratch, &err);
    else if (operation == 1 && s->ops->jvp)
        status = s->ops->jvp(&s->form, N_WRITTEN, g->t, g->x, g->dx, out, g->scratch, &err);
    else if (operation == 2 && s->ops->log_density)
        status =
            s->ops->log_density(&s->form, N_WRITTEN, g->t, g->x, out, g->scratch, &err);
    else
        return NULL;
    if (status != FM_OK)
        return "it fails";
    return find_damage(g, fresh, operation == 2 ? N_WRITTEN : N_WRITTEN * s->common.dim);
}

enum fm_status fm_check_form_bounds(const struct fm_form_subject *s, struct fm_error *err)
{
    static const char *const operations[] = {"evaluate", "jvp", "log_density"};
    struct guarded g = {.n_scratch = s->form.scratch_bytes}, fresh = g;
    g.room = fm_arena_take(s->common.arena, 1, g.n_scratch + 2 * SCRATCH_AROUND);
    if (!g.room)
        return fm_out_of_memory(err);
    g.scratch = g.room + SCRATCH_AROUND;
    fm_check_begin(s->common.sink, "what it writes");
    for (int k = 0; k < 3; k++) {
        const char *damage = damage_of(s, k, &g, &fresh);
        if (!damage)
            continue;
        fm_check_add_note(s->common.sink, "bounds", s->common.problem, FM_CHECK_FAIL,
                          "%s: %s", operations[k], damage);
        return FM_OK;
    }
    fm_network_tell(&s->common, "bounds", true, "rows and scratch, and no more");
    return FM_OK;
}

/* ---- options ---- */

static uint64_t fingerprint(void *context, const void *options, uint64_t hash)
{
    const struct fm_form_subject *s = context;
    struct fm_arena arena = {0};
    struct fm_closed_form form;
    struct fm_error err = {0};
    double v[N_FEW * MAX_DIM];
    if (prepare(&arena, s->ops, options, s->problem, &form, &err) == FM_OK
        && evaluate_few(&arena, s->ops, &form, s->problem->dim, v, &err) == FM_OK) {
        hash = fm_check_hash(hash, v, sizeof v);
        hash = fm_check_hash(hash, &form.is_labelled, sizeof form.is_labelled);
    }
    fm_arena_fini(&arena);
    return hash;
}

/* ---- all ---- */

static enum fm_status check_form(struct fm_form_subject *s, const void *options,
                                 struct fm_error *err)
{
    struct fm_network_subject *c = &s->common;
    bool is_same = false;
    s->scratch = fm_arena_take(c->arena, 1, s->form.scratch_bytes);
    if (!s->scratch)
        return fm_out_of_memory(err);
    c->velocity = (struct fm_velocity){.dim = c->dim, .ops = s->ops, .form = s->form};
    FM_TRY(fm_check_form_bounds(s, err));
    FM_TRY(check_again(s, options, err));
    if (s->ops->jvp)
        fm_network_add_divergence(c);
    FM_TRY(fm_check_network_bits(c, &is_same, err));
    if (!is_same)
        return FM_OK;
    FM_TRY(fm_check_network_values(c, 1e6, err));
    return fm_check_form_numbers(s, err);
}

static enum fm_status check_problem(const struct fm_check_sink *sink,
                                    struct fm_arena *arena, const struct fm_plugin *p,
                                    const void *options, size_t k, struct fm_error *why,
                                    bool *is_prepared, struct fm_error *err)
{
    struct fm_form_subject s = {
        .common = {sink, fm_problem_names[k], arena, fm_problems[k].dim, {0}},
        .problem = &fm_problems[k],
        .ops = p->network};
    fm_check_begin(sink, "how it is prepared");
    enum fm_status status = prepare(arena, s.ops, options, s.problem, &s.form, why);
    *is_prepared = status == FM_OK;
    if (status == FM_ERROR_MEMORY)
        return fm_out_of_memory(err);
    if (status == FM_OK)
        return check_form(&s, options, err);
    fm_check_add_note(sink, "prepare", s.common.problem, FM_CHECK_SKIP, "refused: %s",
                      why->message);
    return FM_OK;
}

enum fm_status fm_check_forms(const struct fm_check_sink *sink, const struct fm_plugin *p,
                              const void *options, struct fm_error *err)
{
    struct fm_arena arena = {0};
    struct fm_form_subject s = {.ops = p->network};
    enum fm_status status = check_refusals(sink, &arena, p->network, options, err);
    for (size_t k = 0; status == FM_OK && k < FM_N_PROBLEMS; k++) {
        struct fm_error why = {0};
        bool is_prepared;
        status = check_problem(sink, &arena, p, options, k, &why, &is_prepared, err);
        if (is_prepared && !s.problem)
            s.problem = &fm_problems[k];
        fm_arena_reset(&arena);
    }
    if (status == FM_OK && s.problem)
        status =
            fm_check_options(sink, &arena, p, options, fingerprint, &s, FM_CHECK_INFO, err);
    fm_arena_fini(&arena);
    return status;
}
