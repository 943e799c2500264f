/* The statuses of runs and samplings. */
#ifndef FM_STORE_RUN_STATUS_H
#define FM_STORE_RUN_STATUS_H

/* X(name, text in the database, meaning) */
#define FM_RUN_STATUS_LIST(X)                                                              \
    X(FM_RUN_QUEUED, "queued", "planned, not started")                                     \
    X(FM_RUN_RUNNING, "running", "a process works on it")                                  \
    X(FM_RUN_DONE, "done", "finished; its numbers are final")                              \
    X(FM_RUN_FAILED, "failed", "ended by an error; see the reason")                        \
    X(FM_RUN_DIVERGED, "diverged", "numbers stopped being finite")                         \
    X(FM_RUN_INTERRUPTED, "interrupted", "stopped by a signal; the same command resumes")  \
    X(FM_RUN_LOST, "lost", "its process vanished; the same command resumes")

enum fm_run_status {
#define FM_RUN_STATUS_ENUM(name, text, meaning) name,
    FM_RUN_STATUS_LIST(FM_RUN_STATUS_ENUM)
#undef FM_RUN_STATUS_ENUM
        FM_N_RUN_STATUSES
};

/* "queued"; never NULL. */
const char *fm_run_status_name(enum fm_run_status status);
/* The status of that name; FM_N_RUN_STATUSES for none. */
enum fm_run_status fm_run_status_find(const char *name);

#endif
