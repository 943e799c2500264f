#include <config.h>

#include "cli/plugin_name.h"

#include "base/error.h"
#include "host/kind.h"

#include <string.h>

enum fm_status fm_cli_plugin_name(struct fm_arena *arena, const char *word,
                                  enum fm_kind *kind, const char **name,
                                  struct fm_error *err)
{
    const char *slash = strchr(word, '/');
    char *kind_name = fm_arena_text_n(arena, word, slash ? (size_t)(slash - word) : 0);
    if (!kind_name)
        return fm_out_of_memory(err);
    *kind = fm_kind_find(kind_name);
    if (!slash || *kind == FM_N_KINDS)
        return fm_fail(
            err, FM_ERROR_USAGE,
            "expected KIND/NAME, as in solver/rk4; kinds are network, path, coupling, "
            "solver, dataset, metric");
    *name = slash + 1;
    return FM_OK;
}
