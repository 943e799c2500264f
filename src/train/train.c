#include <config.h>

#include "train/train.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/stream.h"

#include <math.h>
#include <string.h>

enum { CHUNK = 4096 }; /* parameters an item of the optimiser takes */
/* beyond it the squares in the second moment leave float's range */
static const double LARGEST_NORM = 1e18;

/* Private memory of one thread. */
struct worker {
    struct fm_net_workspace *net;
    double *x0, *x1, *xt, *ut, *t; /* [FM_BLOCK_ROWS][dim], t: [FM_BLOCK_ROWS] */
    fm_real *x;                    /* [FM_BLOCK_ROWS][dim] */
};

struct fm_trainer {
    struct fm_train_spec spec;
    size_t dim, n_shards, n_chunks;
    uint64_t n_steps; /* done */
    struct fm_optimizer_state state;
    fm_real *transposed, *gradient;
    fm_real **shard_gradients; /* [n_shards][block] */
    double *shard_losses, *chunk_norms;
    struct worker *workers;
    /* The whole batch, when the coupling wants it. */
    double *batch_x0, *batch_x1; /* [batch][dim] */
    uint32_t *i0, *i1;           /* [batch] */
    struct fm_arena coupling_arena;
    /* of the step under way */
    double scale, lr, ema_decay;
};

double fm_learning_rate(const struct fm_train_options *o, uint64_t n)
{
    uint64_t warmup = (uint64_t)o->warmup, steps = (uint64_t)o->steps;
    if (n <= warmup)
        return o->lr * (double)n / (double)warmup;
    if (o->schedule == FM_SCHEDULE_CONSTANT || steps <= warmup)
        return o->lr;
    double progress = (double)(n - warmup) / (double)(steps - warmup);
    return o->final_lr
           + (o->lr - o->final_lr) * 0.5
                 * (1 + cos(3.14159265358979323846 * fmin(progress, 1)));
}

size_t fm_n_shards(const struct fm_train_options *o)
{
    size_t batch = (size_t)o->batch;
    size_t n = o->shards > 0 ? (size_t)o->shards : batch / 64;
    if (o->shards == 0 && n > 16)
        n = 16;
    if (n > batch)
        n = batch;
    return n > 0 ? n : 1;
}

/* The parameters are now those after n_steps steps. */
static void parameters_changed(struct fm_trainer *t, uint64_t n_steps)
{
    t->n_steps = n_steps;
    fm_net_transpose(t->spec.net, t->state.parameters, t->transposed);
}

/* ---- memory ---- */

static enum fm_status worker_init(struct worker *w, const struct fm_trainer *t,
                                  struct fm_arena *arena, struct fm_error *err)
{
    size_t size = FM_BLOCK_ROWS * t->dim;
    w->x0 = FM_NEW(arena, size, double);
    w->x1 = FM_NEW(arena, size, double);
    w->xt = FM_NEW(arena, size, double);
    w->ut = FM_NEW(arena, size, double);
    w->t = FM_NEW(arena, FM_BLOCK_ROWS, double);
    w->x = FM_NEW(arena, size, fm_real);
    if (!w->x0 || !w->x1 || !w->xt || !w->ut || !w->t || !w->x)
        return fm_out_of_memory(err);
    return fm_net_workspace(arena, t->spec.net, FM_NET_REVERSE, &w->net, err);
}

static enum fm_status take_blocks(struct fm_trainer *t, struct fm_arena *arena,
                                  struct fm_error *err)
{
    size_t n = fm_net_block_size(t->spec.net), batch = (size_t)t->spec.options->batch;
    bool is_whole = t->spec.coupling->pair != NULL, has_ema = t->spec.options->ema > 0;
    t->state = (struct fm_optimizer_state){
        .n = n,
        .parameters = FM_NEW(arena, n, fm_real),
        .moment1 = FM_NEW(arena, n, fm_real),
        .moment2 = FM_NEW(arena, n, fm_real),
        .ema = has_ema ? FM_NEW(arena, n, fm_real) : NULL,
    };
    t->gradient = FM_NEW(arena, n, fm_real);
    t->transposed = FM_NEW(arena, fm_net_transposed_size(t->spec.net), fm_real);
    t->shard_gradients = FM_NEW(arena, t->n_shards, fm_real *);
    t->shard_losses = FM_NEW(arena, t->n_shards, double);
    t->chunk_norms = FM_NEW(arena, t->n_chunks, double);
    if (!t->state.parameters || !t->state.moment1 || !t->state.moment2
        || (has_ema && !t->state.ema) || !t->gradient || !t->transposed
        || !t->shard_gradients || !t->shard_losses || !t->chunk_norms)
        return fm_out_of_memory(err);
    for (size_t s = 0; s < t->n_shards; s++)
        if (!(t->shard_gradients[s] = FM_NEW(arena, n, fm_real)))
            return fm_out_of_memory(err);
    if (!is_whole)
        return FM_OK;
    t->batch_x0 = FM_NEW(arena, batch * t->dim, double);
    t->batch_x1 = FM_NEW(arena, batch * t->dim, double);
    t->i0 = FM_NEW(arena, batch, uint32_t);
    t->i1 = FM_NEW(arena, batch, uint32_t);
    if (!t->batch_x0 || !t->batch_x1 || !t->i0 || !t->i1)
        return fm_out_of_memory(err);
    return FM_OK;
}

enum fm_status fm_trainer_init(struct fm_arena *arena, const struct fm_train_spec *spec,
                               struct fm_trainer **trainer, struct fm_error *err)
{
    struct fm_trainer *t = FM_NEW(arena, 1, struct fm_trainer);
    if (!t)
        return fm_out_of_memory(err);
    t->spec = *spec;
    t->dim = fm_net_dim(spec->net);
    t->n_shards = fm_n_shards(spec->options);
    t->n_chunks = (fm_net_block_size(spec->net) + CHUNK - 1) / CHUNK;
    size_t n_threads = spec->n_threads ? spec->n_threads : 1;
    t->spec.n_threads = n_threads;
    FM_TRY(take_blocks(t, arena, err));
    t->workers = FM_NEW(arena, n_threads, struct worker);
    if (!t->workers)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < n_threads; i++)
        FM_TRY(worker_init(&t->workers[i], t, arena, err));
    fm_net_initialise(spec->net, spec->seed, t->state.parameters);
    if (t->state.ema)
        memcpy(t->state.ema, t->state.parameters, t->state.n * sizeof *t->state.ema);
    parameters_changed(t, 0);
    *trainer = t;
    return FM_OK;
}

void fm_trainer_fini(struct fm_trainer *t)
{
    if (t)
        fm_arena_fini(&t->coupling_arena);
}

/* ---- one step ---- */

static struct fm_stream stream_of(const struct fm_trainer *t, uint32_t id)
{
    return (struct fm_stream){t->spec.seed, id, (uint32_t)t->n_steps};
}

static void shard_range(const struct fm_trainer *t, size_t shard, size_t *begin,
                        size_t *end)
{
    size_t batch = (size_t)t->spec.options->batch;
    *begin = shard * batch / t->n_shards;
    *end = (shard + 1) * batch / t->n_shards;
}

static void draw_shard(void *context, size_t shard, size_t thread)
{
    struct fm_trainer *t = context;
    size_t begin, end, batch = (size_t)t->spec.options->batch;
    (void)thread;
    shard_range(t, shard, &begin, &end);
    fm_data_rows(t->spec.source, stream_of(t, FM_STREAM_TRAIN_SOURCE), batch, begin,
                 end - begin, t->batch_x0 + begin * t->dim);
    fm_data_rows(t->spec.data, stream_of(t, FM_STREAM_TRAIN_DATA), batch, begin,
                 end - begin, t->batch_x1 + begin * t->dim);
}

/* The pairs of rows first .. first + n - 1, into the worker's x0 and x1. */
static void block_pairs(const struct fm_trainer *t, struct worker *w, size_t first,
                        size_t n)
{
    size_t batch = (size_t)t->spec.options->batch, dim = t->dim;
    if (!t->batch_x0) {
        fm_data_rows(t->spec.source, stream_of(t, FM_STREAM_TRAIN_SOURCE), batch, first, n,
                     w->x0);
        fm_data_rows(t->spec.data, stream_of(t, FM_STREAM_TRAIN_DATA), batch, first, n,
                     w->x1);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        memcpy(w->x0 + i * dim, t->batch_x0 + t->i0[first + i] * dim, dim * sizeof *w->x0);
        memcpy(w->x1 + i * dim, t->batch_x1 + t->i1[first + i] * dim, dim * sizeof *w->x1);
    }
}

/* t, x_t and u_t of the pairs. */
static void block_path(const struct fm_trainer *t, struct worker *w, size_t first, size_t n)
{
    const struct fm_path_ops *path = t->spec.path;
    struct fm_stream times = stream_of(t, FM_STREAM_TRAIN_TIME);
    struct fm_stream noise = stream_of(t, FM_STREAM_TRAIN_PATH);
    for (size_t i = 0; i < n; i++) {
        struct fm_rng r = fm_rng_at(times, first + i);
        const double *x0 = w->x0 + i * t->dim, *x1 = w->x1 + i * t->dim;
        double *xt = w->xt + i * t->dim, *ut = w->ut + i * t->dim;
        w->t[i] = fm_rng_uniform(&r);
        if (path->draw) {
            struct fm_rng z = fm_rng_at(noise, first + i);
            path->draw(t->spec.path_options, t->dim, w->t[i], x0, x1, &z, xt, ut);
            continue;
        }
        struct fm_path_point p;
        path->coefficients(t->spec.path_options, w->t[i], &p);
        for (size_t j = 0; j < t->dim; j++) {
            xt[j] = p.alpha * x1[j] + p.sigma * x0[j];
            ut[j] = p.d_alpha * x1[j] + p.d_sigma * x0[j];
        }
    }
    for (size_t i = 0; i < n * t->dim; i++)
        w->x[i] = (fm_real)w->xt[i];
}

/* Forward, loss, backward of one block; returns its sum of squared errors. */
static double block_gradient(const struct fm_trainer *t, struct worker *w, size_t n,
                             fm_real *gradient)
{
    size_t dim = t->dim, stride = fm_padded(dim);
    double n_entries = (double)t->spec.options->batch * (double)dim, sum = 0;
    const fm_real *v =
        fm_net_forward(t->spec.net, t->state.parameters, w->net, n, w->t, w->x);
    fm_real *dv = fm_net_output_gradient(t->spec.net, w->net);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++) {
            double e = (double)v[i * stride + j] - w->ut[i * dim + j];
            sum += e * e;
            dv[i * stride + j] = (fm_real)(2 * e / n_entries);
        }
    fm_net_reverse(t->spec.net, t->transposed, w->net, n, gradient);
    return sum;
}

static void shard_gradient(void *context, size_t shard, size_t thread)
{
    struct fm_trainer *t = context;
    struct worker *w = &t->workers[thread];
    size_t begin, end;
    double sum = 0;
    shard_range(t, shard, &begin, &end);
    for (size_t first = begin; first < end; first += FM_BLOCK_ROWS) {
        size_t n = end - first < FM_BLOCK_ROWS ? end - first : FM_BLOCK_ROWS;
        block_pairs(t, w, first, n);
        block_path(t, w, first, n);
        sum += block_gradient(t, w, n, t->shard_gradients[shard]);
    }
    t->shard_losses[shard] = sum;
}

static size_t chunk_size(const struct fm_trainer *t, size_t chunk)
{
    size_t left = t->state.n - chunk * CHUNK;
    return left < CHUNK ? left : CHUNK;
}

static void combine_chunk(void *context, size_t chunk, size_t thread)
{
    struct fm_trainer *t = context;
    (void)thread;
    t->chunk_norms[chunk] = fm_gradient_combine(
        t->n_shards, t->shard_gradients, chunk * CHUNK, chunk_size(t, chunk), t->gradient);
}

static void update_chunk(void *context, size_t chunk, size_t thread)
{
    struct fm_trainer *t = context;
    const struct fm_train_options *o = t->spec.options;
    const struct fm_adamw adamw = {o->beta1, o->beta2, o->epsilon, o->weight_decay};
    (void)thread;
    fm_adamw_step(&adamw, &t->state, t->gradient, t->scale, t->lr, t->n_steps + 1,
                  t->ema_decay, chunk * CHUNK, chunk_size(t, chunk));
}

static enum fm_status couple(struct fm_trainer *t, struct fm_error *err)
{
    size_t batch = (size_t)t->spec.options->batch;
    fm_parallel_for(t->spec.n_threads, t->n_shards, draw_shard, t);
    struct fm_services services = fm_services_make(&t->coupling_arena);
    enum fm_status status = t->spec.coupling->pair(
        t->spec.coupling_options, &services, batch, t->dim, t->batch_x0, t->batch_x1,
        stream_of(t, FM_STREAM_TRAIN_COUPLING), t->i0, t->i1, err);
    fm_arena_fini(&t->coupling_arena);
    for (size_t i = 0; status == FM_OK && i < batch; i++)
        if (t->i0[i] >= batch || t->i1[i] >= batch)
            status = fm_fail(err, FM_ERROR_PLUGIN,
                             "the coupling paired row %zu with a row outside the batch", i);
    return status;
}

enum fm_status fm_trainer_step(struct fm_trainer *t, struct fm_step_report *report,
                               struct fm_error *err)
{
    const struct fm_train_options *o = t->spec.options;
    double loss = 0, norm = 0;
    if (t->batch_x0)
        FM_TRY(couple(t, err));
    fm_parallel_for(t->spec.n_threads, t->n_shards, shard_gradient, t);
    fm_parallel_for(t->spec.n_threads, t->n_chunks, combine_chunk, t);
    for (size_t s = 0; s < t->n_shards; s++)
        loss += t->shard_losses[s];
    for (size_t c = 0; c < t->n_chunks; c++)
        norm += t->chunk_norms[c];
    loss /= (double)o->batch * (double)t->dim;
    norm = sqrt(norm);
    uint64_t step = t->n_steps + 1;
    if (!isfinite(loss) || !(norm < LARGEST_NORM))
        return fm_fail(err, FM_ERROR_DIVERGED,
                       "the %s stopped being finite at step %llu; a smaller lr, warmup, or "
                       "clip may help",
                       isfinite(loss) ? "gradient" : "loss", (unsigned long long)step);
    t->scale = o->clip > 0 && norm > o->clip ? o->clip / norm : 1;
    t->lr = fm_learning_rate(o, step);
    t->ema_decay = fmin(o->ema, (1.0 + (double)step) / (10.0 + (double)step));
    fm_parallel_for(t->spec.n_threads, t->n_chunks, update_chunk, t);
    *report = (struct fm_step_report){step, loss, norm, t->lr};
    parameters_changed(t, step);
    return FM_OK;
}

/* ---- state ---- */

struct fm_optimizer_state *fm_trainer_state(struct fm_trainer *t)
{
    return &t->state;
}

uint64_t fm_trainer_step_count(const struct fm_trainer *t)
{
    return t->n_steps;
}

void fm_trainer_restored(struct fm_trainer *t, uint64_t n_steps)
{
    parameters_changed(t, n_steps);
}

const fm_real *fm_trainer_weights(const struct fm_trainer *t)
{
    return t->state.ema ? t->state.ema : t->state.parameters;
}
