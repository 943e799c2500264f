#include <config.h>

#include "train/parts.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/stream.h"
#include "train/coupling.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

/* beyond it the squares in the second moment leave float's range */
static const double LARGEST_NORM = 1e18;
/* parameters of which a pair of shards' gradients stays in a processor's own cache */
enum { NEAR = 1 << 16 };

/* Private memory of one thread. */
struct worker {
    struct fm_net_workspace *net;
    double *x0, *x1, *y;        /* [block_rows][dim] */
    double *t, *weight, *asked; /* [block_rows] */
    double *xt;                 /* [dim]: of a path that is not affine */
    fm_real *x;                 /* [block_rows][dim]: x_t */
    uint32_t *label;            /* [block_rows]; NULL: the network asks for none */
    struct fm_path_point *points;
    struct fm_prediction_factors *factors;
    bool *has_taken; /* [n_shards]: in this step */
    struct fm_train_profile profile;
};

struct fm_trainer {
    struct fm_train_spec spec;
    size_t dim, n_shards, n_pieces, block_rows;
    size_t n_working; /* threads: no more than there are shards */
    struct fm_train_progress progress;
    struct fm_optimizer_state state;
    size_t n_averages;
    double decays[FM_MAX_EMA];
    fm_real *averages[FM_MAX_EMA]; /* parameters themselves where the decay is 0 */
    fm_real *best[FM_MAX_EMA];     /* these at the least validation loss, or NULL */
    size_t n_blocks;
    struct fm_train_block blocks[3 + 2 * FM_MAX_EMA];
    fm_real *transposed, *gradient;
    fm_real **shard_gradients; /* [n_shards][block] */
    fm_real **summands; /* [n_shards]: these, or NULL for what its pair holds already */
    double *shard_losses, *piece_norms;
    struct fm_loss_bins *shard_bins; /* [n_shards]: of the step */
    struct fm_prediction prediction;
    bool is_weighted;
    struct fm_loss loss;
    struct fm_validation validation;
    struct fm_net_workspace **nets; /* [n_working]: the workers' */
    struct worker *workers;
    struct fm_pairing *pairing; /* NULL: the coupling takes rows as they come */
    /* of the step under way */
    struct fm_pairs pairs;
    _Atomic uint64_t
        *shard_steps; /* [n_shards]: the step that a thread has last taken it for */
};

/* ---- memory ---- */

static enum fm_status worker_init(struct worker *w, const struct fm_trainer *t,
                                  struct fm_arena *arena, struct fm_error *err)
{
    size_t size = t->block_rows * t->dim;
    const bool has_labels = fm_net_n_labels(t->spec.net) > 0;
    w->label = has_labels ? FM_NEW(arena, t->block_rows, uint32_t) : NULL;
    w->x0 = FM_NEW(arena, size, double);
    w->x1 = FM_NEW(arena, size, double);
    w->y = FM_NEW(arena, size, double);
    w->t = FM_NEW(arena, t->block_rows, double);
    w->weight = FM_NEW(arena, t->block_rows, double);
    w->asked = FM_NEW(arena, t->block_rows, double);
    w->factors = FM_NEW(arena, t->block_rows, struct fm_prediction_factors);
    w->xt = FM_NEW(arena, t->dim, double);
    w->x = FM_NEW(arena, size, fm_real);
    w->points = FM_NEW(arena, t->block_rows, struct fm_path_point);
    w->has_taken = FM_NEW(arena, t->n_shards, bool);
    if (!w->x0 || !w->x1 || !w->y || !w->t || !w->weight || !w->asked || !w->factors
        || !w->xt || !w->x || !w->points || !w->has_taken || (has_labels && !w->label))
        return fm_out_of_memory(err);
    return fm_net_workspace(arena, t->spec.net, FM_NET_REVERSE, &w->net, err);
}

/* The system promises memory that it does not have, and ends who uses it without a word. */
static enum fm_status check_memory(const struct fm_trainer *t, struct fm_error *err)
{
    const bool keeps_best = t->spec.options->validate_every > 0;
    double blocks = 5 + (double)t->n_shards
                    + (double)fm_n_averages(t->spec.options) * (keeps_best ? 2 : 1);
    double needed = blocks * (double)fm_net_block_size(t->spec.net) * sizeof(fm_real);
    double there = (double)fm_physical_memory();
    if (there > 0 && needed > there)
        return fm_fail(err, FM_ERROR_MEMORY,
                       "training a network of %zu parameters takes about %.0f GB, and this "
                       "machine has %.0f; make it smaller, or set train.shards lower",
                       fm_net_n_parameters(t->spec.net), 1e-9 * needed, 1e-9 * there);
    return FM_OK;
}

static enum fm_status add_block(struct fm_trainer *t, struct fm_arena *arena, size_t n,
                                const char *name, fm_real **values, struct fm_error *err)
{
    struct fm_train_block *b = &t->blocks[t->n_blocks++];
    (void)snprintf(b->name, sizeof b->name, "%s", name);
    b->values = *values = FM_NEW(arena, n, fm_real);
    return b->values ? FM_OK : fm_out_of_memory(err);
}

/* The blocks of moving averages, and copies of the best ones where there is validation. */
static enum fm_status take_averages(struct fm_trainer *t, struct fm_arena *arena,
                                    struct fm_error *err)
{
    const struct fm_train_options *o = t->spec.options;
    char name[sizeof t->blocks->name];
    t->n_averages = fm_n_averages(o);
    for (size_t k = 0; k < t->n_averages; k++) {
        t->decays[k] = o->ema.n > 0 ? o->ema.values[k] : 0;
        t->averages[k] = t->state.parameters;
        (void)snprintf(name, sizeof name, "ema_%.17g", t->decays[k]);
        if (t->decays[k] > 0)
            FM_TRY(add_block(t, arena, t->state.n, name, &t->averages[k], err));
        (void)snprintf(name, sizeof name, "best_%.17g", t->decays[k]);
        if (o->validate_every > 0)
            FM_TRY(add_block(t, arena, t->state.n, name, &t->best[k], err));
    }
    return FM_OK;
}

static enum fm_status take_blocks(struct fm_trainer *t, struct fm_arena *arena,
                                  struct fm_error *err)
{
    size_t n = t->state.n = fm_net_block_size(t->spec.net);
    FM_TRY(add_block(t, arena, n, "model", &t->state.parameters, err));
    FM_TRY(add_block(t, arena, n, "moment1", &t->state.moment1, err));
    FM_TRY(add_block(t, arena, n, "moment2", &t->state.moment2, err));
    FM_TRY(take_averages(t, arena, err));
    t->gradient = FM_NEW(arena, n, fm_real);
    t->transposed = FM_NEW(arena, fm_net_transposed_size(t->spec.net), fm_real);
    t->shard_gradients = FM_NEW(arena, t->n_shards, fm_real *);
    t->summands = FM_NEW(arena, t->n_shards, fm_real *);
    t->shard_losses = FM_NEW(arena, t->n_shards, double);
    t->shard_bins = FM_NEW(arena, t->n_shards, struct fm_loss_bins);
    t->shard_steps = FM_NEW(arena, t->n_shards, _Atomic uint64_t);
    t->piece_norms = FM_NEW(arena, t->n_pieces, double);
    if (!t->gradient || !t->transposed || !t->shard_gradients || !t->summands
        || !t->shard_losses || !t->shard_bins || !t->shard_steps || !t->piece_norms)
        return fm_out_of_memory(err);
    fm_real *gradients = FM_NEW(arena, t->n_shards * n, fm_real);
    if (!gradients)
        return fm_out_of_memory(err);
    for (size_t s = 0; s < t->n_shards; s++)
        t->shard_gradients[s] = gradients + s * n;
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
    t->n_pieces = fm_net_n_pieces(spec->net);
    t->block_rows = fm_net_block_rows(spec->net);
    size_t n_threads = spec->n_threads ? spec->n_threads : 1;
    t->spec.n_threads = n_threads;
    t->n_working = n_threads < t->n_shards ? n_threads : t->n_shards;
    const struct fm_train_options *o = spec->options;
    fm_prediction_init(&t->prediction, (enum fm_prediction_kind)o->prediction, spec->path,
                       spec->path_options, o->singular_limit);
    t->is_weighted = t->prediction.kind != FM_PREDICTION_VELOCITY
                     && o->weighting == FM_WEIGHTING_VELOCITY;
    t->loss = fm_loss_of(o, t->dim, (size_t)o->batch);
    FM_TRY(check_memory(t, err));
    FM_TRY(take_blocks(t, arena, err));
    if (spec->coupling->pair)
        FM_TRY(fm_pairing_init(arena, &t->spec, &t->pairing, err));
    t->workers = FM_NEW(arena, t->n_working, struct worker);
    if (!t->workers)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < t->n_working; i++)
        FM_TRY(worker_init(&t->workers[i], t, arena, err));
    t->nets = FM_NEW(arena, t->n_working, struct fm_net_workspace *);
    if (!t->nets)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < t->n_working; i++)
        t->nets[i] = t->workers[i].net;
    if (o->validate_every > 0)
        FM_TRY(fm_validation_init(arena, spec, &t->prediction, t->is_weighted,
                                  &t->validation, err));
    fm_net_initialise(spec->net, spec->seed, t->state.parameters);
    t->progress.least = HUGE_VAL;
    for (size_t k = 0; k < t->n_averages; k++)
        if (t->averages[k] != t->state.parameters)
            memcpy(t->averages[k], t->state.parameters,
                   t->state.n * sizeof *t->averages[k]);
    fm_trainer_restored(t);
    *trainer = t;
    return FM_OK;
}

void fm_trainer_fini(struct fm_trainer *t)
{
    if (t)
        fm_pairing_fini(t->pairing);
}

/* ---- one step ---- */

static struct fm_stream stream_of(const struct fm_trainer *t, uint32_t id)
{
    return (struct fm_stream){t->spec.seed, id, (uint32_t)t->progress.n_steps};
}

static void shard_range(const struct fm_trainer *t, size_t shard, size_t *begin,
                        size_t *end)
{
    size_t batch = (size_t)t->spec.options->batch;
    *begin = shard * batch / t->n_shards;
    *end = (shard + 1) * batch / t->n_shards;
}

/* The pairs of rows first .. first + n - 1, into the worker's x0, x1 and label. */
static void block_pairs(const struct fm_trainer *t, struct worker *w, size_t first,
                        size_t n)
{
    size_t batch = (size_t)t->spec.options->batch, dim = t->dim;
    if (!t->pairing) {
        fm_data_rows(t->spec.source, stream_of(t, fm_source_stream(&t->spec)), batch, first,
                     n, w->x0);
        fm_data_rows(t->spec.data, stream_of(t, FM_STREAM_TRAIN_DATA), batch, first, n,
                     w->x1);
        if (w->label)
            fm_data_labels(t->spec.data, stream_of(t, FM_STREAM_TRAIN_DATA), batch, first,
                           n, w->label);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const struct fm_pairs *p = &t->pairs;
        if (w->label)
            w->label[i] = p->label[p->i1[first + i]];
        memcpy(w->x0 + i * dim, p->x0 + p->i0[first + i] * dim, dim * sizeof *w->x0);
        memcpy(w->x1 + i * dim, p->x1 + p->i1[first + i] * dim, dim * sizeof *w->x1);
    }
}

/* t, x_t and the target of the pairs, and what is left of their labels. */
static void block_targets(const struct fm_trainer *t, struct worker *w, size_t first,
                          size_t n)
{
    const struct fm_targets b = {
        .x0 = w->x0,
        .x1 = w->x1,
        .t = w->t,
        .x = w->x,
        .y = w->y,
        .weight = t->is_weighted ? w->weight : NULL,
        .xt = w->xt,
        .asked = w->asked,
        .points = w->points,
        .factors = w->factors,
    };
    fm_train_times(t->spec.options, stream_of(t, FM_STREAM_TRAIN_TIME), first, n, w->t);
    fm_targets_make(&t->spec, &t->prediction, stream_of(t, FM_STREAM_TRAIN_PATH), first, n,
                    &b);
    if (w->label)
        fm_train_drop_labels(&t->spec, stream_of(t, FM_STREAM_TRAIN_LABEL), first, n,
                             w->label);
}

/* Forward and loss of one block; returns its sum, and leaves the gradient of the output. */
static double block_forward(const struct fm_trainer *t, struct worker *w, size_t n,
                            struct fm_loss_bins *bins)
{
    const struct fm_net_input input = {.t = w->t, .x = w->x, .label = w->label};
    const fm_real *out =
        fm_net_forward(t->spec.net, t->state.parameters, w->net, n, &input);
    return fm_loss_block(&t->loss, n, out, w->y, t->is_weighted ? w->weight : NULL, w->t,
                         fm_net_output_gradient(t->spec.net, w->net), bins);
}

/* Seconds since the last lap, where anybody wants to know. */
static double lap(const struct fm_trainer *t, double *last)
{
    if (!t->spec.profile)
        return 0;
    double now = fm_seconds(), seconds = now - *last;
    *last = now;
    return seconds;
}

/* Adds the shard's blocks, each from its data to its gradient, the first one storing it. */
static void shard_gradient(struct fm_trainer *t, struct worker *w, size_t shard,
                           double *last)
{
    size_t begin, end;
    double sum = 0;
    t->shard_bins[shard] = (struct fm_loss_bins){0};
    shard_range(t, shard, &begin, &end);
    for (size_t first = begin; first < end; first += t->block_rows) {
        size_t n = end - first < t->block_rows ? end - first : t->block_rows;
        block_pairs(t, w, first, n);
        block_targets(t, w, first, n);
        w->profile.data += lap(t, last);
        sum += block_forward(t, w, n, &t->shard_bins[shard]);
        w->profile.forward += lap(t, last);
        fm_net_reverse(t->spec.net, t->state.parameters, t->transposed, w->net,
                       first > begin, t->shard_gradients[shard]);
        w->profile.backward += lap(t, last);
    }
    t->shard_losses[shard] = sum;
}

static void wait_for_all(struct fm_trainer *t, struct worker *w, double *last)
{
    fm_parallel_barrier();
    w->profile.waiting += lap(t, last);
}

/* The thread's share of the pieces: from *begin to *end - 1. */
static void piece_range(const struct fm_trainer *t, size_t thread, size_t *begin,
                        size_t *end)
{
    *begin = thread * t->n_pieces / t->n_working;
    *end = (thread + 1) * t->n_pieces / t->n_working;
}

static void combine_pieces(struct fm_trainer *t, size_t thread)
{
    size_t begin, end, first, count;
    piece_range(t, thread, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        fm_net_piece(t->spec.net, i, &first, &count);
        t->piece_norms[i] =
            fm_gradient_combine(t->n_shards, t->summands, first, count, t->gradient);
    }
}

static void update_pieces(struct fm_trainer *t, size_t thread,
                          const struct fm_update *update)
{
    size_t begin, end, first, count;
    piece_range(t, thread, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        fm_net_piece(t->spec.net, i, &first, &count);
        fm_update_apply(update, &t->state, t->gradient, first, count);
        for (size_t k = 0; k < t->n_averages; k++)
            if (t->averages[k] != t->state.parameters)
                fm_average_apply(fm_average_decay(t->decays[k], t->progress.n_steps + 1),
                                 t->state.parameters, t->averages[k], first, count);
        fm_net_transpose_piece(t->spec.net, i, t->state.parameters, t->transposed);
    }
}

/* Loss and norm from the sums of shards and pieces; every thread finds the same. */
static void sum_up(const struct fm_trainer *t, double *loss, double *norm)
{
    *loss = *norm = 0;
    for (size_t s = 0; s < t->n_shards; s++)
        *loss += t->shard_losses[s];
    for (size_t i = 0; i < t->n_pieces; i++)
        *norm += t->piece_norms[i];
    *loss /= t->loss.divisor;
    *norm = sqrt(*norm);
}

static bool is_usable(double loss, double norm)
{
    return isfinite(loss) && norm < LARGEST_NORM;
}

/* A thread begins with the shards it has each step, whose gradients are in its cache, and then
 * helps with those that nobody has taken yet.  Where it had both shards of a pair, and its cache
 * still has them, it adds them up at once: half as much has to come from other processors'
 * caches later. */
static void take_shards(struct fm_trainer *t, struct worker *w, size_t thread, double *last)
{
    const uint64_t step = t->progress.n_steps + 1;
    const size_t own = thread * t->n_shards / t->n_working;
    for (size_t i = 0; i < t->n_shards; i++) {
        size_t shard = (own + i) % t->n_shards;
        w->has_taken[shard] = atomic_exchange(&t->shard_steps[shard], step) != step;
        if (w->has_taken[shard]) {
            shard_gradient(t, w, shard, last);
            t->summands[shard] = t->shard_gradients[shard];
        }
    }
    for (size_t s = 0; t->state.n <= NEAR && s + 1 < t->n_shards; s += 2)
        if (w->has_taken[s] && w->has_taken[s + 1]) {
            fm_gradient_pair(t->state.n, t->shard_gradients[s + 1], t->shard_gradients[s]);
            t->summands[s + 1] = NULL;
        }
    w->profile.optimiser += lap(t, last);
}

/* A step on one thread.  The last of its three barriers is the end of the region. */
static void step_thread(void *context, size_t thread)
{
    struct fm_trainer *t = context;
    struct worker *w = &t->workers[thread];
    double last = t->spec.profile ? fm_seconds() : 0, loss, norm;
    take_shards(t, w, thread, &last);
    wait_for_all(t, w, &last);
    combine_pieces(t, thread);
    w->profile.optimiser += lap(t, &last);
    wait_for_all(t, w, &last);
    sum_up(t, &loss, &norm);
    if (is_usable(loss, norm)) {
        const struct fm_update update =
            fm_update_prepare(t->spec.options, t->progress.n_steps + 1, norm);
        update_pieces(t, thread, &update);
    }
    w->profile.optimiser += lap(t, &last);
}

/* Adds what the threads measured to the profile, and the rest of the region's time, which a
 * thread spends at its end, to waiting. */
static void collect_profile(struct fm_trainer *t, double seconds)
{
    struct fm_train_profile *to = t->spec.profile;
    to->waiting +=
        (double)(t->spec.n_threads - t->n_working) * seconds; /* without a shard */
    for (size_t i = 0; i < t->n_working; i++) {
        struct fm_train_profile *p = &t->workers[i].profile;
        double known = p->data + p->forward + p->backward + p->optimiser + p->waiting;
        to->data += p->data;
        to->forward += p->forward;
        to->backward += p->backward;
        to->optimiser += p->optimiser;
        to->waiting += p->waiting + fmax(seconds - known, 0);
        *p = (struct fm_train_profile){0};
    }
}

static void add_bins(struct fm_trainer *t)
{
    for (size_t s = 0; s < t->n_shards; s++)
        for (size_t k = 0; k < FM_LOSS_BINS; k++) {
            t->progress.bins.sum[k] += t->shard_bins[s].sum[k];
            t->progress.bins.n_rows[k] += t->shard_bins[s].n_rows[k];
        }
}

static double validate(struct fm_trainer *t)
{
    const struct fm_train_options *o = t->spec.options;
    struct fm_train_progress *p = &t->progress;
    const uint64_t step = p->n_steps, every = (uint64_t)o->validate_every;
    if (every == 0 || (step % every != 0 && step != 1 && step != (uint64_t)o->steps))
        return (double)NAN;
    const double loss = fm_validation_loss(&t->validation, t->spec.net, t->averages[0],
                                           t->n_working, t->nets);
    p->n_since++;
    if (loss < p->least) {
        p->least = loss;
        p->least_step = step;
        p->n_since = 0;
        for (size_t k = 0; k < t->n_averages && t->best[k]; k++)
            memcpy(t->best[k], t->averages[k], t->state.n * sizeof *t->best[k]);
    }
    return loss;
}

enum fm_status fm_trainer_step(struct fm_trainer *t, struct fm_step_report *report,
                               struct fm_error *err)
{
    double last = t->spec.profile ? fm_seconds() : 0, loss, norm;
    if (t->pairing) {
        FM_TRY(fm_pairing_at(t->pairing, t->progress.n_steps, &t->pairs, err));
        if (t->spec.profile)
            t->spec.profile->coupling += (double)t->spec.n_threads * lap(t, &last);
    }
    for (size_t s = 0; s < t->n_shards; s++)
        atomic_store(&t->shard_steps[s], t->progress.n_steps);
    fm_parallel_region(t->n_working, step_thread, t);
    if (t->spec.profile)
        collect_profile(t, lap(t, &last));
    sum_up(t, &loss, &norm);
    uint64_t step = t->progress.n_steps + 1;
    if (is_usable(loss, norm))
        add_bins(t);
    else
        return fm_fail(err, FM_ERROR_DIVERGED,
                       "the %s stopped being finite at step %llu; a smaller lr, warmup, or "
                       "clip may help",
                       isfinite(loss) ? "gradient" : "loss", (unsigned long long)step);
    t->progress.n_steps = step;
    *report = (struct fm_step_report){
        .step = step,
        .loss = loss,
        .grad_norm = norm,
        .lr = fm_learning_rate(t->spec.options, step),
        .coupling = t->pairs.report,
        .coupling_seconds = t->pairs.seconds,
        .validation = validate(t),
    };
    return FM_OK;
}

/* ---- state ---- */

bool fm_trainer_is_over(const struct fm_trainer *t)
{
    const struct fm_train_options *o = t->spec.options;
    return t->progress.n_steps >= (uint64_t)o->steps
           || (o->patience > 0 && t->progress.n_since >= (uint64_t)o->patience);
}

struct fm_optimizer_state *fm_trainer_state(struct fm_trainer *t)
{
    return &t->state;
}

struct fm_train_progress *fm_trainer_progress(struct fm_trainer *t)
{
    return &t->progress;
}

const struct fm_train_block *fm_trainer_blocks(struct fm_trainer *t, size_t *n)
{
    *n = t->n_blocks;
    return t->blocks;
}

void fm_trainer_restored(struct fm_trainer *t)
{
    fm_net_transpose(t->spec.net, t->state.parameters, t->transposed);
}

size_t fm_n_averages(const struct fm_train_options *o)
{
    return o->ema.n > 0 ? o->ema.n : 1;
}

struct fm_weights fm_trainer_weights(const struct fm_trainer *t)
{
    const struct fm_train_progress *p = &t->progress;
    const bool is_known = p->least_step > 0;
    struct fm_weights weights = {.n_steps = p->n_steps};
    if (t->best[0])
        weights.best_step = is_known ? p->least_step : p->n_steps;
    for (size_t k = 0; k < t->n_averages; k++) {
        weights.blocks[FM_WEIGHTS_LAST][k] = t->averages[k];
        if (t->best[k])
            weights.blocks[FM_WEIGHTS_BEST][k] = is_known ? t->best[k] : t->averages[k];
    }
    return weights;
}
