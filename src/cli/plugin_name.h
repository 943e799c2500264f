/* A plugin's name on the command line, KIND/NAME. */
#ifndef FM_CLI_PLUGIN_NAME_H
#define FM_CLI_PLUGIN_NAME_H

#include "base/arena.h"
#include <fmrun/plugin.h>
#include <fmrun/status.h>

/* Splits word, "solver/rk4", into kind and name; name points into word.  FM_ERROR_USAGE: word is
 * not KIND/NAME. */
FM_MUST_USE enum fm_status fm_cli_plugin_name(struct fm_arena *arena, const char *word,
                                              enum fm_kind *kind, const char **name,
                                              struct fm_error *err);

#endif
