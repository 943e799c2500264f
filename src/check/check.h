/* Whether plugins do what they declare: each one opened and measured in a process of its own,
 * so that one that crashes, hangs, exits or prints is told of, and the others go on.
 *
 * In the walk: `fmrun plugins check` names the plugins; this room measures; the rows are
 * printed and stored by the command.  check_child.c opens one and calls the checks of its kind
 * (solver.h); these call their parts (solver_order.h), which stand on the subject under test
 * (solver_subject.h). */
#ifndef FM_CHECK_CHECK_H
#define FM_CHECK_CHECK_H

#include "base/arena.h"
#include "check/row.h"
#include "host/registry.h"
#include <stdbool.h>

/* One plugin to check, and what was found. */
struct fm_checked {
    enum fm_kind kind;
    const char *name;
    size_t n_words; /* OPTION=VALUE, in YAML */
    const char *const *words;
    /* found */
    char sha256[FM_HASH_SIZE]; /* of the file */
    unsigned version;          /* 0: it died before telling */
    const char *options;       /* all of them in one line, as YAML; "" for the defaults */
    enum fm_status opening;    /* FM_ERROR_PLUGIN, FM_ERROR_CONFIG, ...: it can't be used */
    size_t n_rows;
    struct fm_check_row *rows; /* each property and problem once */
    size_t n_passed, n_failed;
};

/* Checks n plugins, n_at_once at a time, each for at most `seconds`; finished, which may be
 * NULL, is called when one is done, in any order.  What is found lives in the registry's arena.
 * Opens no plugin in this process, which must not have entered an OpenMP region.
 * A plugin that is not there gets a row that says so. */
FM_MUST_USE enum fm_status fm_check_plugins(
    struct fm_registry *registry, size_t n, struct fm_checked *checked, size_t n_at_once,
    double seconds,
    enum fm_status (*finished)(void *context, size_t index, struct fm_error *err),
    void *context, struct fm_error *err);

#endif
