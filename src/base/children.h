/* Work that may crash, hang, exit or print: each piece in a child process of its own, with
 * a time limit (base/process.h). */
#ifndef FM_BASE_CHILDREN_H
#define FM_BASE_CHILDREN_H

#include "base/text.h"
#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>

enum fm_child_end {
    FM_CHILD_FINISHED, /* its work returned */
    FM_CHILD_DIED,     /* it was killed or ended the process; see wait_status */
    FM_CHILD_TOO_LONG  /* it was killed at its time limit */
};

struct fm_child {
    /* What the child does; fd takes fm_process_send.  NULL: there is no child, and finished
     * is called nevertheless. */
    void (*work)(void *context, int fd);
    void *context;
    bool is_captured; /* what it prints goes to `printed` */
    /* NULL, or called in the parent when something was sent, which it may take out of
     * `sent`. Returns the seconds that the child may go on for; INFINITY: without a
     * limit. */
    double (*received)(void *context);
    struct fm_text sent;    /* all that was sent */
    struct fm_text printed; /* the beginning of what went to stdout and stderr */
    enum fm_child_end end;
    int wait_status; /* of FM_CHILD_DIED */
};

/* Does the work of all n children, n_at_once at a time.  Calls finished, which may be NULL,
 * when one has ended, in any order.  fm_child_fini each afterwards.  seconds: time limit of
 * each. FM_ERROR_IO when no process can be started, FM_ERROR_MEMORY, finished's own. */
FM_MUST_USE enum fm_status fm_children_run(
    size_t n, struct fm_child *children, size_t n_at_once, double seconds,
    enum fm_status (*finished)(void *context, size_t index, struct fm_error *err),
    void *context, struct fm_error *err);
void fm_child_fini(struct fm_child *child);

/* Adds "killed by signal 11 (Segmentation fault)", "ended with exit status 3", or "still
 * busy after 60 s"; seconds as given to fm_children_run. */
void fm_child_describe(struct fm_text *text, const struct fm_child *child, double seconds);

#endif
