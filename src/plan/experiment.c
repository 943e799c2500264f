#include <config.h>

#include "plan/experiment.h"

#include "host/metric.h"

const struct fm_option *fm_method_table(const struct fm_method *method)
{
    return method->options.steps > 0 ? fm_fixed_table : fm_adaptive_table;
}

bool fm_experiment_needs(const struct fm_experiment *e, unsigned references)
{
    for (size_t i = 0; i < e->n_metrics; i++)
        if (fm_metric_needs(e->metrics[i].loaded->plugin->metric, references))
            return true;
    return false;
}

bool fm_experiment_is_trained(const struct fm_experiment *e)
{
    return e->network.loaded->plugin->network->build != NULL;
}
