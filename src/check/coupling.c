/* All checks of a coupling. */
#include <config.h>

#include "check/coupling.h"

#include "base/error.h"
#include "check/coupling_batches.h"
#include "check/coupling_bits.h"
#include "check/coupling_numbers.h"
#include "check/coupling_subject.h"

enum fm_status fm_check_coupling(const struct fm_check_sink *sink,
                                 const struct fm_coupling *coupling, struct fm_error *err)
{
    struct fm_arena arena = {0};
    struct fm_coupling_subject s = {
        .sink = sink,
        .coupling = coupling,
        .batch = FM_NEW(&arena, 1, struct fm_batch),
        .other = FM_NEW(&arena, 1, struct fm_batch),
    };
    enum fm_status status = !s.batch || !s.other ? fm_out_of_memory(err) : FM_OK;
    if (status == FM_OK && !coupling->ops->pair) {
        fm_check_add_note(sink, "pairs", "", FM_CHECK_PASS,
                          "rows are paired as they come: there is no code to check");
    } else if (status == FM_OK && fm_check_batches(&s)) {
        fm_check_marginals(&s);
        fm_check_pair_cost(&s);
        fm_check_pair_bits(&s);
        fm_check_pair_noise(&s);
    }
    fm_arena_fini(&s.arena);
    fm_arena_fini(&arena);
    return status;
}
