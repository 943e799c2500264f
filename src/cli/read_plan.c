#include <config.h>

#include "cli/read_plan.h"

#include <stdio.h>
#include <string.h>

enum fm_status fm_cli_read_plan(struct fm_cli *cli, size_t first,
                                enum fm_plan_models models, struct fm_registry *registry,
                                struct fm_plan *plan, struct fm_error *err)
{
    const struct fm_plan_request request = {
        .path = cli->arguments[first],
        .n_overrides = cli->n_arguments - first - 1,
        .overrides = cli->arguments + first + 1,
        .models = models,
        .seconds = cli->timeout,
        .in_process = cli->in_process,
    };
    FM_TRY(fm_registry_init(registry, cli->arena, cli->plugin_path, err));
    return fm_plan_read_checked(cli->arena, registry, &request, plan, err);
}

void fm_cli_print_tableaus(const struct fm_plan *plan)
{
    for (size_t p = 0; p < plan->n_points; p++)
        for (size_t i = 0; i < plan->points[p].experiment.n_methods; i++) {
            const struct fm_method *m = &plan->points[p].experiment.methods[i];
            bool is_told = !m->ready.found;
            for (size_t q = 0; q <= p && !is_told; q++)
                for (size_t j = 0;
                     j < (q < p ? plan->points[q].experiment.n_methods : i) && !is_told;
                     j++) {
                    const struct fm_method *o = &plan->points[q].experiment.methods[j];
                    is_told = o->ready.found && strcmp(o->label, m->label) == 0
                              && strcmp(o->ready.found, m->ready.found) == 0;
                }
            if (!is_told)
                (void)fprintf(stderr, "fmrun: solver %s: %s\n", m->label, m->ready.found);
        }
}
