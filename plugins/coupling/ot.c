/* Exact optimal transport within a batch: the one-to-one pairing of its x0 and x1 with the least
 * sum of squared distances |x0 - x1|^2. */
#include <fmrun/plugin.h>

enum draws { DRAW_PERMUTATION, DRAW_PLAN };

struct ot_options {
    int64_t batches;
    int draws;
};

static const char *const draws_names[] = {"permutation", "plan", NULL};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"draws",   FM_CHOICE, offsetof(struct ot_options, draws), "permutation",
     .choices = draws_names,
     .help = "each row once, or pairs drawn from the plan with replacement, as TorchCFM does"},
    FM_COUPLING_BATCHES(struct ot_options, batches),
    {0}};
/* clang-format on */

static void prepare(const void *options, struct fm_coupling_scheme *scheme)
{
    const struct ot_options *o = options;
    scheme->batches = (size_t)o->batches;
    scheme->is_permutation = o->draws == DRAW_PERMUTATION;
    scheme->uses_noise = o->draws == DRAW_PLAN;
}

static enum fm_status pair(const void *options, const struct fm_services *services,
                           const struct fm_coupling_batch *b,
                           struct fm_coupling_report *report, struct fm_error *err)
{
    const struct ot_options *o = options;
    if (o->draws == DRAW_PERMUTATION) {
        FM_TRY(services->assign(services, b->n, b->dim, b->x0, b->x1, b->i1,
                                &report->plan_cost, err));
        for (size_t k = 0; k < b->n; k++)
            b->i0[k] = (uint32_t)k;
        return FM_OK;
    }
    uint32_t *p = services->allocate(services, b->n, sizeof *p);
    if (!p)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    FM_TRY(
        services->assign(services, b->n, b->dim, b->x0, b->x1, p, &report->plan_cost, err));
    for (size_t k = 0; k < b->n; k++) { /* the plan has 1 / n at each (i, p(i)) */
        struct fm_rng r = fm_rng_at(b->noise, k);
        b->i0[k] = fm_rng_below(&r, (uint32_t)b->n);
        b->i1[k] = p[b->i0[k]];
    }
    return FM_OK;
}

static const struct fm_coupling_ops ops = {
    .size = sizeof ops, .prepare = prepare, .pair = pair};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_COUPLING,
    .name = "ot",
    .version = 1,
    .summary = "the pairs of a batch that minimise the squared distance (OT-CFM)",
    .source = "Pooladian et al. 2023, arXiv:2304.14772; Tong et al. 2024, arXiv:2302.00482",
    .options = options_table,
    .options_size = sizeof(struct ot_options),
    .coupling = &ops,
};
