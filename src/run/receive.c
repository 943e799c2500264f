#include <config.h>

#include "run/receive.h"

#include "base/error.h"
#include "base/log.h"
#include "base/parallel.h"
#include "store/read_known.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct fm_progress_row *row_of(struct fm_session *s, const struct fm_worker_view *v)
{
    for (size_t i = 0; i < s->progress.n_rows; i++)
        if (s->progress.rows[i].owner == v)
            return &s->progress.rows[i];
    return NULL;
}

static struct fm_task_sampling *entry_of(const struct fm_worker_view *v, struct fm_entry e)
{
    FM_ASSERT(e.point < v->task->n_points
              && e.sampling < v->task->points[e.point].n_samplings);
    return &v->task->points[e.point].samplings[e.sampling];
}

static enum fm_status receive_losses(struct fm_session *s, struct fm_worker_view *v,
                                     const struct fm_record *r, struct fm_error *err)
{
    struct fm_progress_row *row = row_of(s, v);
    if (r->u.losses.n == 0 || r->u.losses.n > FM_RECORD_LOSS_ROWS)
        return FM_OK;
    const struct fm_loss_row *last = &r->u.losses.rows[r->u.losses.n - 1];
    if (row) {
        row->step = last->step;
        row->loss = last->loss;
    }
    FM_TRY(fm_store_add_losses(s->store, v->task->run_id, r->u.losses.n, r->u.losses.rows,
                               err));
    return fm_store_set_run_step(s->store, v->task->run_id, last->step, err);
}

static enum fm_status receive_phase(struct fm_session *s, struct fm_worker_view *v,
                                    const struct fm_record *r, struct fm_error *err)
{
    struct fm_progress_row *row = row_of(s, v);
    v->phase = r->u.phase.phase;
    v->entry = r->u.phase.entry;
    fm_copy_text(v->phase_text, sizeof v->phase_text, r->u.phase.text);
    if (row) {
        bool is_training = v->phase == FM_PHASE_TRAIN;
        row->n_steps =
            is_training ? (size_t)v->task->run->point->experiment.train.steps : 0;
        row->step = r->u.phase.step;
        row->steps_at_start = (double)row->step;
        row->started = fm_seconds();
        fm_copy_text(row->phase, sizeof row->phase, r->u.phase.text);
    }
    if (v->phase == FM_PHASE_TRAIN && r->u.phase.step > 0)
        fm_progress_line(&s->progress, "%s: goes on from the checkpoint at step %zu",
                         row ? row->name : "run", r->u.phase.step);
    if (v->phase == FM_PHASE_SAMPLE)
        return fm_store_start_sampling(s->store, entry_of(v, v->entry)->sampling_id,
                                       s->process_id, err);
    return FM_OK;
}

/* Renames wait for the commit. */
static enum fm_status receive_publish(struct fm_worker_view *v, const struct fm_record *r,
                                      struct fm_error *err)
{
    if (v->n_publish == v->publish_capacity) {
        size_t capacity = v->publish_capacity ? 2 * v->publish_capacity : 2;
        struct fm_record *grown = realloc(v->publish, capacity * sizeof *grown);
        if (!grown)
            return fm_out_of_memory(err);
        v->publish = grown;
        v->publish_capacity = capacity;
    }
    v->publish[v->n_publish++] = *r;
    return FM_OK;
}

enum fm_status fm_session_publish(struct fm_session *s, struct fm_worker_view *v,
                                  struct fm_error *err)
{
    size_t n = v->n_publish;
    v->n_publish = 0;
    if (n > 0)
        FM_TRY(fm_store_sync(s->store, err));
    for (size_t i = 0; i < n; i++) {
        const struct fm_record *r = &v->publish[i];
        FM_TRY(fm_file_publish(r->u.publish.from, r->u.publish.to, err));
        if (r->u.publish.obsolete[0])
            (void)unlink(r->u.publish.obsolete);
    }
    return FM_OK;
}

static enum fm_status receive_artifact(struct fm_session *s, const struct fm_worker_view *v,
                                       const struct fm_record *r, struct fm_error *err)
{
    int64_t id;
    const struct fm_artifact_record artifact = {
        .run_id = v->task->run_id,
        .sampling_id = r->u.artifact.sampling_id,
        .kind = r->u.artifact.kind,
        .path = r->u.artifact.path,
        .sha256 = r->u.artifact.sha256,
        .n_bytes = r->u.artifact.n_file_bytes,
    };
    FM_TRY(fm_store_add_artifact(s->store, &artifact, &id, err));
    if (!r->u.artifact.is_weights)
        return FM_OK;
    return fm_store_finish_run(s->store, v->task->run_id,
                               &(struct fm_run_result){.status = FM_RUN_RUNNING,
                                                       .train_seconds = (double)NAN,
                                                       .samples_per_second = (double)NAN,
                                                       .flops_per_row = (double)NAN,
                                                       .weights_id = id},
                               err);
}

/* Ends a sampling that failed for every point that shares it. */
static void give_up(const struct fm_worker_view *v, int64_t sampling_id)
{
    for (size_t i = 0; i < v->task->n_points; i++)
        for (size_t j = 0; j < v->task->points[i].n_samplings; j++)
            if (v->task->points[i].samplings[j].sampling_id == sampling_id)
                v->task->points[i].samplings[j].is_over = true;
}

static enum fm_status finish_sampling(struct fm_session *s, struct fm_worker_view *v,
                                      struct fm_entry e, struct fm_sampling_result result,
                                      const char *reason, struct fm_error *err)
{
    struct fm_task_sampling *t = entry_of(v, e);
    result.reason = reason[0] ? reason : NULL;
    t->must_sample = false;
    v->phase = FM_PHASE_MEASURE;
    if (result.status != FM_RUN_DONE) {
        s->has_failures = true;
        give_up(v, t->sampling_id);
    }
    return fm_store_finish_sampling(s->store, t->sampling_id, &result, err);
}

static enum fm_status receive_metric(struct fm_session *s, const struct fm_record *r,
                                     struct fm_error *err)
{
    struct fm_metric_record metric = r->u.metric.metric;
    metric.note = r->u.metric.text[0] ? r->u.metric.text : NULL;
    if (!isfinite(metric.value))
        s->has_failures = true;
    return fm_store_add_metric(s->store, &metric, err);
}

/* Measuring killed the worker: the samples stand, but their metrics have no value. */
static enum fm_status fail_metrics(struct fm_session *s, const struct fm_task_sampling *t,
                                   const char *reason, struct fm_error *err)
{
    for (size_t i = 0; i < t->n_metrics; i++) {
        bool has_row, has_value;
        FM_TRY(fm_store_has_metric(s->store, t->sampling_id, t->metrics[i].metric_def_id,
                                   &has_row, &has_value, err));
        const struct fm_metric_record metric = {
            .sampling_id = t->sampling_id,
            .metric_def_id = t->metrics[i].metric_def_id,
            .value = (double)NAN,
            .note = reason,
            .standard_error = (double)NAN,
            .floor = (double)NAN,
            .seconds = (double)NAN,
        };
        if (!has_value)
            FM_TRY(fm_store_add_metric(s->store, &metric, err));
    }
    return FM_OK;
}

static enum fm_run_status run_status_of(enum fm_status status)
{
    return status == FM_OK               ? FM_RUN_DONE
           : status == FM_INTERRUPTED    ? FM_RUN_INTERRUPTED
           : status == FM_ERROR_DIVERGED ? FM_RUN_DIVERGED
                                         : FM_RUN_FAILED;
}

/* u.end of FM_RECORD_TRAINED or FM_RECORD_END. */
static struct fm_run_result result_of(const struct fm_record *r, enum fm_run_status status)
{
    return (struct fm_run_result){
        .status = status,
        .reason = r->u.end.text[0] ? r->u.end.text : NULL,
        .step = r->u.end.step,
        .best_step = r->u.end.best_step,
        .n_parameters = r->u.end.n_parameters,
        .flops_per_row = r->u.end.flops_per_row,
        .n_threads = r->u.end.n_threads,
        .isa = r->u.end.isa[0] ? r->u.end.isa : NULL,
        .train_seconds = r->u.end.train_seconds,
        .samples_per_second = r->u.end.samples_per_second,
    };
}

static enum fm_status receive_trained(struct fm_session *s, const struct fm_worker_view *v,
                                      const struct fm_record *r, struct fm_error *err)
{
    const struct fm_run_result result = result_of(r, FM_RUN_RUNNING);
    return fm_store_finish_run(s->store, v->task->run_id, &result, err);
}

static enum fm_status receive_end(struct fm_session *s, struct fm_worker_view *v,
                                  const struct fm_record *r, struct fm_error *err)
{
    struct fm_progress_row *row = row_of(s, v);
    v->has_ended = true;
    v->end_status = r->u.end.status;
    const struct fm_run_result result = result_of(r, run_status_of(r->u.end.status));
    const char *name = row ? row->name : "run";
    s->n_done += result.status == FM_RUN_DONE;
    if (result.status == FM_RUN_FAILED || result.status == FM_RUN_DIVERGED) {
        s->has_failures = true;
        fm_progress_line(&s->progress, "%s: %s: %s", name,
                         fm_run_status_name(result.status), r->u.end.text);
    } else if (result.status == FM_RUN_INTERRUPTED) {
        s->has_failures =
            true; /* somebody stopped the worker, or the scheduler itself stops */
        fm_progress_line(&s->progress, "%s: %s; saved", name, r->u.end.text);
    } else if (result.samples_per_second > 0) {
        struct fm_text time = {0};
        fm_text_add_duration(&time, result.train_seconds);
        fm_progress_line(&s->progress, "%s: done; trained in %s, %.3g rows/s", name,
                         fm_text_bytes(&time), result.samples_per_second);
        fm_text_fini(&time);
    } else {
        fm_progress_line(&s->progress, "%s: done", name);
    }
    if (v->phase == FM_PHASE_SAMPLE && result.status != FM_RUN_DONE)
        FM_TRY(fm_store_set_sampling_status(s->store, entry_of(v, v->entry)->sampling_id,
                                            result.status, r->u.end.text, err));
    return fm_store_finish_run(s->store, v->task->run_id, &result, err);
}

static size_t at_most(size_t n, size_t most)
{
    return n < most ? n : most;
}

enum fm_status fm_session_receive(struct fm_session *s, struct fm_worker_view *v,
                                  const struct fm_record *r, struct fm_error *err)
{
    switch (r->type) {
    case FM_RECORD_LOSSES:
        return receive_losses(s, v, r, err);
    case FM_RECORD_LOSSES_BY_TIME:
        return fm_store_add_losses_by_time(s->store, v->task->run_id,
                                           at_most(r->u.by_time.n, FM_LOSS_BINS),
                                           r->u.by_time.rows, err);
    case FM_RECORD_SCALES:
        return fm_store_add_scales(s->store, v->task->run_id,
                                   at_most(r->u.scales.n, FM_RECORD_SCALE_ROWS),
                                   r->u.scales.rows, err);
    case FM_RECORD_PHASE:
        return receive_phase(s, v, r, err);
    case FM_RECORD_PUBLISH:
        return receive_publish(v, r, err);
    case FM_RECORD_ARTIFACT:
        return receive_artifact(s, v, r, err);
    case FM_RECORD_TRAINED:
        return receive_trained(s, v, r, err);
    case FM_RECORD_SAMPLING:
        return finish_sampling(s, v, r->u.sampling.entry, r->u.sampling.result,
                               r->u.sampling.text, err);
    case FM_RECORD_METRIC:
        return receive_metric(s, r, err);
    case FM_RECORD_MEASURED:
        entry_of(v, r->u.measured.entry)->is_over = true;
        return FM_OK;
    case FM_RECORD_EVENT:
        fm_progress_line(&s->progress, "%s: %s", row_of(s, v) ? row_of(s, v)->name : "run",
                         r->u.event.text);
        return fm_store_add_event(s->store, v->task->run_id, r->u.event.level,
                                  r->u.event.text, err);
    case FM_RECORD_END:
        return receive_end(s, v, r, err);
    case FM_N_RECORDS:
        break;
    }
    return fm_fail(err, FM_ERROR_INTERNAL, "a worker sent a record of an unknown type");
}

enum fm_status fm_session_worker_died(struct fm_session *s, struct fm_worker_view *v,
                                      const char *how, bool *try_again,
                                      struct fm_error *err)
{
    struct fm_text reason = {0};
    const struct fm_progress_row *row = row_of(s, v);
    fm_text_add(&reason, "%s while %s", how, v->phase_text[0] ? v->phase_text : "starting");
    s->has_failures = true;
    fm_progress_line(&s->progress, "%s: %s", row ? row->name : "run",
                     fm_text_bytes(&reason));
    enum fm_status status = fm_store_add_event(s->store, v->task->run_id, FM_EVENT_ERROR,
                                               fm_text_bytes(&reason), err);
    /* each new worker has less to do, because what killed the last one is given up */
    bool is_sampling = v->phase == FM_PHASE_SAMPLE,
         is_measuring = v->phase == FM_PHASE_MEASURE;
    *try_again = is_sampling || is_measuring;
    if (status == FM_OK && is_sampling) {
        const struct fm_sampling_result result = {
            .status = FM_RUN_FAILED, .seconds = (double)NAN, .nfe_mean = (double)NAN};
        status = finish_sampling(s, v, v->entry, result, fm_text_bytes(&reason), err);
    } else if (status == FM_OK && is_measuring) {
        entry_of(v, v->entry)->is_over = true;
        status = fail_metrics(s, entry_of(v, v->entry), fm_text_bytes(&reason), err);
    } else if (status == FM_OK) {
        status = fm_store_set_run_status(s->store, v->task->run_id, FM_RUN_FAILED,
                                         fm_text_bytes(&reason), err);
    }
    fm_text_fini(&reason);
    return status;
}
