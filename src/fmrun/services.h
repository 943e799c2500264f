/* What the host does for plugins: memory, and the expensive algorithms that several plugins
 * need.  A data set keeps its services as long as it is open (fm_dataset.services); others
 * are valid during the call that gets them.  Each kind's header says how long memory
 * lives. */
#ifndef FM_FMRUN_SERVICES_H
#define FM_FMRUN_SERVICES_H

#include <fmrun/rng.h>
#include <fmrun/status.h>
#include <stddef.h>
#include <stdint.h>

struct fm_services {
    size_t size; /* sizeof(struct fm_services) of the host */
    void *context;

    /* n objects of `object_size` bytes, zeroed, aligned to 64 bytes; the host frees them.
     * NULL: out of memory; then return fm_fail(err, FM_ERROR_MEMORY, ...). */
    void *(*allocate)(const struct fm_services *s, size_t n, size_t object_size);

    /* Exact optimal assignment: sets p, [n], to the permutation of 0 .. n - 1 that
     * minimises sum_i |a_i - b_p(i)|^2, and *cost to that sum divided by n.  a, b:
     * [n][dim].  Time O(n^3) at worst, memory O(n^2).  Deterministic. */
    enum fm_status (*assign)(const struct fm_services *s, size_t n, size_t dim,
                             const double *a, const double *b, uint32_t *p, double *cost,
                             struct fm_error *err);

    /* Many random numbers at once, much faster than one by one.  Row i of u, [n][per_row],
     * is what fm_rng_uniform gives in the sequence of row first_row + i of the stream,
     * starting at its 128-bit block number `block`; a block holds two uniforms, or a pair
     * of normals.  normals: the same for fm_rng_normal, to 2e-15 (1 + |z|). */
    void (*uniforms)(struct fm_stream stream, uint32_t block, uint64_t first_row, size_t n,
                     size_t per_row, double *u);
    void (*normals)(struct fm_stream stream, uint32_t block, uint64_t first_row, size_t n,
                    size_t per_row, double *z);
    /* cos(2 pi u_i) and sin(2 pi u_i), i < n. */
    void (*circle)(size_t n, const double *u, double *cosine, double *sine);
};

#endif
