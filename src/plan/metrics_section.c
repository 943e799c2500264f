#include <config.h>

#include "plan/metrics_section.h"

#include "base/error.h"
#include "config/document.h"
#include "config/document_error.h"

/* Metrics compare samples with equally many rows of data. */
static enum fm_status check_test_rows(const struct fm_yaml *root,
                                      const struct fm_experiment *e, struct fm_error *err)
{
    if (e->split.test == 0 || e->sample.count <= e->split.test
        || !fm_experiment_needs(e, FM_REFERENCE_DATA | FM_REFERENCE_DENSITY))
        return FM_OK;
    const struct fm_yaml *count = fm_yaml_find(fm_yaml_find(root, "sample"), "count");
    return fm_yaml_fail(err, count ? count : e->split_node,
                        "metrics compare %lld samples with as many rows of test data, but "
                        "split.test has %lld; lower sample.count or raise split.test",
                        (long long)e->sample.count, (long long)e->split.test);
}

enum fm_status fm_metrics_read(const struct fm_reading *r, const struct fm_part *part,
                               const struct fm_yaml *node, struct fm_error *err)
{
    struct fm_experiment *e = r->experiment;
    if (!node)
        return FM_OK;
    if (node->kind != FM_YAML_LIST)
        return fm_yaml_fail(err, node, "expected a list of metrics, as in [w2, energy]");
    e->metrics = FM_NEW(r->arena, node->n, struct fm_component);
    if (!e->metrics)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < node->n; i++)
        FM_TRY(fm_component_read(r->arena, r->registry, part->kind, node->items[i], NULL,
                                 NULL, &e->metrics[e->n_metrics++], err));
    if (e->n_metrics > 0 && e->n_methods == 0)
        return fm_yaml_fail(err, node, "metrics need samples: add solvers");
    return check_test_rows(r->root, e, err);
}

const struct fm_component *fm_metrics_entry(const struct fm_experiment *e, size_t i)
{
    return i < e->n_metrics ? &e->metrics[i] : NULL;
}
