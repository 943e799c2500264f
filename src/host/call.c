#include <config.h>

#include "host/call.h"

#include <stddef.h>

static const struct fm_call_observer *observer;

void fm_call_observe(const struct fm_call_observer *new_observer)
{
    observer = new_observer;
}

void fm_call_begin(enum fm_kind kind, const char *name, const char *function)
{
    if (observer)
        observer->begin(observer->context, kind, name, function);
}

void fm_call_end(void)
{
    if (observer)
        observer->end(observer->context);
}
