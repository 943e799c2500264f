#include <config.h>

#include "check/child.h"

#include "base/error.h"
#include "base/parallel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { MAX_AT_ONCE = 64, MAX_PRINTED = 4096 };

/* Ends what the child sent: without it, the work did not return. */
static const char end_mark = '\x17';

struct slot {
    struct fm_child *child; /* NULL: free */
    size_t index;
    pid_t pid;
    int fds[2]; /* sent, printed; -1: closed */
    double deadline;
};

void fm_child_send(int fd, const void *bytes, size_t n)
{
    const char *from = bytes;
    while (n > 0) {
        ssize_t written = write(fd, from, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return; /* the parent is gone */
        from += written;
        n -= (size_t)written;
    }
}

/* ---- in the child ---- */

_Noreturn static void be_child(struct fm_child *child, int sent, int printed, pid_t parent)
{
    const struct rlimit no_core = {0, 0};
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
#ifdef __linux__
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != parent)
        _exit(1);
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)signal(SIGPIPE, SIG_IGN);
    if (nothing >= 0)
        (void)dup2(nothing, STDIN_FILENO);
    if (dup2(printed, STDOUT_FILENO) < 0 || dup2(printed, STDERR_FILENO) < 0)
        _exit(1);
    child->work(child->context, sent);
    (void)fflush(NULL);
    fm_child_send(sent, &end_mark, 1);
    _exit(0);
}

/* ---- in the parent ---- */

static enum fm_status start(struct slot *slot, struct fm_child *child, size_t index,
                            double seconds, struct fm_error *err)
{
    int sent[2], printed[2];
    pid_t parent = getpid();
    if (pipe2(sent, O_CLOEXEC) != 0)
        return fm_fail_errno(err, "can't make", "a pipe");
    if (pipe2(printed, O_CLOEXEC) != 0) {
        (void)close(sent[0]);
        (void)close(sent[1]);
        return fm_fail_errno(err, "can't make", "a pipe");
    }
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        be_child(child, sent[1], printed[1], parent);
    (void)close(sent[1]);
    (void)close(printed[1]);
    if (pid < 0) {
        (void)close(sent[0]);
        (void)close(printed[0]);
        return fm_fail_errno(err, "can't start", "a process");
    }
    (void)fcntl(sent[0], F_SETFL, O_NONBLOCK);
    (void)fcntl(printed[0], F_SETFL, O_NONBLOCK);
    *slot = (struct slot){.child = child,
                          .index = index,
                          .pid = pid,
                          .fds = {sent[0], printed[0]},
                          .deadline = fm_seconds() + seconds};
    return FM_OK;
}

/* Takes what has arrived. */
static void drain(struct slot *slot)
{
    for (size_t i = 0; i < 2; i++) {
        char bytes[4096];
        ssize_t n = 0;
        while (slot->fds[i] >= 0
               && ((n = read(slot->fds[i], bytes, sizeof bytes)) > 0
                   || (n < 0 && errno == EINTR))) {
            struct fm_text *to = i == 0 ? &slot->child->sent : &slot->child->printed;
            size_t room = i == 0                      ? sizeof bytes
                          : to->length >= MAX_PRINTED ? 0
                                                      : MAX_PRINTED - to->length;
            if (n > 0)
                fm_text_add_bytes(to, bytes, (size_t)n < room ? (size_t)n : room);
        }
        if (slot->fds[i] >= 0 && n == 0) {
            (void)close(slot->fds[i]);
            slot->fds[i] = -1;
        }
    }
}

static void take_end(struct slot *slot, int status, bool is_too_long)
{
    struct fm_child *child = slot->child;
    struct fm_text *sent = &child->sent;
    if (sent->length > 0 && sent->bytes[sent->length - 1] == end_mark) {
        fm_text_cut(sent, sent->length - 1);
        child->end = FM_CHILD_FINISHED;
    } else if (is_too_long) {
        child->end = FM_CHILD_TOO_LONG;
    } else if (WIFSIGNALED(status)) {
        child->end = FM_CHILD_KILLED;
        child->number = WTERMSIG(status);
    } else {
        child->end = FM_CHILD_EXITED;
        child->number = WEXITSTATUS(status);
    }
}

/* Whether the child has ended; it is made to when its time is over. */
static bool has_ended(struct slot *slot)
{
    int status = 0;
    bool is_too_long = fm_seconds() > slot->deadline;
    if (is_too_long)
        (void)kill(slot->pid, SIGKILL);
    pid_t pid;
    do
        pid = waitpid(slot->pid, &status, is_too_long ? 0 : WNOHANG);
    while (pid < 0 && errno == EINTR);
    if (pid == 0)
        return false;
    drain(slot);
    for (size_t i = 0; i < 2; i++)
        if (slot->fds[i] >= 0)
            (void)close(slot->fds[i]);
    take_end(slot, status, is_too_long);
    return true;
}

static void wait_for_news(size_t n, const struct slot *slots)
{
    struct pollfd fds[2 * MAX_AT_ONCE];
    size_t n_fds = 0;
    int patience = 50; /* ms: time limits; what is closed ends at once */
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; slots[i].child && k < 2; k++) {
            if (slots[i].fds[k] >= 0)
                fds[n_fds++] = (struct pollfd){.fd = slots[i].fds[k], .events = POLLIN};
            else if (k == 0)
                patience = 1;
        }
    (void)poll(fds, (nfds_t)n_fds, patience);
}

static void end_all(size_t n, struct slot *slots)
{
    for (size_t i = 0; i < n; i++)
        if (slots[i].child) {
            slots[i].deadline = 0;
            (void)has_ended(&slots[i]);
        }
}

enum fm_status fm_children_run(size_t n, struct fm_child *children, size_t n_at_once,
                               double seconds,
                               enum fm_status (*finished)(void *context, size_t index,
                                                          struct fm_error *err),
                               void *context, struct fm_error *err)
{
    struct slot slots[MAX_AT_ONCE] = {0};
    size_t next = 0, n_busy = 0;
    size_t n_slots = n_at_once < 1 ? 1 : n_at_once < MAX_AT_ONCE ? n_at_once : MAX_AT_ONCE;
    enum fm_status status = FM_OK;
    while (status == FM_OK && (next < n || n_busy > 0)) {
        for (size_t i = 0; status == FM_OK && i < n_slots && next < n; i++) {
            if (slots[i].child)
                continue;
            if (children[next].work) {
                status = start(&slots[i], &children[next], next, seconds, err);
                n_busy += status == FM_OK;
            } else if (finished) {
                status = finished(context, next, err);
            }
            next++;
        }
        if (status != FM_OK || n_busy == 0)
            continue;
        wait_for_news(n_slots, slots);
        for (size_t i = 0; status == FM_OK && i < n_slots; i++) {
            if (!slots[i].child)
                continue;
            drain(&slots[i]);
            if (!has_ended(&slots[i]))
                continue;
            struct fm_child *child = slots[i].child;
            slots[i].child = NULL;
            n_busy--;
            if (child->sent.has_failed || child->printed.has_failed)
                status = fm_out_of_memory(err);
            else if (finished)
                status = finished(context, slots[i].index, err);
        }
    }
    end_all(n_slots, slots);
    return status;
}

void fm_child_fini(struct fm_child *child)
{
    fm_text_fini(&child->sent);
    fm_text_fini(&child->printed);
}

void fm_child_describe(const struct fm_child *child, double seconds, struct fm_text *text)
{
    switch (child->end) {
    case FM_CHILD_FINISHED:
        fm_text_add(text, "finished");
        break;
    case FM_CHILD_EXITED:
        fm_text_add(text, "ended the process with exit status %d", child->number);
        break;
    case FM_CHILD_KILLED:
        fm_text_add(text, "killed by signal %d (%s)", child->number,
                    strsignal(child->number));
        break;
    case FM_CHILD_TOO_LONG:
        fm_text_add(text, "still busy after %g s", seconds);
        break;
    }
}
