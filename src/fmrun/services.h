/* What the host does for plugins: memory and the heavy algorithms several plugins need.
 * Handed to a plugin's functions; valid during the call, its memory for the life of the run
 * (dataset, network) or of the call (metric, coupling). */
#ifndef FM_FMRUN_SERVICES_H
#define FM_FMRUN_SERVICES_H

#include <fmrun/status.h>
#include <stddef.h>
#include <stdint.h>

struct fm_services {
    size_t size; /* sizeof(struct fm_services) of the host; it only ever grows */
    void *context;

    /* n objects of `object_size` bytes, zeroed, aligned to 64 bytes, or NULL when memory is
     * out (then return fm_fail(err, FM_ERROR_MEMORY, ...)).  Never freed by the plugin. */
    void *(*allocate)(const struct fm_services *s, size_t n, size_t object_size);

    /* Exact optimal assignment under squared Euclidean cost: the permutation p of 0..n-1
     * that minimises sum_i |a_i - b_p(i)|^2.  a, b: [n][dim]; p: [n].  *cost is that sum
     * divided by n.  Time O(n^3) at worst, memory O(n^2).  Deterministic. */
    enum fm_status (*assign)(const struct fm_services *s, size_t n, size_t dim,
                             const double *a, const double *b, uint32_t *p, double *cost,
                             struct fm_error *err);
};

#endif
