#include <config.h>

#include "train/train.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/stream.h"
#include "train/labels.h"
#include "train/targets.h"
#include "train/times.h"
#include "train/trainer_parts.h"

#include <math.h>
#include <string.h>

/* Squares of larger gradients exceed float in the second moment. */
static const double LARGEST_NORM = 1e18;
/* Up to so many parameters, the gradients of two shards stay in a processor's own cache. */
enum { CACHED_PARAMETERS = 1 << 16 };

/* ---- one step ---- */

static struct fm_stream stream_of(const struct fm_trainer *t, uint32_t id)
{
    return (struct fm_stream){t->spec.seed, id, (uint32_t)t->progress.n_steps};
}

/* With is_paired, row i of the source belongs to row i of the data: one stream orders
 * both. */
static enum fm_stream_id source_stream(const struct fm_train_spec *spec)
{
    return spec->is_paired ? FM_STREAM_TRAIN_DATA : FM_STREAM_TRAIN_SOURCE;
}

static void shard_range(const struct fm_trainer *t, size_t shard, size_t *begin,
                        size_t *end)
{
    size_t batch = (size_t)t->spec.options->batch;
    *begin = shard * batch / t->n_shards;
    *end = (shard + 1) * batch / t->n_shards;
}

/* Fills the workspace's x0, x1 and label with the pairs first .. first + n - 1. */
static void block_pairs(const struct fm_trainer *t, struct fm_train_workspace *w,
                        size_t first, size_t n)
{
    size_t batch = (size_t)t->spec.options->batch, dim = t->dim;
    if (!t->pairing) {
        fm_data_rows(t->spec.source, stream_of(t, source_stream(&t->spec)), batch, first, n,
                     w->x0);
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

/* Draws t, makes x_t and the targets of the pairs, and drops labels. */
static void block_targets(const struct fm_trainer *t, struct fm_train_workspace *w,
                          size_t first, size_t n)
{
    const struct fm_targets b = {
        .x0 = w->x0,
        .x1 = w->x1,
        .t = w->t,
        .x = w->x,
        .y = w->y,
        .weight = t->is_weighted ? w->weight : NULL,
        .xt = w->xt,
        .network_t = w->network_t,
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

/* Forward pass and loss of the block of rows from `first` on: returns the sum, and leaves the gradient of the
 * output. */
static double block_forward(const struct fm_trainer *t, struct fm_train_workspace *w,
                            size_t first, size_t n, struct fm_loss_bins *bins)
{
    const struct fm_net_input input = {
        .t = w->t,
        .x = w->x,
        .label = w->label,
        .dropout = {true, t->spec.seed, (uint32_t)t->progress.n_steps, first}};
    const fm_real *out =
        fm_net_forward(t->spec.net, t->state.parameters, w->net, n, &input);
    return fm_loss_block(&t->loss, n, out, w->y, t->is_weighted ? w->weight : NULL, w->t,
                         fm_net_output_gradient(t->spec.net, w->net), bins);
}

/* Seconds since *last, which becomes now; 0 without a profile. */
static double lap(const struct fm_trainer *t, double *last)
{
    if (!t->spec.profile)
        return 0;
    double now = fm_seconds(), seconds = now - *last;
    *last = now;
    return seconds;
}

/* Computes the shard's gradient block by block: the first block stores it, the others
 * add. */
static void shard_gradient(struct fm_trainer *t, struct fm_train_workspace *w, size_t shard,
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
        sum += block_forward(t, w, first, n, &t->shard_bins[shard]);
        w->profile.forward += lap(t, last);
        fm_net_reverse(t->spec.net, t->state.parameters, t->transposed, w->net,
                       first > begin, t->shard_gradients[shard]);
        w->profile.backward += lap(t, last);
    }
    t->shard_losses[shard] = sum;
}

static void wait_for_all(struct fm_trainer *t, struct fm_train_workspace *w, double *last)
{
    fm_parallel_barrier();
    w->profile.waiting += lap(t, last);
}

/* The thread's pieces: *begin .. *end - 1. */
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

/* Loss and gradient norm from the sums of shards and pieces; the same on every thread. */
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

/* A thread begins with the shards that it takes each step, whose gradients are in its
 * cache, and then takes shards that are left.  If it took both shards of a pair and they
 * fit its cache, it adds them at once, which halves what later comes from other caches. */
static void take_shards(struct fm_trainer *t, struct fm_train_workspace *w, size_t thread,
                        double *last)
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
    for (size_t s = 0; t->state.n <= CACHED_PARAMETERS && s + 1 < t->n_shards; s += 2)
        if (w->has_taken[s] && w->has_taken[s + 1]) {
            fm_gradient_pair(t->state.n, t->shard_gradients[s + 1], t->shard_gradients[s]);
            t->summands[s + 1] = NULL;
        }
    w->profile.optimiser += lap(t, last);
}

/* A step on one thread.  The end of the region is the last of its three barriers. */
static void step_thread(void *context, size_t thread)
{
    struct fm_trainer *t = context;
    struct fm_train_workspace *w = &t->workspaces[thread];
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

/* Adds the threads' times to the profile; time of the region that a thread did not
 * measure is waiting at its end. */
static void collect_profile(struct fm_trainer *t, double seconds)
{
    struct fm_train_profile *to = t->spec.profile;
    to->waiting +=
        (double)(t->spec.n_threads - t->n_working) * seconds; /* threads without a shard */
    for (size_t i = 0; i < t->n_working; i++) {
        struct fm_train_profile *p = &t->workspaces[i].profile;
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

enum fm_status fm_trainer_step(struct fm_trainer *t, struct fm_train_step_result *result,
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
    *result = (struct fm_train_step_result){
        .step = step,
        .loss = loss,
        .grad_norm = norm,
        .lr = fm_learning_rate(t->spec.options, step),
        .coupling = t->pairs.quality,
        .coupling_seconds = t->pairs.seconds,
        .validation = validate(t),
    };
    return FM_OK;
}
