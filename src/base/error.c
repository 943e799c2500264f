#include <config.h>

#include "base/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *meaning;
    int exit_code;
} statuses[] = {
#define STATUS_ROW(name, exit_code, meaning) [name] = {#name, meaning, exit_code},
    FM_STATUS_LIST(STATUS_ROW)
#undef STATUS_ROW
};

const char *fm_status_name(enum fm_status status)
{
    return statuses[status].name;
}

const char *fm_status_meaning(enum fm_status status)
{
    return statuses[status].meaning;
}

int fm_status_exit_code(enum fm_status status)
{
    return statuses[status].exit_code;
}

enum fm_status fm_out_of_memory(struct fm_error *err)
{
    return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
}

enum fm_status fm_fail_errno(struct fm_error *err, const char *what, const char *path)
{
    int code = errno;
    const char *advice = "";
    if (code == ENOSPC)
        advice = "; free some space, or choose another place with --db, and run the same "
                 "command again";
    return fm_fail(err, FM_ERROR_IO, "%s %s: %s%s", what, path, strerror(code), advice);
}

void fm_error_prefix(struct fm_error *err, const char *prefix)
{
    if (!err)
        return;
    struct fm_error old = *err;
    (void)fm_fail(err, old.status, "%s: %s", prefix, old.message);
}

_Noreturn void fm_assert_failed(const char *file, int line, const char *expression)
{
    (void)fprintf(
        stderr,
        "%s:%d: internal error: assertion \"%s\" failed; this is a bug in fmrun, please "
        "report it\n",
        file, line, expression);
    abort();
}
