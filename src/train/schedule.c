#include <config.h>

#include "train/schedule.h"

#include <math.h>

static const double PI = 3.14159265358979323846;
/* Rows of a shard: SMALL_SHARD up to N_SMALL_SHARDS, then LARGE_SHARD. */
enum { SMALL_SHARD = 32, N_SMALL_SHARDS = 4, LARGE_SHARD = 256, MAX_SHARDS = 64 };

double fm_learning_rate(const struct fm_train_options *o, uint64_t n)
{
    uint64_t warmup = (uint64_t)o->warmup, steps = (uint64_t)o->steps;
    if (n <= warmup)
        return o->lr * (double)n / (double)warmup;
    if (o->schedule == FM_SCHEDULE_CONSTANT || steps <= warmup)
        return o->lr;
    double progress = fmin((double)(n - warmup) / (double)(steps - warmup), 1);
    if (o->schedule == FM_SCHEDULE_LINEAR)
        return o->final_lr + (o->lr - o->final_lr) * (1 - progress);
    return o->final_lr + (o->lr - o->final_lr) * 0.5 * (1 + cos(PI * progress));
}

double fm_average_decay(double decay, uint64_t n)
{
    return fmin(decay, (1.0 + (double)n) / (10.0 + (double)n));
}

size_t fm_n_shards(const struct fm_train_options *o)
{
    const size_t batch = (size_t)o->batch;
    size_t n = batch / SMALL_SHARD;
    if (n > N_SMALL_SHARDS)
        n = batch / LARGE_SHARD > N_SMALL_SHARDS ? batch / LARGE_SHARD : N_SMALL_SHARDS;
    if (n > MAX_SHARDS)
        n = MAX_SHARDS;
    if (o->shards > 0)
        n = (size_t)o->shards < batch ? (size_t)o->shards : batch;
    return n > 0 ? n : 1;
}

struct fm_update fm_update_prepare(const struct fm_train_options *o, uint64_t n,
                                   double norm)
{
    const double lr = fm_learning_rate(o, n);
    const double scale = o->clip > 0 && norm > o->clip ? o->clip / norm : 1;
    struct fm_update update = {.optimizer = o->optimizer};
    switch ((enum fm_optimizer)o->optimizer) {
    case FM_OPTIMIZER_ADAMW:
    case FM_OPTIMIZER_ADAM: {
        const struct fm_adamw adamw = {o->beta1, o->beta2, o->epsilon, o->weight_decay};
        update.u.adamw = fm_adamw_prepare(&adamw, scale, lr, n);
        break;
    }
    case FM_OPTIMIZER_LION: {
        const struct fm_lion lion = {o->beta1, o->beta2, o->weight_decay};
        update.u.lion = fm_lion_prepare(&lion, scale, lr);
        break;
    }
    case FM_OPTIMIZER_SGD: {
        const struct fm_sgd sgd = {o->momentum, o->weight_decay, o->nesterov};
        update.u.sgd = fm_sgd_prepare(&sgd, scale, lr);
        break;
    }
    }
    return update;
}

void fm_update_apply(const struct fm_update *u, struct fm_optimizer_state *state,
                     const fm_real *gradient, size_t first, size_t count)
{
    switch ((enum fm_optimizer)u->optimizer) {
    case FM_OPTIMIZER_ADAMW:
    case FM_OPTIMIZER_ADAM:
        fm_adamw_apply(&u->u.adamw, state, gradient, first, count);
        break;
    case FM_OPTIMIZER_LION:
        fm_lion_apply(&u->u.lion, state, gradient, first, count);
        break;
    case FM_OPTIMIZER_SGD:
        fm_sgd_apply(&u->u.sgd, state, gradient, first, count);
        break;
    }
}
