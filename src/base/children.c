#include <config.h>

#include "base/children.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/process.h"

#include <poll.h>
#include <signal.h>

enum { MAX_AT_ONCE = 64, MAX_PRINTED = 4096 };

/* The child sends it last.  Without it, the work did not return: it may have called
 * exit(0). */
static const char end_mark = '\x17';

struct slot {
    struct fm_child *child; /* NULL: free */
    size_t index;
    struct fm_process process;
    double deadline;
};

static int work_and_mark(void *context, int fd)
{
    const struct fm_child *child = context;
    child->work(child->context, fd);
    (void)fflush(NULL);
    (void)fm_process_send(fd, &end_mark, 1);
    return 0;
}

static enum fm_status start(struct slot *slot, struct fm_child *child, size_t index,
                            double seconds, struct fm_error *err)
{
    const struct fm_process_work work = {
        .run = work_and_mark, .context = child, .is_captured = child->is_captured};
    FM_TRY(fm_process_start(&slot->process, &work, err));
    slot->child = child;
    slot->index = index;
    slot->deadline = fm_seconds() + seconds;
    return FM_OK;
}

/* Adds what has arrived to text, up to max_length bytes in all; the rest is dropped. */
static bool drain(int *fd, struct fm_text *text, size_t max_length)
{
    char bytes[4096];
    bool has_arrived = false;
    for (size_t n; (n = fm_process_read(fd, bytes, sizeof bytes)) > 0; has_arrived = true) {
        const size_t room = text->length < max_length ? max_length - text->length : 0;
        fm_text_add_bytes(text, bytes, n < room ? n : room);
    }
    return has_arrived;
}

static void receive(struct slot *slot)
{
    struct fm_child *child = slot->child;
    const bool is_new = drain(&slot->process.pipe, &child->sent, (size_t)-1);
    (void)drain(&slot->process.output, &child->printed, MAX_PRINTED);
    if (is_new && child->received)
        slot->deadline = fm_seconds() + child->received(child->context);
}

/* Whether the child has ended.  Kills it when its time is over. */
static bool has_ended(struct slot *slot)
{
    struct fm_child *child = slot->child;
    struct fm_text *sent = &child->sent;
    const bool is_too_long = fm_seconds() > slot->deadline;
    if (is_too_long)
        fm_process_signal(&slot->process, SIGKILL);
    if (!fm_process_reap(&slot->process, is_too_long, &child->wait_status))
        return false;
    receive(slot);
    fm_process_close(&slot->process);
    child->end = is_too_long ? FM_CHILD_TOO_LONG : FM_CHILD_DIED;
    if (sent->length > 0 && sent->bytes[sent->length - 1] == end_mark) {
        fm_text_cut(sent, sent->length - 1);
        child->end = FM_CHILD_FINISHED;
    }
    return true;
}

static void wait_for_news(size_t n, const struct slot *slots)
{
    struct pollfd fds[2 * MAX_AT_ONCE];
    size_t n_fds = 0;
    int milliseconds = 50; /* until time limits are looked at again */
    for (size_t i = 0; i < n; i++) {
        const int ends[] = {slots[i].process.pipe, slots[i].process.output};
        for (size_t k = 0; slots[i].child && k < 2; k++)
            if (ends[k] >= 0)
                fds[n_fds++] = (struct pollfd){.fd = ends[k], .events = POLLIN};
        if (slots[i].child && slots[i].process.pipe < 0)
            milliseconds = 1; /* it is about to end */
    }
    (void)poll(fds, (nfds_t)n_fds, milliseconds);
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
            receive(&slots[i]);
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

void fm_child_describe(struct fm_text *text, const struct fm_child *child, double seconds)
{
    switch (child->end) {
    case FM_CHILD_FINISHED:
        fm_text_add(text, "finished");
        break;
    case FM_CHILD_DIED:
        fm_process_describe(text, child->wait_status);
        break;
    case FM_CHILD_TOO_LONG:
        fm_text_add(text, "still busy after %g s", seconds);
        break;
    }
}
