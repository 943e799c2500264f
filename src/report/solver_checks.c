#include <config.h>

#include "report/solver_checks.h"

#include "base/error.h"
#include "base/text.h"
#include "store/record_check.h"

#include <math.h>

/* One line for each group: measured orders, failed checks, unchecked solvers. */
struct solver_checks {
    struct fm_text measured, failed, unchecked, command;
};

static enum fm_status solver_check(void *context, const struct fm_solver_check_row *r,
                                   struct fm_error *err)
{
    struct solver_checks *c = context;
    (void)err;
    struct fm_text *to = r->failed[0]    ? &c->failed
                         : r->is_checked ? &c->measured
                                         : &c->unchecked;
    fm_text_add(to, "%s%s", to->length ? ", " : "", r->solver);
    if (r->failed[0])
        fm_text_add(to, " (%s)", r->failed);
    else if (r->is_checked && !isnan(r->order))
        fm_text_add(to, " %.2f", r->order);
    if (!r->is_checked)
        fm_text_add(&c->command, " solver/%s", r->solver);
    return FM_OK;
}

enum fm_status fm_report_solver_checks(struct fm_store *store, int64_t sweep_id, FILE *out,
                                       struct fm_error *err)
{
    struct solver_checks c = {0};
    enum fm_status status =
        fm_store_each_solver_check(store, sweep_id, solver_check, &c, err);
    if (status == FM_OK
        && (c.measured.has_failed || c.failed.has_failed || c.unchecked.has_failed
            || c.command.has_failed))
        status = fm_out_of_memory(err);
    if (status == FM_OK && c.measured.length + c.failed.length + c.unchecked.length > 0)
        (void)fputc('\n', out);
    if (status == FM_OK && c.failed.length)
        (void)fprintf(out, "solvers that FAILED their check: %s\n", c.failed.bytes);
    if (status == FM_OK && c.measured.length)
        (void)fprintf(out, "measured orders of solvers: %s\n", c.measured.bytes);
    if (status == FM_OK && c.unchecked.length)
        (void)fprintf(out, "not checked: %s; run: fmrun plugins check%s\n",
                      c.unchecked.bytes, c.command.bytes);
    fm_text_fini(&c.measured);
    fm_text_fini(&c.failed);
    fm_text_fini(&c.unchecked);
    fm_text_fini(&c.command);
    return status;
}
