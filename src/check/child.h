/* Work that may crash, hang, exit or print, each piece in a process of its own.  The parent
 * must not have entered an OpenMP region (base/parallel.h); the children may. */
#ifndef FM_CHECK_CHILD_H
#define FM_CHECK_CHILD_H

#include "base/text.h"
#include <fmrun/status.h>
#include <stddef.h>

enum fm_child_end {
    FM_CHILD_FINISHED, /* work returned */
    FM_CHILD_EXITED,   /* it ended the process; number: the exit status */
    FM_CHILD_KILLED,   /* number: the signal */
    FM_CHILD_TOO_LONG  /* it was killed at its time limit */
};

struct fm_child {
    /* What the child does; fd takes what fm_child_send writes.  NULL: there is no child, and
     * finished is called all the same. */
    void (*work)(void *context, int fd);
    void *context;
    struct fm_text sent;    /* all that was sent */
    struct fm_text printed; /* the beginning of what went to stdout and stderr */
    enum fm_child_end end;
    int number;
};

/* In the child: sends n bytes, in one piece up to 4096. */
void fm_child_send(int fd, const void *bytes, size_t n);

/* Does the work of all n children, n_at_once at a time, and calls finished, which may be NULL,
 * when one has ended, in any order.  fm_child_fini each afterwards.  seconds: time limit of
 * each.  FM_ERROR_IO when no process can be made, FM_ERROR_MEMORY, finished's own. */
FM_MUST_USE enum fm_status fm_children_run(
    size_t n, struct fm_child *children, size_t n_at_once, double seconds,
    enum fm_status (*finished)(void *context, size_t index, struct fm_error *err),
    void *context, struct fm_error *err);
void fm_child_fini(struct fm_child *child);

/* "killed by signal 11 (Segmentation fault)", "ended the process with exit status 3",
 * "still busy after 60 s"; seconds as given to run. */
void fm_child_describe(const struct fm_child *child, double seconds, struct fm_text *text);

#endif
