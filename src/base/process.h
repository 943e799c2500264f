/* Child processes: the only place that forks.  A child sends bytes over a pipe to its
 * parent and dies with it.  base/children.h does many pieces of work, each in a child of
 * its own.  The parent must not have entered an OpenMP region (base/parallel.h); children
 * may. */
#ifndef FM_BASE_PROCESS_H
#define FM_BASE_PROCESS_H

#include "base/text.h"
#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct fm_process {
    pid_t pid;  /* 0: there is none */
    int pipe;   /* what it sends, read without waiting; -1: closed */
    int output; /* what it prints, where that is captured; -1: closed */
};
#define FM_NO_PROCESS ((struct fm_process){0, -1, -1})

struct fm_process_work {
    /* Runs in the child and returns its exit status; fd takes fm_process_send. */
    int (*run)(void *context, int fd);
    void *context;
    /* what the pipe should hold until it is read; 0: the system's default */
    size_t pipe_bytes;
    /* stdout and stderr become process.output, stdin is empty, and no core file is
     * written */
    bool is_captured;
};

/* Starts the work in a child, which ignores SIGPIPE and is killed when this process dies.
 * FM_ERROR_IO when the system has no process or pipe left. */
FM_MUST_USE enum fm_status fm_process_start(struct fm_process *process,
                                            const struct fm_process_work *work,
                                            struct fm_error *err);

/* In the child: writes n bytes, in one piece up to 4096.  False, with errno set, when the
 * parent is gone. */
bool fm_process_send(int fd, const void *bytes, size_t n);

/* In the parent: takes at most n bytes of what has arrived at process.pipe or .output, n >
 * 0, and returns how many.  At the end of the pipe closes *fd and sets it to -1. */
size_t fm_process_read(int *fd, void *bytes, size_t n);

void fm_process_signal(const struct fm_process *process, int number);

/* Whether the child is dead; then *wait_status is that of waitpid, and pid 0.  must_wait:
 * waits until it is. */
bool fm_process_reap(struct fm_process *process, bool must_wait, int *wait_status);

/* Closes what is open. */
void fm_process_close(struct fm_process *process);

/* Adds "killed by signal 11 (Segmentation fault)" or "ended with exit status 3". */
void fm_process_describe(struct fm_text *text, int wait_status);

#endif
