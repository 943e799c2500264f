/* The parent process: forks a worker for each run that is left, writes what they report, and
 * never computes.  It must not enter an OpenMP region: a process forked after libgomp has
 * started its threads hangs. */
#include <config.h>

#include "base/error.h"
#include "base/log.h"
#include "base/parallel.h"
#include "run/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/* One place for a worker. */
struct slot {
    pid_t pid; /* 0: free */
    int fd;    /* what it reports; -1: closed */
    struct fm_worker_view view;
    struct fm_record_buffer buffer;
    struct fm_progress_row *row;
};

static atomic_bool must_stop;
static volatile sig_atomic_t caught_signal;

/* Asked twice, it stops at once; what was committed is safe.  But a process group's signal and
 * one's own (timeout(1) sends both) are one request: they come within a moment. */
static void on_signal(int number)
{
    static struct timespec first;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    if (!caught_signal)
        first = now;
    else if (now.tv_sec > first.tv_sec + 1)
        _exit(128 + number);
    else
        return;
    caught_signal = number;
    atomic_store(&must_stop, true);
}

/* What the user has asked to be ignored (nohup, a script's background job) stays ignored. */
static void catch_signals(void (*handler)(int))
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = handler}, old;
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            (void)sigaction(signals[i], &action, NULL);
}

static void on_worker_signal(int number)
{
    (void)number;
    atomic_store(&must_stop, true);
}

/* ---- starting ---- */

_Noreturn static void be_worker(struct fm_session *s, struct slot *slots, struct slot *slot,
                                int fd, pid_t parent)
{
#ifdef __linux__
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != parent)
        _exit(1);
    catch_signals(on_worker_signal);
    (void)signal(SIGPIPE, SIG_IGN);
    fm_store_abandon(s->store);
    for (size_t i = 0; i < s->n_workers; i++)
        if (slots[i].fd >= 0)
            (void)close(slots[i].fd);
    const struct fm_sink sink = {fm_record_send, &fd};
    enum fm_status status = fm_worker_run(slot->view.task, s->n_threads, &sink, &must_stop);
    _exit(fm_status_exit_code(status));
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
    int fds[2];
    pid_t parent = getpid();
    view_init(&slot->view, task);
    FM_TRY(fm_store_start_run(s->store, task->run_id, s->process_id, err));
    if (pipe2(fds, O_CLOEXEC) != 0)
        return fm_fail_errno(err, "can't make", "a pipe");
#ifdef F_SETPIPE_SZ
    /* room for seconds of losses: a slow disk must not hold up the training */
    (void)fcntl(fds[1], F_SETPIPE_SZ, 1 << 20);
#endif
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) {
        (void)close(fds[0]);
        (void)close(fds[1]);
        return fm_fail_errno(err, "can't start", "a worker");
    }
    if (pid == 0) {
        (void)close(fds[0]);
        be_worker(s, slots, slot, fds[1], parent);
    }
    (void)close(fds[1]);
    (void)fcntl(fds[0], F_SETFL, O_NONBLOCK);
    slot->pid = pid;
    slot->fd = fds[0];
    slot->buffer.n = 0;
    name_row(s, slot);
    fm_log(FM_LOG_RUN, "worker %ld: run %lld", (long)pid, (long long)task->run_id);
    return FM_OK;
}

/* ---- listening ---- */

/* Takes what has arrived from one worker.  Returns through is_open whether more may come. */
static enum fm_status drain(struct fm_session *s, struct slot *slot, bool *is_open,
                            struct fm_error *err)
{
    struct fm_record *record = &(struct fm_record){0};
    *is_open = fm_record_receive(&slot->buffer, slot->fd);
    for (;;) {
        bool has_record;
        FM_TRY(fm_record_next(&slot->buffer, record, &has_record, err));
        if (!has_record)
            return FM_OK;
        FM_TRY(fm_session_receive(s, &slot->view, record, err));
    }
}

static const char *describe_death(int wait_status, char *text, size_t n)
{
    if (WIFSIGNALED(wait_status)) {
        int number = WTERMSIG(wait_status);
        (void)snprintf(text, n, "killed by signal %d (%s)%s", number, strsignal(number),
                       number == SIGKILL ? ", perhaps for want of memory" : "");
    } else {
        (void)snprintf(text, n, "the worker exited with status %d",
                       WEXITSTATUS(wait_status));
    }
    return text;
}

/* The worker has closed its pipe: it is over, or dead. */
static enum fm_status finish_worker(struct fm_session *s, struct slot *slots,
                                    struct slot *slot, struct fm_error *err)
{
    int wait_status = 0;
    char how[256];
    bool try_again = false;
    (void)close(slot->fd);
    slot->fd = -1;
    while (waitpid(slot->pid, &wait_status, 0) < 0 && errno == EINTR)
        ;
    slot->pid = 0;
    struct fm_task *task = slot->view.task;
    task->is_done = true;
    if (!slot->view.has_ended)
        FM_TRY(fm_session_worker_died(
            s, &slot->view, describe_death(wait_status, how, sizeof how), &try_again, err));
    slot->row->owner = NULL;
    if (try_again && !caught_signal) {
        task->is_done = false;
        return start_worker(s, slots, slot, task, err);
    }
    return FM_OK;
}

/* One turn: everything that has arrived, in one transaction; then the renames it allows. */
static enum fm_status take_turn(struct fm_session *s, struct slot *slots, bool *is_open,
                                struct fm_error *err)
{
    for (size_t i = 0; i < s->n_workers; i++) {
        is_open[i] = true;
        if (slots[i].fd >= 0)
            FM_TRY(drain(s, &slots[i], &is_open[i], err));
    }
    return FM_OK;
}

static enum fm_status listen_once(struct fm_session *s, struct slot *slots, bool *is_open,
                                  struct pollfd *fds, struct fm_error *err)
{
    for (size_t i = 0; i < s->n_workers; i++)
        fds[i] = (struct pollfd){.fd = slots[i].fd, .events = POLLIN};
    int n = poll(fds, s->n_workers, 100);
    if (n > 0) {
        FM_TRY(fm_store_begin(s->store, err));
        enum fm_status status = take_turn(s, slots, is_open, err);
        if (status == FM_OK)
            status = fm_store_commit(s->store, err);
        if (status != FM_OK) {
            fm_store_rollback(s->store);
            return status;
        }
        for (size_t i = 0; i < s->n_workers; i++)
            FM_TRY(fm_session_publish(s, &slots[i].view, err));
        for (size_t i = 0; i < s->n_workers; i++)
            if (slots[i].fd >= 0 && !is_open[i])
                FM_TRY(finish_worker(s, slots, &slots[i], err));
    }
    fm_progress_draw(&s->progress);
    return FM_OK;
}

static void signal_workers(const struct fm_session *s, const struct slot *slots, int number)
{
    for (size_t i = 0; i < s->n_workers; i++)
        if (slots[i].pid > 0)
            (void)kill(slots[i].pid, number);
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

static enum fm_status loop(struct fm_session *s, struct slot *slots, bool *is_open,
                           struct pollfd *fds, struct fm_error *err)
{
    size_t next = 0;
    bool has_told = false;
    for (;;) {
        size_t n_busy = 0;
        for (size_t i = 0; i < s->n_workers; i++) {
            struct fm_task *task;
            if (!caught_signal && slots[i].pid == 0 && (task = next_task(s, &next)))
                FM_TRY(start_worker(s, slots, &slots[i], task, err));
            n_busy += slots[i].pid != 0;
        }
        if (n_busy == 0)
            return FM_OK;
        if (caught_signal && !has_told) {
            has_told = true;
            fm_progress_line(&s->progress,
                             "stopping; saving what is under way (once more to "
                             "stop at once)");
            signal_workers(s, slots, SIGTERM);
        }
        FM_TRY(listen_once(s, slots, is_open, fds, err));
    }
}

/* The database failed: the workers' results have nowhere to go. */
static void abandon_workers(const struct fm_session *s, struct slot *slots)
{
    signal_workers(s, slots, SIGKILL);
    for (size_t i = 0; i < s->n_workers; i++) {
        if (slots[i].pid > 0)
            (void)waitpid(slots[i].pid, NULL, 0);
        if (slots[i].fd >= 0)
            (void)close(slots[i].fd);
    }
}

static enum fm_status run_workers(struct fm_session *s, struct fm_error *err)
{
    size_t n = s->n_workers;
    struct slot *slots = calloc(n, sizeof *slots);
    bool *is_open = calloc(n, sizeof *is_open);
    struct pollfd *fds = calloc(n, sizeof *fds);
    enum fm_status status = slots && is_open && fds ? FM_OK : fm_out_of_memory(err);
    for (size_t i = 0; status == FM_OK && i < n; i++) {
        slots[i].fd = -1;
        slots[i].row = &s->progress.rows[i];
    }
    if (status == FM_OK) {
        status = loop(s, slots, is_open, fds, err);
        if (status != FM_OK)
            abandon_workers(s, slots);
    }
    for (size_t i = 0; slots && i < n; i++)
        free(slots[i].view.publish);
    free(slots);
    free(is_open);
    free(fds);
    return status;
}

/* ---- without fork ---- */

struct direct {
    struct fm_session *session;
    struct fm_worker_view view;
};

static enum fm_status put_direct(void *context, const struct fm_record *record,
                                 struct fm_error *err)
{
    struct direct *d = context;
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

static enum fm_status run_in_process(struct fm_session *s, struct fm_error *err)
{
    struct direct d = {.session = s};
    struct slot slot = {.row = &s->progress.rows[0]};
    const struct fm_sink sink = {put_direct, &d};
    size_t next = 0;
    enum fm_status status = FM_OK;
    for (struct fm_task *task;
         status == FM_OK && !caught_signal && (task = next_task(s, &next));) {
        view_init(&d.view, task);
        slot.view.task = task;
        name_row(s, &slot);
        slot.row->owner = &d.view;
        status = fm_store_start_run(s->store, task->run_id, s->process_id, err);
        if (status == FM_OK)
            (void)fm_worker_run(task, s->n_threads, &sink, &must_stop);
        if (status == FM_OK && !d.view.has_ended)
            status =
                fm_fail(err, FM_ERROR_IO, "the run's results could not be written to %s",
                        s->options->db);
        slot.row->owner = NULL;
    }
    free(d.view.publish);
    return status;
}

/* ---- the whole ---- */

static void count_runs(const struct fm_session *s, struct fm_run_outcome *outcome)
{
    for (size_t i = 0; i < s->plan->n_runs; i++)
        outcome->n_done_before += s->tasks[i].is_done;
    outcome->n_not_done = s->plan->n_runs - outcome->n_done_before;
}

static enum fm_status run_session(struct fm_session *s, struct fm_run_outcome *outcome,
                                  struct fm_error *err)
{
    FM_TRY(fm_session_prepare(s, err));
    outcome->sweep_id = s->sweep_id;
    count_runs(s, outcome);
    if (outcome->n_not_done == 0)
        return FM_OK;
    struct fm_progress_row *rows = FM_NEW(&s->arena, s->n_workers, struct fm_progress_row);
    if (!rows)
        return fm_out_of_memory(err);
    fm_progress_init(&s->progress, s->options->is_quiet, s->n_workers, rows);
    fm_progress_line(&s->progress,
                     "%s: %zu of %zu run%s to do, %zu at a time, %zu thread%s each",
                     s->plan->name, outcome->n_not_done, s->plan->n_runs,
                     s->plan->n_runs == 1 ? "" : "s", s->n_workers, s->n_threads,
                     s->n_threads == 1 ? "" : "s");
    enum fm_status status =
        s->options->in_process ? run_in_process(s, err) : run_workers(s, err);
    fm_progress_clear(&s->progress);
    return status;
}

enum fm_status fm_run(const struct fm_plan *plan, const struct fm_run_options *options,
                      struct fm_run_outcome *outcome, int *signal_number,
                      struct fm_error *err)
{
    struct fm_session s = {.plan = plan, .options = options};
    double start = fm_seconds();
    size_t n_processors = fm_n_processors();
    s.n_workers = options->in_process || options->n_jobs == 0 ? 1 : options->n_jobs;
    if (s.n_workers > plan->n_runs)
        s.n_workers = plan->n_runs;
    s.n_threads = options->n_threads ? options->n_threads : n_processors / s.n_workers;
    if (s.n_threads == 0)
        s.n_threads = 1;
    *outcome = (struct fm_run_outcome){0};
    caught_signal = 0;
    atomic_store(&must_stop, false);
    enum fm_status status = fm_store_open(&s.store, options->db, err);
    if (status == FM_OK) {
        catch_signals(on_signal);
        status = run_session(&s, outcome, err);
        if (status == FM_OK && caught_signal)
            status = fm_fail(err, FM_INTERRUPTED,
                             "interrupted; everything is saved, the same command goes on");
        int exit_code = status == FM_OK ? (int)s.has_failures : fm_status_exit_code(status);
        struct fm_error unheard;
        if (s.process_id > 0)
            (void)!fm_store_finish_process(s.store, s.process_id, exit_code, &unheard);
        catch_signals(SIG_DFL);
    }
    fm_store_close(s.store);
    *signal_number = caught_signal;
    outcome->has_failures = s.has_failures;
    outcome->n_done_now = s.n_done;
    outcome->n_not_done -= s.n_done < outcome->n_not_done ? s.n_done : outcome->n_not_done;
    outcome->seconds = fm_seconds() - start;
    fm_arena_fini(&s.arena);
    return status;
}
