#include <config.h>

#include "run/histogram.h"

#include "base/arena.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Fills bins of `width` with costs in rising order.  Returns the number of bins, or
 * FM_MAX_NFE_BINS + 1 when there are not enough. */
static size_t fill(size_t n, const uint64_t *sorted, uint64_t width,
                   struct fm_nfe_bin *bins)
{
    size_t n_bins = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t from = sorted[0] + (sorted[i] - sorted[0]) / width * width;
        if (n_bins == 0 || bins[n_bins - 1].nfe_from != from) {
            if (n_bins == FM_MAX_NFE_BINS)
                return n_bins + 1;
            bins[n_bins++] = (struct fm_nfe_bin){from, from + width - 1, 0};
        }
        bins[n_bins - 1].n++;
    }
    return n_bins;
}

enum fm_status fm_nfe_histogram(size_t n, const uint64_t *nfe,
                                struct fm_sampling_result *result, struct fm_error *err)
{
    struct fm_arena arena = {0};
    uint64_t *sorted = FM_NEW(&arena, n, uint64_t);
    result->n_bins = 0;
    if (!sorted)
        return fm_out_of_memory(err);
    if (n > 0) {
        memcpy(sorted, nfe, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, compare);
        result->n_bins = fill(n, sorted, 1, result->bins);
        if (result->n_bins > FM_MAX_NFE_BINS)
            result->n_bins = fill(
                n, sorted, (sorted[n - 1] - sorted[0]) / FM_MAX_NFE_BINS + 1, result->bins);
    }
    fm_arena_fini(&arena);
    return FM_OK;
}
