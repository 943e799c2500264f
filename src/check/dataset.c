/* All checks of a data set. */
#include <config.h>

#include "check/dataset.h"

#include "base/error.h"
#include "check/dataset_density.h"
#include "check/dataset_integral.h"
#include "check/dataset_mass.h"
#include "check/dataset_moments.h"
#include "check/dataset_opening.h"
#include "check/dataset_rows.h"
#include "check/dataset_subject.h"

static enum fm_status check_density(struct fm_dataset_subject *s, struct fm_error *err)
{
    bool is_density;
    FM_TRY(fm_check_dataset_density(s, &is_density, err));
    if (!is_density)
        return FM_OK;
    FM_TRY(fm_check_dataset_score(s, err));
    FM_TRY(fm_check_dataset_entropy(s, err));
    return s->dim <= FM_INTEGRAL_MAX_DIM ? fm_check_dataset_integral(s, err)
                                         : fm_check_dataset_mass(s, err);
}

enum fm_status fm_check_dataset(const struct fm_check_sink *sink, struct fm_arena *arena,
                                const struct fm_plugin *p, const void *options,
                                bool *is_refused, struct fm_error *err)
{
    struct fm_dataset_subject s = {
        .sink = sink, .arena = arena, .plugin = p, .options = options};
    bool is_fine;
    enum fm_status status = fm_dataset_open(&s, err);
    *is_refused = status == FM_ERROR_CONFIG;
    if (status != FM_OK)
        return status;
    if (!fm_check_dataset_opening(&s))
        return FM_OK;
    FM_TRY(fm_check_dataset_bounds(&s, &is_fine, err));
    if (!is_fine)
        return FM_OK;
    FM_TRY(fm_check_dataset_bits(&s, &is_fine, err));
    if (!is_fine)
        return FM_OK;
    FM_TRY(fm_dataset_find_density(&s, err));
    FM_TRY(fm_check_dataset_values(&s, &is_fine, err));
    if (!is_fine)
        return FM_OK;
    FM_TRY(fm_check_dataset_labels(&s, err));
    FM_TRY(fm_check_dataset_moments(&s, err));
    if (p->dataset->log_density)
        FM_TRY(check_density(&s, err));
    return fm_check_dataset_options(&s, err);
}
