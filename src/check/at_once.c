#include <config.h>

#include "check/at_once.h"

#include "base/parallel.h"

struct turns {
    void (*body)(void *context, size_t item, size_t thread);
    void *context;
    size_t n_threads, n_items;
};

static void take_turns(void *context, size_t thread)
{
    const struct turns *turns = context;
    fm_parallel_barrier();
    for (size_t i = thread; i < turns->n_items; i += turns->n_threads)
        turns->body(turns->context, i, thread);
}

void fm_check_at_once(size_t n_threads, size_t n_items,
                      void (*body)(void *context, size_t item, size_t thread),
                      void *context)
{
    struct turns turns = {body, context, n_threads, n_items};
    fm_parallel_region(n_threads, take_turns, &turns);
}
