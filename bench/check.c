#include <config.h>

#include "bench.h"

#include "base/error.h"
#include "base/stream.h"
#include "reference.h"

#include <math.h>
#include <string.h>

/* Largest differences between float here and double in the reference: at least ten times the
 * measured ones, and far below the effect of any mistake. */
static const double LOSS_TOLERANCE = 1e-5;     /* relative */
static const double GRADIENT_TOLERANCE = 1e-5; /* relative to the tensor's largest entry */
static const double STEP_TOLERANCE = 1e-3;     /* relative to the learning rate */
/* Differences of a coordinate, for data some units wide: of solves with the same steps, and of
 * solves with a tolerance of 1e-5 per step, whose errors the flow amplifies. */
static const double SOLVE_TOLERANCE = 1e-3, ADAPTIVE_TOLERANCE = 2e-2;

enum { N_SOLVED = 16 }; /* rows that the reference also solves */

/* ---- the first training step ---- */

/* Draws the first batch again: x_t, t and u_t of its rows. */
static enum fm_status first_batch(struct fm_arena *arena, const struct bench_model *m,
                                  double **xt, double **t, double **ut,
                                  struct fm_error *err)
{
    const struct fm_experiment *e = m->experiment;
    const struct fm_path_ops *path = e->path.loaded->plugin->path;
    const size_t n = (size_t)e->train.batch, dim = m->model.dim;
    const uint64_t seed = m->plan.runs[0].seed;
    double *x0 = FM_NEW(arena, n * dim, double), *x1 = FM_NEW(arena, n * dim, double);
    *xt = FM_NEW(arena, n * dim, double);
    *ut = FM_NEW(arena, n * dim, double);
    *t = FM_NEW(arena, n, double);
    if (!x0 || !x1 || !*xt || !*ut || !*t)
        return fm_out_of_memory(err);
    FM_ASSERT(path->coefficients);
    fm_data_rows(&m->model.source, (struct fm_stream){seed, FM_STREAM_TRAIN_SOURCE, 0}, n,
                 0, n, x0);
    fm_data_rows(&m->model.data, (struct fm_stream){seed, FM_STREAM_TRAIN_DATA, 0}, n, 0, n,
                 x1);
    for (size_t i = 0; i < n; i++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){seed, FM_STREAM_TRAIN_TIME, 0}, i);
        struct fm_path_point p;
        (*t)[i] = fm_rng_uniform(&r);
        path->coefficients(e->path.options, 1, *t + i, &p);
        for (size_t j = i * dim; j < (i + 1) * dim; j++) {
            (*xt)[j] = p.alpha * x1[j] + p.sigma * x0[j];
            (*ut)[j] = p.d_alpha * x1[j] + p.d_sigma * x0[j];
        }
    }
    return FM_OK;
}

/* Compares a tensor after the trainer's first step from zero moments with the reference:
 * moment1 = (1 - beta1) gradient, and Adam's step is lr g / (|g| + epsilon). */
static enum fm_status compare_tensor(struct fm_arena *arena, const struct bench_model *m,
                                     const struct reference_tensor *r,
                                     const struct fm_optimizer_state *state,
                                     struct fm_error *err)
{
    const struct fm_train_options *o = &m->experiment->train;
    float *moment = FM_NEW(arena, r->n, float), *after = FM_NEW(arena, r->n, float);
    double largest = 0;
    if (!moment || !after)
        return fm_out_of_memory(err);
    fm_parameter_export(r->parameter, state->moment1, moment);
    fm_parameter_export(r->parameter, state->parameters, after);
    for (size_t i = 0; i < r->n; i++)
        largest = fmax(largest, fabs(r->gradient[i]));
    for (size_t i = 0; i < r->n; i++) {
        double g = r->gradient[i], mine = (double)moment[i] / (1 - o->beta1);
        if (!(fabs(mine - g) <= GRADIENT_TOLERANCE * largest))
            return fm_fail(err, FM_ERROR_RUN,
                           "%s: the gradient of %s[%zu] is %.9g and should be %.9g",
                           m->name, r->parameter->name, i, mine, g);
        /* in smaller entries rounding may change the sign */
        if (fabs(g) < 1e-2 * largest)
            continue;
        double step = o->lr * g / (fabs(g) + o->epsilon), expected = r->values[i] - step;
        if (!(fabs((double)after[i] - expected)
              <= STEP_TOLERANCE * o->lr + 1e-7 * fabs(expected)))
            return fm_fail(err, FM_ERROR_RUN,
                           "%s: after a step, %s[%zu] is %.9g and should be %.9g", m->name,
                           r->parameter->name, i, (double)after[i], expected);
    }
    return FM_OK;
}

/* Takes the first step and compares it with the reference. */
static enum fm_status check_first_step(struct fm_arena *arena, struct bench_model *m,
                                       struct fm_error *err)
{
    struct fm_bench_training *t = &m->training[0];
    const struct fm_optimizer_state *state = fm_trainer_state(t->trainer);
    struct reference r;
    double *x, *times, *u;
    FM_TRY(reference_init(&r, arena, m->model.net, state->parameters, m->activation, err));
    FM_TRY(first_batch(arena, m, &x, &times, &u, err));
    FM_TRY(fm_bench_training_run(t, 1, INFINITY, err));
    double loss = reference_loss(&r, (size_t)m->experiment->train.batch, x, times, u);
    if (!(fabs(t->last.loss - loss) <= LOSS_TOLERANCE * loss))
        return fm_fail(err, FM_ERROR_RUN, "%s: the first loss is %.9g and should be %.9g",
                       m->name, t->last.loss, loss);
    for (size_t k = 0; k < r.n_layers; k++) {
        FM_TRY(compare_tensor(arena, m, &r.weights[k], state, err));
        FM_TRY(compare_tensor(arena, m, &r.biases[k], state, err));
    }
    return FM_OK;
}

/* ---- training ---- */

/* Mean of the losses in the given quarter, 0 to 3. */
static double mean_loss(const struct fm_bench_training *t, size_t quarter)
{
    size_t begin = quarter * t->n_losses / 4, end = (quarter + 1) * t->n_losses / 4;
    double sum = 0;
    if (end == begin)
        end++;
    for (size_t i = begin; i < end; i++)
        sum += t->losses[i].loss;
    return sum / (double)(end - begin);
}

static enum fm_status check_training(struct bench *b, struct bench_model *m,
                                     struct fm_error *err)
{
    const size_t n_bytes = fm_net_block_size(m->model.net) * sizeof(fm_real);
    const size_t n_steps = (size_t)m->experiment->train.steps;
    const fm_real *first = fm_trainer_state(m->training[0].trainer)->parameters;
    for (size_t c = 0; c < b->n_counts; c++) {
        struct fm_bench_training *t = &m->training[c];
        size_t left = n_steps - (size_t)fm_trainer_progress(t->trainer)->n_steps;
        FM_TRY(fm_bench_training_run(t, left, INFINITY, err));
        double before = mean_loss(t, 0), after = mean_loss(t, 3);
        if (!isfinite(before) || !(after < before))
            return fm_fail(err, FM_ERROR_RUN,
                           "%s: the loss went from %.6g to %.6g in %zu steps", m->name,
                           before, after, n_steps);
        if (memcmp(first, fm_trainer_state(t->trainer)->parameters, n_bytes) != 0)
            return fm_fail(
                err, FM_ERROR_RUN,
                "%s: %zu threads and one thread train different bits in %zu steps", m->name,
                b->n_threads[c], n_steps);
    }
    memcpy(m->weights, first, n_bytes);
    return FM_OK;
}

/* ---- sampling ---- */

static enum fm_status compare_ends(const struct bench_workload *w, struct reference *r,
                                   struct fm_error *err)
{
    const struct bench_model *m = w->model;
    const struct fm_method *method = &m->experiment->methods[w->method];
    const size_t dim = m->model.dim, n_steps = (size_t)method->options.steps;
    const bool is_euler = strcmp(method->solver.loaded->plugin->name, "euler") == 0;
    const double tolerance = n_steps ? SOLVE_TOLERANCE : ADAPTIVE_TOLERANCE;
    double x[64];
    FM_ASSERT(dim <= 64);
    for (size_t i = 0; i < N_SOLVED && i < m->n; i++) {
        memcpy(x, m->x0 + i * dim, dim * sizeof *x);
        if (is_euler)
            reference_euler(r, n_steps, x);
        else
            reference_rk4(r, n_steps ? n_steps : 100, x);
        for (size_t j = 0; j < dim; j++)
            if (!(fabs(x[j] - m->x1[i * dim + j]) <= tolerance))
                return fm_fail(err, FM_ERROR_RUN,
                               "%s: x1[%zu][%zu] is %.9g and should be %.9g", w->name, i, j,
                               m->x1[i * dim + j], x[j]);
    }
    return FM_OK;
}

static enum fm_status check_sampling(struct bench *b, struct fm_arena *arena,
                                     const struct bench_workload *w, struct fm_error *err)
{
    const struct bench_model *m = w->model;
    const size_t n = m->n * m->model.dim;
    double *first = FM_NEW(arena, n, double);
    struct reference r;
    struct fm_solve_result result;
    if (!first)
        return fm_out_of_memory(err);
    FM_TRY(reference_init(&r, arena, m->model.net, m->weights, m->activation, err));
    for (size_t c = 0; c < b->n_counts; c++) {
        FM_TRY(bench_solve(b, w, c, &result, err));
        if (c == 0)
            memcpy(first, m->x1, n * sizeof *first);
        else if (memcmp(first, m->x1, n * sizeof *first) != 0)
            return fm_fail(err, FM_ERROR_RUN,
                           "%s: %zu threads and one thread sample different bits", w->name,
                           b->n_threads[c]);
    }
    return compare_ends(w, &r, err);
}

enum fm_status bench_check(struct bench *b, struct fm_error *err)
{
    struct fm_arena scratch = {0};
    enum fm_status status = FM_OK;
    for (size_t i = 0; status == FM_OK && i < b->n_models; i++) {
        struct bench_model *m = &b->models[i];
        /* the reference has no coupling, and would take too long for the wide network */
        bool is_compared = strcmp(m->name, "tiny") == 0 || strcmp(m->name, "mid") == 0;
        if (is_compared)
            status = check_first_step(&scratch, m, err);
        if (status == FM_OK)
            status = check_training(b, m, err);
        fm_arena_fini(&scratch);
    }
    for (size_t i = 0; status == FM_OK && i < b->n_workloads; i++) {
        const struct bench_workload *w = &b->workloads[i];
        if (w->kind == BENCH_SAMPLE)
            status = check_sampling(b, &scratch, w, err);
        fm_arena_fini(&scratch);
    }
    fm_arena_fini(&scratch);
    return status;
}
