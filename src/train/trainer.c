#include <config.h>

#include "train/trainer.h"

#include "base/error.h"
#include "train/schedule.h"
#include "train/trainer_parts.h"

#include <math.h>
#include <string.h>

/* ---- memory ---- */

static enum fm_status workspace_init(struct fm_train_workspace *w,
                                     const struct fm_trainer *t, struct fm_arena *arena,
                                     struct fm_error *err)
{
    size_t size = t->block_rows * t->dim;
    const bool has_labels = fm_net_n_labels(t->spec.net) > 0;
    w->label = has_labels ? FM_NEW(arena, t->block_rows, uint32_t) : NULL;
    w->x0 = FM_NEW(arena, size, double);
    w->x1 = FM_NEW(arena, size, double);
    w->y = FM_NEW(arena, size, double);
    w->t = FM_NEW(arena, t->block_rows, double);
    w->weight = FM_NEW(arena, t->block_rows, double);
    w->network_t = FM_NEW(arena, t->block_rows, double);
    w->factors = FM_NEW(arena, t->block_rows, struct fm_prediction_factors);
    w->xt = FM_NEW(arena, t->dim, double);
    w->x = FM_NEW(arena, size, fm_real);
    w->points = FM_NEW(arena, t->block_rows, struct fm_path_point);
    w->has_taken = FM_NEW(arena, t->n_shards, bool);
    if (!w->x0 || !w->x1 || !w->y || !w->t || !w->weight || !w->network_t || !w->factors
        || !w->xt || !w->x || !w->points || !w->has_taken || (has_labels && !w->label))
        return fm_out_of_memory(err);
    return fm_net_workspace(arena, t->spec.net, FM_NET_REVERSE, &w->net, err);
}

/* Linux overcommits memory and kills later, so check now. */
static enum fm_status check_memory(const struct fm_trainer *t, struct fm_error *err)
{
    const bool keeps_best = t->spec.options->validate_every > 0;
    /* parameters, two moments, gradient, transposed parameters */
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

/* Allocates the moving averages, and with validation the best of each. */
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
    t->workspaces = FM_NEW(arena, t->n_working, struct fm_train_workspace);
    if (!t->workspaces)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < t->n_working; i++)
        FM_TRY(workspace_init(&t->workspaces[i], t, arena, err));
    t->nets = FM_NEW(arena, t->n_working, struct fm_net_workspace *);
    if (!t->nets)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < t->n_working; i++)
        t->nets[i] = t->workspaces[i].net;
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
