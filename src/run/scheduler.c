#include <config.h>

#include "run/scheduler.h"

#include "base/error.h"
#include "base/log.h"
#include "base/parallel.h"
#include "base/process.h"
#include "run/receive.h"
#include "run/stop.h"
#include "run/worker.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Room for seconds of losses, so that a slow disk does not hold up training. */
enum { PIPE_BYTES = 1 << 20 };

/* A worker, or room for one. */
struct slot {
    struct fm_process process;
    struct fm_worker_view view;
    struct fm_record_buffer buffer;
    struct fm_progress_row *row;
};

/* ---- starting ---- */

struct worker_start {
    struct fm_session *session;
    struct slot *slots, *slot;
};

static int be_worker(void *context, int fd)
{
    const struct worker_start *w = context;
    struct fm_session *s = w->session;
    fm_stop_catch_in_worker();
    fm_store_abandon(s->store);
    for (size_t i = 0; i < s->n_workers; i++)
        fm_process_close(&w->slots[i].process); /* the other workers' pipes */
    const struct fm_sink sink = {fm_record_send, &fd};
    return fm_status_exit_code(
        fm_worker_run(w->slot->view.task, s->n_threads, &sink, fm_stop_flag()));
}

static void name_row(struct fm_session *s, struct slot *slot)
{
    const struct fm_plan_run *run = slot->view.task->run;
    struct fm_text name = {0};
    if (s->plan->n_points > 1)
        fm_text_add(&name, "%s ", run->point->setting);
    fm_text_add(&name, "seed %llu", (unsigned long long)run->seed);
    *slot->row = (struct fm_progress_row){
        .owner = &slot->view, .started = fm_seconds(), .last_line = fm_seconds()};
    fm_copy_text(slot->row->name, sizeof slot->row->name, fm_text_bytes(&name));
    fm_copy_text(slot->row->phase, sizeof slot->row->phase, "starting");
    fm_text_fini(&name);
}

static void view_init(struct fm_worker_view *v, struct fm_task *task)
{
    free(v->publish);
    *v = (struct fm_worker_view){.task = task};
}

static enum fm_status start_worker(struct fm_session *s, struct slot *slots,
                                   struct slot *slot, struct fm_task *task,
                                   struct fm_error *err)
{
    struct worker_start start = {s, slots, slot};
    const struct fm_process_work work = {
        .run = be_worker,
        .context = &start,
        .pipe_bytes = PIPE_BYTES,
    };
    view_init(&slot->view, task);
    FM_TRY(fm_store_start_run(s->store, task->run_id, s->process_id, err));
    FM_TRY(fm_process_start(&slot->process, &work, err));
    slot->buffer.n = 0;
    name_row(s, slot);
    fm_log(FM_LOG_RUN, "worker %ld: run %lld", (long)slot->process.pid,
           (long long)task->run_id);
    return FM_OK;
}

/* ---- listening ---- */

/* Receives what has arrived from one worker. */
static enum fm_status drain(struct fm_session *s, struct slot *slot, struct fm_error *err)
{
    struct fm_record *record = &(struct fm_record){0};
    fm_record_receive(&slot->buffer, &slot->process.pipe);
    for (;;) {
        bool has_record;
        FM_TRY(fm_record_next(&slot->buffer, record, &has_record, err));
        if (!has_record)
            return FM_OK;
        FM_TRY(fm_session_receive(s, &slot->view, record, err));
    }
}

/* The worker has closed its pipe: it has finished or died. */
static enum fm_status finish_worker(struct fm_session *s, struct slot *slots,
                                    struct slot *slot, struct fm_error *err)
{
    int wait_status = 0;
    bool try_again = false;
    (void)fm_process_reap(&slot->process, true, &wait_status);
    struct fm_task *task = slot->view.task;
    task->is_done = true;
    if (!slot->view.has_ended) {
        struct fm_text how = {0};
        fm_process_describe(&how, wait_status);
        enum fm_status status =
            fm_session_worker_died(s, &slot->view, fm_text_bytes(&how), &try_again, err);
        fm_text_fini(&how);
        FM_TRY(status);
    }
    slot->row->owner = NULL;
    if (try_again && fm_stop_signal() == 0) {
        task->is_done = false;
        return start_worker(s, slots, slot, task, err);
    }
    return FM_OK;
}

/* Receives what has arrived from all workers. */
static enum fm_status receive_all(struct fm_session *s, struct slot *slots,
                                  struct fm_error *err)
{
    for (size_t i = 0; i < s->n_workers; i++)
        if (slots[i].process.pipe >= 0)
            FM_TRY(drain(s, &slots[i], err));
    return FM_OK;
}

static enum fm_status listen_once(struct fm_session *s, struct slot *slots,
                                  struct pollfd *fds, struct fm_error *err)
{
    for (size_t i = 0; i < s->n_workers; i++)
        fds[i] = (struct pollfd){.fd = slots[i].process.pipe, .events = POLLIN};
    int n = poll(fds, s->n_workers, 100);
    if (n > 0) {
        FM_TRY(fm_store_begin(s->store, err));
        enum fm_status status = receive_all(s, slots, err);
        if (status == FM_OK)
            status = fm_store_commit(s->store, err);
        if (status != FM_OK) {
            fm_store_rollback(s->store);
            return status;
        }
        for (size_t i = 0; i < s->n_workers; i++)
            FM_TRY(fm_session_publish(s, &slots[i].view, err));
        for (size_t i = 0; i < s->n_workers; i++)
            if (slots[i].process.pid > 0 && slots[i].process.pipe < 0)
                FM_TRY(finish_worker(s, slots, &slots[i], err));
    }
    fm_progress_draw(&s->progress);
    return FM_OK;
}

static void signal_workers(const struct fm_session *s, const struct slot *slots, int number)
{
    for (size_t i = 0; i < s->n_workers; i++)
        fm_process_signal(&slots[i].process, number);
}

static struct fm_task *next_task(struct fm_session *s, size_t *next)
{
    while (*next < s->plan->n_runs) {
        struct fm_task *task = &s->tasks[(*next)++];
        if (!task->is_done)
            return task;
    }
    return NULL;
}

static enum fm_status loop(struct fm_session *s, struct slot *slots, struct pollfd *fds,
                           struct fm_error *err)
{
    size_t next = 0;
    bool has_announced = false;
    for (;;) {
        size_t n_busy = 0;
        for (size_t i = 0; i < s->n_workers; i++) {
            struct fm_task *task;
            if (fm_stop_signal() == 0 && slots[i].process.pid == 0
                && (task = next_task(s, &next)))
                FM_TRY(start_worker(s, slots, &slots[i], task, err));
            n_busy += slots[i].process.pid != 0;
        }
        if (n_busy == 0)
            return FM_OK;
        if (fm_stop_signal() != 0 && !has_announced) {
            has_announced = true;
            fm_progress_line(&s->progress,
                             "stopping; saving what is under way (again to stop at once)");
            signal_workers(s, slots, SIGTERM);
        }
        FM_TRY(listen_once(s, slots, fds, err));
    }
}

/* The database failed, so nobody can receive the workers' results. */
static void abandon_workers(const struct fm_session *s, struct slot *slots)
{
    signal_workers(s, slots, SIGKILL);
    for (size_t i = 0; i < s->n_workers; i++) {
        int unused;
        if (slots[i].process.pid > 0)
            (void)fm_process_reap(&slots[i].process, true, &unused);
        fm_process_close(&slots[i].process);
    }
}

enum fm_status fm_schedule_workers(struct fm_session *s, struct fm_error *err)
{
    size_t n = s->n_workers;
    struct slot *slots = calloc(n, sizeof *slots);
    struct pollfd *fds = calloc(n, sizeof *fds);
    enum fm_status status = slots && fds ? FM_OK : fm_out_of_memory(err);
    for (size_t i = 0; status == FM_OK && i < n; i++) {
        slots[i].process = FM_NO_PROCESS;
        slots[i].row = &s->progress.rows[i];
    }
    if (status == FM_OK) {
        status = loop(s, slots, fds, err);
        if (status != FM_OK)
            abandon_workers(s, slots);
    }
    for (size_t i = 0; slots && i < n; i++)
        free(slots[i].view.publish);
    free(slots);
    free(fds);
    return status;
}

/* ---- in this process ---- */

struct in_process {
    struct fm_session *session;
    struct fm_worker_view view;
};

static enum fm_status put_in_process(void *context, const struct fm_record *record,
                                     struct fm_error *err)
{
    struct in_process *d = context;
    FM_TRY(fm_store_begin(d->session->store, err));
    enum fm_status status = fm_session_receive(d->session, &d->view, record, err);
    if (status == FM_OK)
        status = fm_store_commit(d->session->store, err);
    if (status != FM_OK) {
        fm_store_rollback(d->session->store);
        return status;
    }
    fm_progress_draw(&d->session->progress);
    return fm_session_publish(d->session, &d->view, err);
}

enum fm_status fm_schedule_in_process(struct fm_session *s, struct fm_error *err)
{
    struct in_process d = {.session = s};
    struct slot slot = {.row = &s->progress.rows[0]};
    const struct fm_sink sink = {put_in_process, &d};
    size_t next = 0;
    enum fm_status status = FM_OK;
    for (struct fm_task *task;
         status == FM_OK && fm_stop_signal() == 0 && (task = next_task(s, &next));) {
        view_init(&d.view, task);
        slot.view.task = task;
        name_row(s, &slot);
        slot.row->owner = &d.view;
        status = fm_store_start_run(s->store, task->run_id, s->process_id, err);
        if (status == FM_OK)
            (void)fm_worker_run(task, s->n_threads, &sink, fm_stop_flag());
        if (status == FM_OK && !d.view.has_ended)
            status = fm_fail(err, FM_ERROR_IO, "can't write the run's results to %s",
                             s->options->db);
        slot.row->owner = NULL;
    }
    free(d.view.publish);
    return status;
}
