/* The section `train` of a config: its options, and which of them go together. */
#include <config.h>

#include "host/coupling.h"
#include "host/prediction.h"
#include "plan/sections.h"

#include <string.h>

/* A choice's name, as the config writes it. */
static const char *choice_name(const char *key, int value)
{
    const struct fm_option *o = fm_train_table;
    while (strcmp(o->name, key) != 0)
        o++;
    return o->choices[value];
}

/* because: the key whose choice makes it so; NULL: that there is no validation. */
static enum fm_status fail_effect(const struct fm_yaml *node, const char *key,
                                  const char *because, int choice, struct fm_error *err)
{
    if (!because)
        return fm_yaml_fail(err, fm_yaml_find(node, key),
                            "%s has no effect without validate_every", key);
    return fm_yaml_fail(err, fm_yaml_find(node, key), "%s has no effect with %s: %s", key,
                        because, choice_name(because, choice));
}

/* Refuses what would change nothing; a default may stand there, as in a resolved config. */
static enum fm_status check_effects(struct fm_arena *arena, const struct fm_yaml *node,
                                    const struct fm_train_options *t, struct fm_error *err)
{
    struct fm_train_options usual;
    FM_TRY(fm_options_bind(arena, fm_train_table, sizeof usual, NULL, "train", NULL, &usual,
                           err));
    const bool is_sgd = t->optimizer == FM_OPTIMIZER_SGD;
    const bool is_lion = t->optimizer == FM_OPTIMIZER_LION;
    const bool is_converted = t->prediction != FM_PREDICTION_VELOCITY;
    const bool is_logit = t->time == FM_TIME_LOGIT_NORMAL;
    const struct {
        const char *key;
        bool is_changed, has_effect;
        const char *because;
        int choice;
    } rules[] = {
        {"weighting", t->weighting != usual.weighting, is_converted, "prediction",
         t->prediction},
        {"singular_limit", t->singular_limit != usual.singular_limit, is_converted,
         "prediction", t->prediction},
        {"loss_c", t->loss_c != usual.loss_c, t->loss == FM_LOSS_PSEUDO_HUBER, "loss",
         t->loss},
        {"time_mean", t->time_mean != usual.time_mean, is_logit, "time", t->time},
        {"time_sd", t->time_sd != usual.time_sd, is_logit, "time", t->time},
        {"time_a", t->time_a != usual.time_a, t->time == FM_TIME_U_SHAPED, "time", t->time},
        {"beta1", t->beta1 != usual.beta1, !is_sgd, "optimizer", t->optimizer},
        {"beta2", t->beta2 != usual.beta2, !is_sgd, "optimizer", t->optimizer},
        {"epsilon", t->epsilon != usual.epsilon, !is_sgd && !is_lion, "optimizer",
         t->optimizer},
        {"momentum", t->momentum != usual.momentum, is_sgd, "optimizer", t->optimizer},
        {"validate_rows", t->validate_rows != usual.validate_rows, t->validate_every > 0,
         NULL, 0},
        {"patience", t->patience != usual.patience, t->validate_every > 0, NULL, 0},
        {"nesterov", t->nesterov != usual.nesterov, is_sgd, "optimizer", t->optimizer},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].is_changed && !rules[i].has_effect)
            return fail_effect(node, rules[i].key, rules[i].because, rules[i].choice, err);
    return FM_OK;
}

static enum fm_status check_averages(const struct fm_yaml *node, const struct fm_reals *ema,
                                     struct fm_error *err)
{
    if (ema->n < 1 || ema->n > FM_MAX_EMA)
        return fm_yaml_fail(err, node, "expected 1 to %d decays; 0 is none", FM_MAX_EMA);
    for (size_t i = 0; i < ema->n; i++)
        for (size_t j = 0; j < i; j++)
            if (ema->values[i] == ema->values[j])
                return fm_yaml_fail(err, node->items[i], "the decay %g stands here twice",
                                    ema->values[i]);
    return FM_OK;
}

/* Problems of more rows take hours and gigabytes, and can't be interrupted. */
enum { MAX_PAIRED = 1 << 15 };

static enum fm_status check_problem(const struct fm_experiment *e,
                                    const struct fm_yaml *node,
                                    const struct fm_train_options *t, struct fm_error *err)
{
    const struct fm_plugin *coupling = e->coupling.loaded->plugin;
    const size_t batches =
        fm_coupling_make(coupling->coupling, e->coupling.options).scheme.batches;
    const struct fm_yaml *batch = fm_yaml_find(node, "batch");
    if (!coupling->coupling->pair || !fm_experiment_is_trained(e)
        || (uint64_t)t->batch <= MAX_PAIRED / batches)
        return FM_OK;
    return fm_yaml_fail(
        err, e->coupling.node ? e->coupling.node : batch,
        "the coupling \"%s\" would pair %llu rows at once (train.batch %lld, "
        "%zu batch%s); the most is %d",
        coupling->name, (unsigned long long)t->batch * batches, (long long)t->batch,
        batches, batches == 1 ? "" : "es", (int)MAX_PAIRED);
}

enum fm_status fm_train_read(struct fm_arena *arena, const struct fm_yaml *root,
                             struct fm_experiment *e, struct fm_error *err)
{
    const struct fm_yaml *node = fm_yaml_find(root, "train");
    struct fm_train_options *t = &e->train;
    FM_TRY(fm_options_bind(arena, fm_train_table, sizeof *t, node, "train", NULL, t, err));
    e->label_dropout = fm_yaml_find(node, "label_dropout");
    if (node && !fm_experiment_is_trained(e))
        return fm_yaml_fail(err, node,
                            "the network \"%s\" is a closed form and is not trained: "
                            "leave the section out",
                            e->network.loaded->plugin->name);
    if (t->optimizer == FM_OPTIMIZER_ADAM && t->weight_decay != 0)
        return fm_yaml_fail(err, fm_yaml_find(node, "weight_decay"),
                            "adam has no weight decay; use optimizer: adamw");
    if (t->schedule == FM_SCHEDULE_CONSTANT && t->final_lr != 0)
        return fm_yaml_fail(err, fm_yaml_find(node, "final_lr"),
                            "final_lr has no effect with a constant schedule; add "
                            "schedule: cosine or linear");
    FM_TRY(check_effects(arena, node, t, err));
    FM_TRY(check_averages(fm_yaml_find(node, "ema"), &t->ema, err));
    if (t->prediction != FM_PREDICTION_VELOCITY
        && !e->path.loaded->plugin->path->coefficients)
        return fm_yaml_fail(err, fm_yaml_find(node, "prediction"),
                            "only of an affine path does x1 or x0 tell the velocity, and "
                            "\"%s\" is none; use prediction: velocity",
                            e->path.loaded->plugin->name);
    if (t->nesterov && t->momentum == 0)
        return fm_yaml_fail(err, fm_yaml_find(node, "nesterov"),
                            "nesterov needs a momentum above 0");
    FM_TRY(check_problem(e, node, t, err));
    if (t->shards > t->batch)
        return fm_yaml_fail(err, fm_yaml_find(node, "shards"),
                            "more shards than rows in a batch");
    return FM_OK;
}
