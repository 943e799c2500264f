/* Status codes and errors, shared by the host and by plugins.
 *
 * A function that can fail because of the outside world (the user, a file, the database, a
 * plugin, numbers that stop being finite) returns enum fm_status and takes a
 * `struct fm_error *err` last.  The message is written once, where the failure happens;
 * callers pass it on with FM_TRY.  On failure outputs are untouched unless said otherwise.
 * A mistake of our own is an assertion instead, never both. */
#ifndef FM_FMRUN_STATUS_H
#define FM_FMRUN_STATUS_H

#include <stdarg.h>
#include <stdio.h>

/* X(name, exit code, meaning).  Each meaning says whose fault it is and whether work can go
 * on. */
#define FM_STATUS_LIST(X)                                                                  \
    X(FM_OK, 0, "success")                                                                 \
    X(FM_ERROR_RUN, 1, "a run failed; the other runs of the sweep go on")                  \
    X(FM_ERROR_DIVERGED, 1, "numbers stopped being finite; the other runs go on")          \
    X(FM_ERROR_USAGE, 64, "the command line is wrong; nothing was done")                   \
    X(FM_ERROR_NO_INPUT, 66, "an input file is missing or unreadable; nothing was done")   \
    X(FM_ERROR_PLUGIN, 69, "a plugin is missing, does not fit this fmrun, or failed")      \
    X(FM_ERROR_INTERNAL, 70, "a mistake in fmrun itself; please report it")                \
    X(FM_ERROR_MEMORY, 71, "the machine ran out of memory; what was saved is kept")        \
    X(FM_ERROR_IO, 74, "a file or the database could not be written or read")              \
    X(FM_ERROR_CONFIG, 78, "the experiment config is wrong; nothing was done")             \
    X(FM_INTERRUPTED, 130, "stopped by a signal; state is saved, the same command resumes")

enum fm_status {
#define FM_STATUS_ENUM(name, exit_code, meaning) name,
    FM_STATUS_LIST(FM_STATUS_ENUM)
#undef FM_STATUS_ENUM
};

struct fm_error {
    enum fm_status status;
    char message[2048];
};

#if defined(__GNUC__)
#define FM_MUST_USE __attribute__((warn_unused_result))
#define FM_FORMAT(string, first) __attribute__((format(printf, string, first)))
#else
#define FM_MUST_USE
#define FM_FORMAT(string, first)
#endif

/* Returns from the calling function when `call` does not give FM_OK. */
#define FM_TRY(call)                                                                       \
    do {                                                                                   \
        enum fm_status fm_try_status_ = (call);                                            \
        if (fm_try_status_ != FM_OK)                                                       \
            return fm_try_status_;                                                         \
    } while (0)

/* Writes status and a formatted message (truncated to fit) to err, which may be NULL.
 * Returns status.  Allocates nothing. */
static inline FM_FORMAT(3, 4) enum fm_status
    fm_fail(struct fm_error *err, enum fm_status status, const char *format, ...)
{
    if (err) {
        va_list arguments;
        va_start(arguments, format);
        err->status = status;
        (void)vsnprintf(err->message, sizeof err->message, format, arguments);
        va_end(arguments);
    }
    return status;
}

#endif
