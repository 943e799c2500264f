#include <config.h>

#include "plan/train_section.h"

#include "base/error.h"
#include "config/document.h"
#include "config/document_error.h"
#include "config/option_default.h"
#include "config/options.h"
#include "host/coupling.h"
#include "host/prediction.h"

/* ---- split ---- */

enum fm_status fm_split_read(const struct fm_reading *r, const struct fm_part *part,
                             const struct fm_yaml *node, struct fm_error *err)
{
    (void)part;
    (void)err;
    r->experiment->split_node = node;
    return FM_OK;
}

/* ---- train ---- */

/* A choice's name, as the config writes it. */
static const char *choice_name(const char *key, int value)
{
    return fm_option_find(fm_train_table, key)->choices[value];
}

/* because: the key whose choice leaves `key` without effect; NULL: there is no validation. */
static enum fm_status fail_effect(const struct fm_yaml *node, const char *key,
                                  const char *because, int choice, struct fm_error *err)
{
    if (!because)
        return fm_yaml_fail(err, fm_yaml_find(node, key),
                            "%s has no effect without validate_every", key);
    return fm_yaml_fail(err, fm_yaml_find(node, key), "%s has no effect with %s: %s", key,
                        because, choice_name(because, choice));
}

/* Refuses options without effect, except defaults, which a resolved config has. */
static enum fm_status check_effects(const struct fm_yaml *node,
                                    const struct fm_train_options *t, struct fm_error *err)
{
    const bool is_sgd = t->optimizer == FM_OPTIMIZER_SGD;
    const bool is_lion = t->optimizer == FM_OPTIMIZER_LION;
    const bool is_converted = t->prediction != FM_PREDICTION_VELOCITY;
    const bool is_logit = t->time == FM_TIME_LOGIT_NORMAL;
    const bool is_validated = t->validate_every > 0;
    const struct {
        const char *key;
        bool has_effect;
        const char *because;
        int choice;
    } rules[] = {
        {"weighting", is_converted, "prediction", t->prediction},
        {"singular_limit", is_converted, "prediction", t->prediction},
        {"loss_c", t->loss == FM_LOSS_PSEUDO_HUBER, "loss", t->loss},
        {"time_mean", is_logit, "time", t->time},
        {"time_sd", is_logit, "time", t->time},
        {"time_a", t->time == FM_TIME_U_SHAPED, "time", t->time},
        {"beta1", !is_sgd, "optimizer", t->optimizer},
        {"beta2", !is_sgd, "optimizer", t->optimizer},
        {"epsilon", !is_sgd && !is_lion, "optimizer", t->optimizer},
        {"momentum", is_sgd, "optimizer", t->optimizer},
        {"validate_rows", is_validated, NULL, 0},
        {"patience", is_validated, NULL, 0},
        {"nesterov", is_sgd, "optimizer", t->optimizer},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        bool is_default;
        FM_TRY(fm_option_is_default(fm_option_find(fm_train_table, rules[i].key), t,
                                    &is_default, err));
        if (!is_default && !rules[i].has_effect)
            return fail_effect(node, rules[i].key, rules[i].because, rules[i].choice, err);
    }
    return FM_OK;
}

static enum fm_status check_averages(const struct fm_yaml *node, const struct fm_reals *ema,
                                     struct fm_error *err)
{
    if (ema->n < 1 || ema->n > FM_MAX_EMA)
        return fm_yaml_fail(err, node,
                            "expected 1 to %d decays; 0 stands for the weights themselves",
                            FM_MAX_EMA);
    for (size_t i = 0; i < ema->n; i++)
        for (size_t j = 0; j < i; j++)
            if (ema->values[i] == ema->values[j])
                return fm_yaml_fail(err, node->items[i], "the decay %g occurs twice",
                                    ema->values[i]);
    return FM_OK;
}

/* Larger problems take hours and gigabytes and can't be interrupted. */
enum { MAX_PAIRED = 1 << 15 };

static enum fm_status check_problem(const struct fm_experiment *e,
                                    const struct fm_yaml *node,
                                    const struct fm_train_options *t, struct fm_error *err)
{
    const struct fm_plugin *coupling = e->coupling.loaded->plugin;
    const size_t batches = fm_coupling_open(coupling, e->coupling.options).scheme.batches;
    const struct fm_yaml *batch = fm_yaml_find(node, "batch");
    if (!coupling->coupling->pair || !fm_experiment_is_trained(e)
        || (uint64_t)t->batch <= MAX_PAIRED / batches)
        return FM_OK;
    return fm_yaml_fail(
        err, e->coupling.node ? e->coupling.node : batch,
        "the coupling \"%s\" would pair %llu rows at once (train.batch %lld, "
        "%zu batch%s); the limit is %d",
        coupling->name, (unsigned long long)t->batch * batches, (long long)t->batch,
        batches, batches == 1 ? "" : "es", (int)MAX_PAIRED);
}

/* Rows kept for validation must be used. */
static enum fm_status check_validation_rows(const struct fm_experiment *e,
                                            struct fm_error *err)
{
    if (e->split.validation == 0 || e->train.validate_every > 0)
        return FM_OK;
    if (!fm_experiment_is_trained(e))
        return fm_yaml_fail(
            err, fm_yaml_find(e->split_node, "validation"),
            "a closed form is not trained and needs no rows for validation; leave "
            "validation out");
    return fm_yaml_fail(err, fm_yaml_find(e->split_node, "validation"),
                        "rows for validation have no effect without train.validate_every");
}

enum fm_status fm_train_read(const struct fm_reading *r, const struct fm_part *part,
                             const struct fm_yaml *node, struct fm_error *err)
{
    struct fm_experiment *e = r->experiment;
    const struct fm_train_options *t = &e->train;
    (void)part;
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
    FM_TRY(check_effects(node, t, err));
    FM_TRY(check_averages(fm_yaml_find(node, "ema"), &t->ema, err));
    if (t->prediction != FM_PREDICTION_VELOCITY
        && !e->path.loaded->plugin->path->coefficients)
        return fm_yaml_fail(
            err, fm_yaml_find(node, "prediction"),
            "prediction: x1 or noise needs a path of the form alpha(t) x1 + "
            "sigma(t) x0; \"%s\" has another form; use prediction: velocity",
            e->path.loaded->plugin->name);
    if (t->nesterov && t->momentum == 0)
        return fm_yaml_fail(err, fm_yaml_find(node, "nesterov"),
                            "nesterov needs a momentum above 0");
    FM_TRY(check_problem(e, node, t, err));
    if (t->shards > t->batch)
        return fm_yaml_fail(err, fm_yaml_find(node, "shards"),
                            "there are more shards than rows in a batch; lower shards");
    return check_validation_rows(e, err);
}

enum fm_status fm_train_add_to_key(struct fm_text *text, const struct fm_experiment *e,
                                   unsigned references, struct fm_error *err)
{
    const struct fm_train_options *t = &e->train;
    (void)references;
    if (t->prediction != FM_PREDICTION_VELOCITY)
        fm_text_add(text, ", ends: 2"); /* how x1 or noise becomes a velocity at the ends */
    if (t->validate_every > 0)
        fm_text_add(text, ", validate_every: %lld, validate_rows: %lld",
                    (long long)t->validate_every, (long long)t->validate_rows);
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}
