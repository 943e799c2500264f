/* Diagnostics to stderr, by category: --debug=train,store; --debug=help lists them. */
#ifndef FM_BASE_LOG_H
#define FM_BASE_LOG_H

#include <fmrun/status.h>
#include <stdbool.h>

#define FM_LOG_LIST(X)                                                                     \
    X(CONFIG, "config", "how the config is read")                                          \
    X(HOST, "host", "plugins found and loaded")                                            \
    X(PLAN, "plan", "points, runs and keys")                                               \
    X(TRAIN, "train", "compiled networks, checkpoints")                                    \
    X(SAMPLE, "sample", "solves and their cost")                                           \
    X(STORE, "store", "statements and files")                                              \
    X(RUN, "run", "workers and records")

enum fm_log {
#define FM_LOG_ENUM(id, name, help) FM_LOG_##id,
    FM_LOG_LIST(FM_LOG_ENUM)
#undef FM_LOG_ENUM
        FM_N_LOGS
};

/* Turns on the categories of a comma-separated list ("all" for every one).
 * FM_ERROR_USAGE names an unknown one. */
FM_MUST_USE enum fm_status fm_log_enable(const char *list, struct fm_error *err);
/* Turns all categories off until it is called with false; warnings are printed
 * nevertheless. */
void fm_log_mute(bool is_mute);
bool fm_log_is_on(enum fm_log category);
/* One line on stderr, "fmrun: category: ..."; nothing when the category is off. */
void fm_log(enum fm_log category, const char *format, ...) FM_FORMAT(2, 3);
/* One line on stderr, "fmrun: warning: ...", always. */
void fm_warn(const char *format, ...) FM_FORMAT(1, 2);
/* Prints the help text of --debug=help to stdout, one line per category. */
void fm_log_help(void);

#endif
