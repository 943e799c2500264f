/* Helpers of the commands that take a config. */
#ifndef FM_CLI_READ_PLAN_H
#define FM_CLI_READ_PLAN_H

#include "cli/cli.h"
#include "run/plan_check.h"

/* Reads the plan of the config file arguments[first], with the overrides after it.  A child process
 * opens the models first. */
FM_MUST_USE enum fm_status fm_cli_read_plan(struct fm_cli *cli, size_t first,
                                            enum fm_plan_models models,
                                            struct fm_registry *registry,
                                            struct fm_plan *plan, struct fm_error *err);

/* Prints to stderr the order of each tableau in the config, from the order conditions. */
void fm_cli_print_tableaus(const struct fm_plan *plan);

#endif
