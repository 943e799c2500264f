#include <config.h>

#include "run/bench_sample.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/stream.h"
#include "measure/measure.h"
#include "run/model_labels.h"
#include "run/solve_settings.h"

#include <math.h>
#include <string.h>

/* ---- one solve ---- */

void fm_bench_x0(const struct fm_model *model, uint64_t seed, size_t n, double *x0)
{
    fm_data_rows(&model->source, (struct fm_stream){seed, FM_STREAM_SAMPLE_SOURCE, 0}, n, 0,
                 n, x0);
}

enum fm_status fm_bench_solve(const struct fm_bench_solve *s,
                              struct fm_solve_result *result, struct fm_error *err)
{
    const struct fm_solve solve = {
        .velocity = s->velocity ? s->velocity : &s->model->velocity,
        .solver = s->solver,
        .problem = &s->model->sampled,
        .control = s->control,
        .noise = {s->seed, FM_STREAM_SAMPLE_NOISE, 0},
        .n_threads = s->n_threads,
        .n = s->n,
        .x0 = s->x0,
        .x1 = s->x1,
        .nfe = s->nfe,
    };
    return fm_integrate(&solve, result, err);
}

/* ---- a point's samplings ---- */

struct sampler {
    struct fm_bench_run *b;
    size_t count, dim;
    double seconds_left; /* for n_solves_left solves, which share it */
    size_t n_solves_left;
    double *x0, *x1;  /* [count][dim] */
    uint32_t *labels; /* [count]; NULL: the network takes none */
    uint64_t *nfe;    /* [count] */
    /* the largest set of samples so far, for the metrics; n_samples 0: none yet */
    size_t n_samples;
    double *samples; /* [count][dim] */
};

static enum fm_status sampler_init(struct sampler *s, struct fm_error *err)
{
    struct fm_arena *arena = s->b->arena;
    const struct fm_experiment *e = s->b->experiment;
    s->count = (size_t)s->b->experiment->sample.count;
    s->dim = s->b->model.dim;
    s->seconds_left = s->b->options->seconds;
    s->n_solves_left = e->n_methods + (fm_experiment_needs(e, FM_REFERENCE_SOLVE) ? 2 : 0)
                       + (fm_experiment_needs(e, FM_REFERENCE_EXACT) ? 2 : 0);
    s->x0 = FM_NEW(arena, s->count * s->dim, double);
    s->x1 = FM_NEW(arena, s->count * s->dim, double);
    s->samples = FM_NEW(arena, s->count * s->dim, double);
    s->nfe = FM_NEW(arena, s->count, uint64_t);
    if (!s->x0 || !s->x1 || !s->samples || !s->nfe)
        return fm_out_of_memory(err);
    fm_bench_x0(&s->b->model, s->b->run->seed, s->count, s->x0);
    if (!fm_model_has_labels(&s->b->model))
        return FM_OK;
    s->labels = FM_NEW(arena, s->count, uint32_t);
    if (!s->labels)
        return fm_out_of_memory(err);
    fm_model_sample_labels(&s->b->model, &e->sample, s->b->run->seed, s->count, s->labels);
    return FM_OK;
}

/* Solves as many rows as fit the budget, at most a second; a first solve with few rows
 * tells how many.  Sets solve->n.  result: of the last solve, with the mean seconds of
 * all. */
static enum fm_status timed_solve(struct sampler *s, struct fm_bench_solve *solve,
                                  struct fm_solve_result *result, struct fm_error *err)
{
    const size_t n_first = 2 * FM_BLOCK_ROWS * solve->n_threads;
    const double budget = fmax(fmin(1, s->seconds_left / (double)s->n_solves_left), 0.001);
    size_t n_solves = 0;
    double sum = 0;
    solve->n = s->count < n_first ? s->count : n_first;
    FM_TRY(fm_bench_solve(solve, result, err));
    double fits = budget / fmax(result->seconds, 1e-9) * (double)solve->n;
    if (fits < (double)s->count)
        solve->n = fits < (double)solve->n ? solve->n : (size_t)fits;
    else
        solve->n = s->count;
    do { /* repeat short solves, or the clock and first use of memory would dominate */
        FM_TRY(fm_bench_solve(solve, result, err));
        sum += result->seconds;
        n_solves++;
    } while (sum < budget / 10 && n_solves < 1000);
    result->seconds = sum / (double)n_solves;
    s->seconds_left -= sum;
    s->n_solves_left--;
    return FM_OK;
}

static enum fm_status add_solve(struct sampler *s, const char *phase,
                                const struct fm_bench_solve *solve,
                                const struct fm_solve_result *result, struct fm_error *err)
{
    const double rows = (double)solve->n / result->seconds;
    const struct fm_net *net = s->b->model.net;
    char failed[64] = "";
    const struct fm_bench_row row = {
        .phase = phase,
        .seconds = (double)s->count / rows,
        .rows_per_second = rows,
        .flops_per_second =
            net ? fm_net_forward_flops(net) * (double)result->nfe_total / result->seconds
                : (double)NAN,
    };
    if (result->n_failed > 0)
        (void)snprintf(failed, sizeof failed, "; %zu rows %s", result->n_failed,
                       fm_row_failure_text(result->first_failure));
    return fm_bench_add(s->b, &row, err, "%zu of %zu rows, %.4g evaluation%s each%s",
                        solve->n, s->count, result->nfe_mean,
                        result->nfe_max == 1 ? "" : "s", failed);
}

static enum fm_status sample_one(struct sampler *s, const struct fm_method *m,
                                 struct fm_error *err)
{
    struct fm_solve_result result;
    char phase[256];
    const struct fm_guidance guidance =
        fm_model_guidance(&s->b->model, s->labels, m->options.guidance);
    const struct fm_velocity velocity =
        fm_velocity_guided(&s->b->model.velocity, &guidance);
    struct fm_bench_solve solve = {
        .model = &s->b->model,
        .velocity = &velocity,
        .solver = &m->ready,
        .control = fm_method_control(m),
        .n_threads = s->b->options->n_threads,
        .seed = s->b->run->seed,
        .x0 = s->x0,
        .x1 = s->x1,
        .nfe = s->nfe,
    };
    FM_TRY(timed_solve(s, &solve, &result, err));
    if (m->options.steps > 0)
        (void)snprintf(phase, sizeof phase, "%s, %lld step%s", m->label,
                       (long long)m->options.steps, m->options.steps == 1 ? "" : "s");
    else
        (void)snprintf(phase, sizeof phase, "%s, rtol %g", m->label, m->options.rtol);
    if (solve.n >= s->n_samples && result.n_failed == 0) {
        s->n_samples = solve.n;
        memcpy(s->samples, s->x1, solve.n * s->dim * sizeof *s->samples);
    }
    return add_solve(s, phase, &solve, &result, err);
}

/* ---- metrics ---- */

static enum fm_status data_rows(struct sampler *s, size_t first, const double **rows,
                                struct fm_error *err)
{
    double *x = FM_NEW(s->b->arena, s->n_samples * s->dim, double);
    if (!x)
        return fm_out_of_memory(err);
    fm_data_rows(&s->b->model.test,
                 (struct fm_stream){s->b->run->seed, FM_STREAM_REFERENCE, 0}, s->n_samples,
                 first, s->n_samples, x);
    *rows = x;
    return FM_OK;
}

/* The tight solve of a velocity, and a looser one at ten times the tolerances.  If fewer
 * rows fit the budget, metrics get fewer rows. */
static enum fm_status reference_solves(struct sampler *s,
                                       const struct fm_velocity *velocity,
                                       const char *const names[2], const double **tight,
                                       const double **looser, struct fm_error *err)
{
    const struct fm_reference_options *o = &s->b->experiment->reference;
    const double *x1[2];
    for (int i = 0; i < 2; i++) {
        const double factor = i ? FM_LOOSER_FACTOR : 1;
        struct fm_solve_result result;
        double *x = FM_NEW(s->b->arena, s->count * s->dim, double);
        if (!x)
            return fm_out_of_memory(err);
        struct fm_bench_solve solve = {
            .model = &s->b->model,
            .velocity = velocity,
            .solver = &s->b->experiment->reference_ready,
            .control = fm_reference_control(o, factor, 1),
            .n_threads = s->b->options->n_threads,
            .seed = s->b->run->seed,
            .x0 = s->x0,
            .x1 = x,
            .nfe = s->nfe,
        };
        FM_TRY(timed_solve(s, &solve, &result, err));
        FM_TRY(add_solve(s, names[i], &solve, &result, err));
        if (result.n_failed > 0)
            return FM_OK; /* the row says so; metrics that need it have no value */
        s->n_samples = solve.n < s->n_samples ? solve.n : s->n_samples;
        x1[i] = x;
    }
    *tight = x1[0];
    *looser = x1[1];
    return FM_OK;
}

static enum fm_status add_metrics(struct sampler *s, struct fm_metric_task *tasks,
                                  double wall, struct fm_error *err)
{
    const struct fm_experiment *e = s->b->experiment;
    double sum = 0;
    for (size_t i = 0; i < e->n_metrics; i++)
        sum += tasks[i].seconds;
    for (size_t i = 0; i < e->n_metrics; i++) {
        /* metrics run in parallel: each gets its share of the elapsed time */
        double share = sum > 0 ? wall * tasks[i].seconds / sum : 0;
        /* a metric that uses fewer rows than there are costs the same with more */
        bool has_enough = tasks[i].estimate.n_used < s->n_samples;
        double rows = has_enough ? 1 : (double)s->count / (double)s->n_samples;
        const struct fm_bench_row row = {
            .phase = e->metrics[i].loaded->plugin->name,
            /* once for each sampling, and once for the floor */
            .seconds = share * (double)(e->n_methods + 1) * rows,
            .rows_per_second = (double)NAN,
            .flops_per_second = (double)NAN,
        };
        if (tasks[i].status == FM_OK)
            FM_TRY(fm_bench_add(s->b, &row, err, "1 of %zu times, %zu of %zu rows",
                                e->n_methods + 1, s->n_samples, s->count));
        else
            FM_TRY(
                fm_bench_add(s->b, &row, err, "not measured: %s", tasks[i].error.message));
    }
    return FM_OK;
}

static enum fm_status measure(struct sampler *s, struct fm_error *err)
{
    const struct fm_experiment *e = s->b->experiment;
    struct fm_references r = {
        .dim = s->dim, .seed = s->b->run->seed, .t_end = 1, .x0 = s->x0};
    struct fm_likelihood likelihood = fm_model_likelihood(&s->b->model, e, s->b->run->seed,
                                                          s->b->options->n_threads, NULL);
    const struct fm_guidance guidance = fm_model_guidance(&s->b->model, s->labels, 1);
    const struct fm_velocity velocity =
                                 fm_velocity_guided(&s->b->model.velocity, &guidance),
                             true_one = fm_velocity_guided(&s->b->model.exact, &guidance);
    likelihood.guidance = guidance; /* any labels will do, since only the time matters */
    likelihood.n_labels = s->count;
    struct fm_metric_task *tasks = FM_NEW(s->b->arena, e->n_metrics, struct fm_metric_task);
    double *energy = FM_NEW(s->b->arena, s->n_samples, double); /* any values will do */
    if (!tasks || !energy)
        return fm_out_of_memory(err);
    static const char *const solves[] = {"reference solve", "looser reference solve"};
    static const char *const exact[] = {"exact solve", "looser exact solve"};
    if (fm_experiment_needs(e, FM_REFERENCE_SOLVE))
        FM_TRY(reference_solves(s, &velocity, solves, &r.solve, &r.looser, err));
    if (fm_experiment_needs(e, FM_REFERENCE_EXACT))
        FM_TRY(reference_solves(s, &true_one, exact, &r.exact, &r.looser_exact, err));
    if (fm_experiment_needs(e, FM_REFERENCE_DATA)
        || fm_experiment_needs(e, FM_REFERENCE_DENSITY))
        FM_TRY(data_rows(s, 0, &r.data, err));
    r.log_density = fm_log_density;
    r.likelihood = &likelihood;
    r.n = s->n_samples;
    for (size_t i = 0; i < e->n_metrics; i++)
        tasks[i] = (struct fm_metric_task){.metric = e->metrics[i].loaded->plugin->metric,
                                           .options = e->metrics[i].options,
                                           .samples = s->samples,
                                           .path_energy = energy};
    double start = fm_seconds();
    fm_measure(&r, s->b->options->n_threads, e->n_metrics, tasks);
    return add_metrics(s, tasks, fm_seconds() - start, err);
}

enum fm_status fm_bench_sample(struct fm_bench_run *b, struct fm_error *err)
{
    struct sampler s = {.b = b};
    FM_TRY(sampler_init(&s, err));
    for (size_t i = 0; i < b->experiment->n_methods; i++)
        FM_TRY(sample_one(&s, &b->experiment->methods[i], err));
    if (b->experiment->n_metrics == 0 || s.n_samples == 0)
        return FM_OK;
    return measure(&s, err);
}
