/* All checks of a path. */
#include <config.h>

#include "check/path.h"

#include "check/path_bits.h"
#include "check/path_coefficients.h"
#include "check/path_draw.h"
#include "check/path_subject.h"

enum fm_status fm_check_path(const struct fm_check_sink *sink, struct fm_arena *arena,
                             const struct fm_plugin *p, const void *options,
                             struct fm_error *err)
{
    struct fm_path_subject s = {sink, p->path, options};
    if (!fm_check_path_bits(&s))
        return FM_OK;
    fm_check_path_bounds(&s);
    if (fm_path_is_declared(&s) && fm_check_path_finite(&s)) {
        fm_check_path_ends(&s);
        fm_check_path_limits(&s);
        fm_check_path_derivatives(&s);
        if (s.ops->coefficients) {
            fm_check_path_order(&s);
            fm_check_path_conversions(&s);
        }
    }
    if (s.ops->draw)
        fm_check_path_draws(&s);
    return fm_check_path_options(&s, arena, p, err);
}
