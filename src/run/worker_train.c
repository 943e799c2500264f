#include <config.h>

#include "run/worker_train.h"

#include "base/error.h"
#include "base/isa.h"
#include "base/parallel.h"
#include "run/checkpoint.h"
#include "run/pairs.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

struct training {
    struct fm_worker *w;
    struct fm_trainer *trainer;
    struct fm_record losses; /* waiting to be sent */
    double started, seconds_before, last_sent, last_saved;
    uint64_t first_step, saved_step; /* saved_step: of the last checkpoint; 0: none */
    double marginal_error;           /* the largest so far, of the coupling's plan */
};

static double seconds_so_far(const struct training *t)
{
    return t->seconds_before + fm_seconds() - t->started;
}

static enum fm_status send_losses(struct training *t, struct fm_error *err)
{
    t->last_sent = fm_seconds();
    if (t->losses.u.losses.n == 0)
        return FM_OK;
    FM_TRY(fm_worker_put(t->w, &t->losses, err));
    t->losses.u.losses.n = 0;
    return FM_OK;
}

/* Sends the mean losses by time, about 100 times in a training. */
static enum fm_status send_losses_by_time(struct training *t, struct fm_error *err)
{
    const uint64_t window = ((uint64_t)t->w->experiment->train.steps + 99) / 100;
    struct fm_train_progress *p = fm_trainer_progress(t->trainer);
    struct fm_record r = {.type = FM_RECORD_LOSSES_BY_TIME};
    if (p->n_steps % window != 0 && !fm_trainer_is_over(t->trainer))
        return FM_OK;
    for (size_t k = 0; k < FM_LOSS_BINS; k++)
        if (p->bins.n_rows[k] > 0)
            r.u.by_time.rows[r.u.by_time.n++] = (struct fm_loss_time_row){
                .step = p->n_steps,
                .t_from = (double)k / FM_LOSS_BINS,
                .t_to = (double)(k + 1) / FM_LOSS_BINS,
                .loss = p->bins.sum[k] / (double)p->bins.n_rows[k],
                .n_rows = p->bins.n_rows[k],
            };
    p->bins = (struct fm_loss_bins){0};
    return fm_worker_put(t->w, &r, err);
}

static enum fm_status log_step(struct training *t,
                               const struct fm_train_step_result *result,
                               struct fm_error *err)
{
    const struct fm_train_options *o = &t->w->experiment->train;
    uint64_t every = (uint64_t)o->log_every;
    t->marginal_error = fmax(t->marginal_error, result->coupling.marginal_error);
    if (result->step % every == 0 || result->step == 1 || result->step == (uint64_t)o->steps
        || !isnan(result->validation))
        t->losses.u.losses.rows[t->losses.u.losses.n++] = (struct fm_loss_row){
            .step = result->step,
            .loss = result->loss,
            .grad_norm = result->grad_norm,
            .lr = result->lr,
            .has_validation = !isnan(result->validation),
            .validation = result->validation,
            .has_pairs = t->w->experiment->coupling.loaded->plugin->coupling->pair != NULL,
            .pair_cost = result->coupling.cost,
            .independent_cost = result->coupling.independent_cost,
            .plan_cost = result->coupling.plan_cost,
            .marginal_error = result->coupling.marginal_error,
            .pair_seconds = result->coupling_seconds,
        };
    if (t->losses.u.losses.n == FM_RECORD_LOSS_ROWS || fm_seconds() - t->last_sent > 0.1)
        FM_TRY(send_losses(t, err));
    return send_losses_by_time(t, err);
}

/* Asks the scheduler to rename `from` to `to` once all earlier records are committed, and
 * then to remove obsolete. */
static enum fm_status publish(struct fm_worker *w, const char *from, const char *to,
                              const char *obsolete, struct fm_error *err)
{
    struct fm_record r = {.type = FM_RECORD_PUBLISH};
    if (strlen(from) >= sizeof r.u.publish.from || strlen(to) >= sizeof r.u.publish.to
        || strlen(obsolete) >= sizeof r.u.publish.obsolete)
        return fm_fail(err, FM_ERROR_IO, "the path %s is too long", to);
    FM_COPY_TEXT(r.u.publish.from, from);
    FM_COPY_TEXT(r.u.publish.to, to);
    FM_COPY_TEXT(r.u.publish.obsolete, obsolete);
    return fm_worker_put(w, &r, err);
}

/* The name of the temporary file contains the step, because the scheduler may not have
 * renamed the previous one yet.  Saves no step twice. */
static enum fm_status save_checkpoint(struct training *t, struct fm_error *err)
{
    char name[64];
    uint64_t step = fm_trainer_progress(t->trainer)->n_steps;
    if (step == t->saved_step)
        return FM_OK;
    t->saved_step = step;
    struct fm_arena scratch = {0};
    (void)snprintf(name, sizeof name, "checkpoint-%llu.tmp", (unsigned long long)step);
    const char *folder = t->w->task->folder;
    char *from = fm_path_join(&scratch, folder, name);
    char *to = fm_path_join(&scratch, folder, "checkpoint.safetensors");
    enum fm_status status = from && to ? send_losses(t, err) : fm_out_of_memory(err);
    if (status == FM_OK)
        status = fm_checkpoint_write(from, t->w->task->run->key, t->w->model.net,
                                     t->trainer, seconds_so_far(t), err);
    if (status == FM_OK)
        status = publish(t->w, from, to, "", err);
    fm_arena_fini(&scratch);
    t->last_saved = fm_seconds();
    return status;
}

static enum fm_status save_weights(struct training *t, const char *path,
                                   const char *checkpoint, struct fm_error *err)
{
    struct fm_worker *w = t->w;
    char *from;
    FM_TRY(fm_worker_path(w, "weights.tmp", &from, err));
    FM_TRY(send_losses(t, err));
    FM_TRY(fm_weights_write(from, w->task->run->key, w->model.net, &w->experiment->train,
                            &w->model.weights, err));
    FM_TRY(fm_worker_artifact(w, 0, "weights", from, path, err));
    return publish(w, from, path, checkpoint, err);
}

static enum fm_status train_loop(struct training *t, struct fm_error *err)
{
    const struct fm_train_options *o = &t->w->experiment->train;
    uint64_t n_steps = (uint64_t)o->steps;
    while (!fm_trainer_is_over(t->trainer)) {
        struct fm_train_step_result result;
        if (fm_worker_must_stop(t->w)) {
            FM_TRY(save_checkpoint(t, err));
            return fm_fail(err, FM_INTERRUPTED, "interrupted at step %llu of %llu",
                           (unsigned long long)fm_trainer_progress(t->trainer)->n_steps,
                           (unsigned long long)n_steps);
        }
        enum fm_status status = fm_trainer_step(t->trainer, &result, err);
        if (status != FM_OK) {
            struct fm_error unheard;
            (void)!send_losses(t, &unheard); /* the end record has the reason */
            return status;
        }
        FM_TRY(log_step(t, &result, err));
        if (fm_seconds() - t->last_saved >= o->checkpoint_seconds)
            FM_TRY(save_checkpoint(t, err));
    }
    return FM_OK;
}

/* Reports where the validation loss was least, and whether training ended early. */
static enum fm_status report_validation(const struct training *t, struct fm_error *err)
{
    const struct fm_train_options *o = &t->w->experiment->train;
    const struct fm_train_progress *p = fm_trainer_progress(t->trainer);
    struct fm_record r = {.type = FM_RECORD_EVENT};
    char end[128] = "";
    if (o->validate_every == 0)
        return FM_OK;
    if (p->n_steps < (uint64_t)o->steps)
        (void)snprintf(end, sizeof end,
                       "training ended at step %llu: ", (unsigned long long)p->n_steps);
    r.u.event.level = FM_EVENT_INFO;
    if (p->least_step == 0)
        (void)snprintf(
            r.u.event.text, sizeof r.u.event.text,
            "%sno validation loss was finite, so the best weights are the last ones", end);
    else
        (void)snprintf(r.u.event.text, sizeof r.u.event.text,
                       "%sthe least validation loss, %.6g, was at step %llu", end, p->least,
                       (unsigned long long)p->least_step);
    return fm_worker_put(t->w, &r, err);
}

static enum fm_status warn(struct fm_worker *w, const char *what,
                           const struct fm_error *why, struct fm_error *err)
{
    struct fm_record r = {.type = FM_RECORD_EVENT};
    r.u.event.level = FM_EVENT_WARNING;
    (void)snprintf(r.u.event.text, sizeof r.u.event.text, "%s (%.1500s)", what,
                   why->message);
    return fm_worker_put(w, &r, err);
}

/* Warns when the coupling's plan misses its marginals, as when Sinkhorn's iterations end
 * too early. */
static enum fm_status report_marginals(const struct training *t, struct fm_error *err)
{
    static const double limit = 0.01;
    struct fm_record r = {.type = FM_RECORD_EVENT};
    if (!(t->marginal_error > limit))
        return FM_OK;
    r.u.event.level = FM_EVENT_WARNING;
    (void)snprintf(
        r.u.event.text, sizeof r.u.event.text,
        "the coupling %s missed its marginals by up to %.2g (at most 2 is possible): it "
        "does not pair all rows equally often; the column loss.marginal_error has "
        "the error of each step",
        t->w->experiment->coupling.loaded->plugin->name, t->marginal_error);
    return fm_worker_put(t->w, &r, err);
}

/* Warns of a checkpoint that can't be used and ignores it: training from the start gives
 * the same bits. */
static enum fm_status restore(struct training *t, const char *path, struct fm_error *err)
{
    struct fm_worker *w = t->w;
    struct fm_error why = {0};
    if (!fm_file_exists(path))
        return FM_OK;
    if (fm_checkpoint_read(path, w->task->run->key, w->model.net, t->trainer,
                           &t->seconds_before, &why)
        == FM_OK)
        return FM_OK;
    return warn(w, "the checkpoint can't be used, so training starts anew", &why, err);
}

/* Puts the cost of training into the worker's last record. */
static void fill_end(struct training *t)
{
    struct fm_record *end = &t->w->end;
    uint64_t n = fm_trainer_progress(t->trainer)->n_steps, trained = n - t->first_step;
    double here = fm_seconds() - t->started;
    end->u.end.step = n;
    end->u.end.n_threads = t->w->n_threads;
    FM_COPY_TEXT(end->u.end.isa, fm_isa_name());
    end->u.end.train_seconds = seconds_so_far(t);
    if (trained > 0 && here > 0)
        end->u.end.samples_per_second =
            (double)trained * (double)t->w->experiment->train.batch / here;
}

static enum fm_status train(struct training *t, const char *weights_path,
                            struct fm_error *err)
{
    struct fm_worker *w = t->w;
    const struct fm_experiment *e = w->experiment;
    struct fm_train_spec spec = {
        .options = &e->train,
        .seed = w->task->run->seed,
        .net = w->model.net,
        .source = &w->model.source,
        .data = &w->model.train,
        .validation = &w->model.validation,
        .path = e->path.loaded->plugin->path,
        .path_options = e->path.options,
        .coupling = e->coupling.loaded->plugin->coupling,
        .coupling_options = e->coupling.options,
        .n_threads = w->n_threads,
    };
    struct fm_flow_pairs pairs;
    if (e->parent) {
        FM_TRY(fm_flow_pairs_make(w, &pairs, err));
        spec.is_paired = true;
        spec.source = &pairs.source;
        spec.data = &pairs.data;
        spec.validation_source = &pairs.validation_source;
        spec.validation = &pairs.validation;
    }
    FM_TRY(fm_trainer_init(&w->arena, &spec, &t->trainer, err));
    char *checkpoint;
    FM_TRY(fm_worker_path(w, "checkpoint.safetensors", &checkpoint, err));
    FM_TRY(restore(t, checkpoint, err));
    t->first_step = t->saved_step = fm_trainer_progress(t->trainer)->n_steps;
    t->started = t->last_sent = t->last_saved = fm_seconds();
    FM_TRY(fm_worker_phase(w, FM_PHASE_TRAIN, NULL, t->first_step, "training", err));
    enum fm_status status = train_loop(t, err);
    fill_end(t);
    FM_TRY(status);
    w->model.weights = fm_trainer_weights(t->trainer);
    w->end.u.end.best_step = (size_t)w->model.weights.best_step;
    FM_TRY(save_weights(t, weights_path, checkpoint, err));
    FM_TRY(report_validation(t, err));
    FM_TRY(report_marginals(t, err));
    struct fm_record trained = w->end;
    trained.type = FM_RECORD_TRAINED;
    return fm_worker_put(w, &trained, err);
}

/* Removes a checkpoint that a kill left next to the weights. */
static enum fm_status drop_checkpoint(struct fm_worker *w, struct fm_error *err)
{
    char *path;
    FM_TRY(fm_worker_path(w, "checkpoint.safetensors", &path, err));
    (void)unlink(path);
    return FM_OK;
}

/* Sends how the set was standardised. */
static enum fm_status send_scales(struct fm_worker *w, const struct fm_dataset *set,
                                  bool is_source, struct fm_error *err)
{
    struct fm_record r = {.type = FM_RECORD_SCALES};
    for (size_t j = 0; set->shift && set->scale && j < set->dim; j++) {
        r.u.scales.rows[r.u.scales.n++] =
            (struct fm_scale_row){is_source, j, set->shift[j], set->scale[j]};
        if (r.u.scales.n < FM_RECORD_SCALE_ROWS && j + 1 < set->dim)
            continue;
        FM_TRY(fm_worker_put(w, &r, err));
        r.u.scales.n = 0;
    }
    return FM_OK;
}

enum fm_status fm_worker_train(struct fm_worker *w, struct fm_error *err)
{
    const struct fm_net *net = w->model.net;
    FM_TRY(send_scales(w, &w->model.source.set, true, err));
    FM_TRY(send_scales(w, &w->model.data.set, false, err));
    if (!net)
        return FM_OK;
    w->end.u.end.n_parameters = fm_net_n_parameters(net);
    w->end.u.end.flops_per_row = fm_net_train_flops(net);
    char *path;
    FM_TRY(fm_worker_path(w, "weights.safetensors", &path, err));
    if (fm_file_exists(path)) {
        struct fm_error why = {0};
        if (fm_weights_read(&w->arena, path, w->task->run->key, net, &w->experiment->train,
                            &w->model.weights, &why)
            == FM_OK) {
            w->end.u.end.step = (size_t)w->model.weights.n_steps;
            w->end.u.end.best_step = (size_t)w->model.weights.best_step;
            FM_TRY(drop_checkpoint(w, err));
            /* report it again: a power failure may have lost its row but not the file */
            return fm_worker_artifact(w, 0, "weights", path, path, err);
        }
        FM_TRY(warn(w, "the weights can't be used, so training starts anew", &why, err));
    }
    struct training t = {.w = w, .losses = {.type = FM_RECORD_LOSSES}};
    enum fm_status status = train(&t, path, err);
    fm_trainer_fini(t.trainer);
    return status;
}
