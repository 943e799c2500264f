/* fmrun plugins check */
#ifndef FM_CLI_PLUGINS_CHECK_H
#define FM_CLI_PLUGINS_CHECK_H

#include "cli/cli.h"

/* arguments: those after `check`, [KIND/NAME ...] [OPTION=VALUE ...]. */
enum fm_status fm_cli_plugins_check(struct fm_cli *cli, size_t n_arguments,
                                    const char *const *arguments, struct fm_error *err);

#endif
