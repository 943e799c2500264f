/* Which plugin function runs now.  The host announces the calls that it makes before a run begins:
 * a process that waits for this one can then say which function hung or crashed. */
#ifndef FM_HOST_CALL_H
#define FM_HOST_CALL_H

#include <fmrun/plugin.h>

struct fm_call_observer {
    /* kind and name of the plugin; function: "prepare" */
    void (*begin)(void *context, enum fm_kind kind, const char *name, const char *function);
    void (*end)(void *context);
    void *context;
};

/* Announces to the observer, which must stay.  NULL, as at the start: to nobody.  Calls must come
 * from one thread then. */
void fm_call_observe(const struct fm_call_observer *observer);

/* Around each call.  They do not nest. */
void fm_call_begin(enum fm_kind kind, const char *name, const char *function);
void fm_call_end(void);

#endif
