/* All checks of a metric. */
#include <config.h>

#include "check/metric.h"

#include "base/error.h"
#include "check/metric_bits.h"
#include "check/metric_estimate.h"
#include "check/metric_order.h"
#include "check/metric_subject.h"
#include "check/metric_values.h"

#include <string.h>

static enum fm_status run(struct fm_metric_subject *s, struct fm_error *err)
{
    bool is_measured, is_same;
    FM_TRY(fm_check_metric_estimate(s, &is_measured, err));
    if (!is_measured)
        return FM_OK;
    FM_TRY(fm_check_metric_bits(s, &is_same, err));
    if (!is_same)
        return FM_OK;
    FM_TRY(fm_check_metric_noise(s, err));
    FM_TRY(fm_check_metric_order(s, err));
    FM_TRY(fm_check_metric_identical(s, err));
    FM_TRY(fm_check_metric_direction(s, err));
    FM_TRY(fm_check_metric_not_finite(s, err));
    return fm_check_metric_options(s, err);
}

enum fm_status fm_check_metric(const struct fm_check_sink *sink, struct fm_arena *arena,
                               const struct fm_plugin *p, const void *options,
                               struct fm_error *err)
{
    struct fm_arena call_arena = {0};
    void *kept = fm_arena_take(arena, 1, p->options_size);
    if (!kept)
        return fm_out_of_memory(err);
    struct fm_metric_subject s = {
        .sink = sink,
        .arena = arena,
        .call_arena = &call_arena,
        .plugin = p,
        .options = options,
        .kept_options = p->options_size > 0 ? memcpy(kept, options, p->options_size) : NULL,
    };
    enum fm_status status = run(&s, err);
    if (status == FM_OK)
        fm_check_metric_bounds(&s);
    fm_arena_fini(&call_arena);
    return status;
}
