/* What commands that take a config share. */
#ifndef FM_CLI_READ_PLAN_H
#define FM_CLI_READ_PLAN_H

#include "cli/cli.h"
#include "run/plan_check.h"

/* The plan of the config file arguments[first], with the overrides behind it.  Opens models first,
 * in a child process. */
FM_MUST_USE enum fm_status fm_cli_read_plan(struct fm_cli *cli, size_t first,
                                            enum fm_plan_models models,
                                            struct fm_registry *registry,
                                            struct fm_plan *plan, struct fm_error *err);

/* Prints to stderr which order the order conditions give to tableaus that the config spells out. */
void fm_cli_print_tableaus(const struct fm_plan *plan);

#endif
