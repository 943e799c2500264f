/* Checks that plugins do what they declare.  Each plugin is opened and measured in a process of
 * its own: one that crashes, hangs, exits or prints gets a failing row, and the others go on.
 *
 * `fmrun plugins check` names the plugins, prints the rows and stores them; this room measures.
 * check_child.c opens a plugin and calls the checks of its kind
 * (solver.h); these call their parts (solver_order.h), which stand on the subject under test
 * (solver_subject.h). */
#ifndef FM_CHECK_CHECK_H
#define FM_CHECK_CHECK_H

#include "base/arena.h"
#include "check/row.h"
#include "host/registry.h"
#include <stdbool.h>

/* One plugin to check, and its results. */
struct fm_checked {
    enum fm_kind kind;
    const char *name;
    size_t n_words; /* OPTION=VALUE, in YAML */
    const char *const *words;
    /* results */
    char sha256[FM_HASH_SIZE]; /* of the file */
    unsigned version;          /* 0: unknown, for it could not be opened */
    const char *options;       /* all of them in one line, as YAML; "" for the defaults */
    enum fm_status opening;    /* not FM_OK: it can't be used; the last row says why */
    size_t n_rows;
    struct fm_check_row *rows; /* each property and problem once */
    size_t n_passed, n_failed;
};

/* Checks n plugins, n_at_once at a time, each for at most `seconds`.  finished may be NULL; it is
 * called when a plugin is done, in any order.  Results live in the registry's arena.
 * Opens no plugin in this process, which must not have entered an OpenMP region.
 * A plugin without a file gets a failing row. */
FM_MUST_USE enum fm_status fm_check_plugins(
    struct fm_registry *registry, size_t n, struct fm_checked *checked, size_t n_at_once,
    double seconds,
    enum fm_status (*finished)(void *context, size_t index, struct fm_error *err),
    void *context, struct fm_error *err);

#endif
