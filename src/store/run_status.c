#include <config.h>

#include "store/run_status.h"

#include <string.h>

const char *fm_run_status_name(enum fm_run_status status)
{
    static const char *const names[] = {
#define STATUS_NAME(name, text, meaning) [name] = text,
        FM_RUN_STATUS_LIST(STATUS_NAME)
#undef STATUS_NAME
    };
    return names[status];
}

enum fm_run_status fm_run_status_find(const char *name)
{
    int status = 0;
    while (status < FM_N_RUN_STATUSES
           && strcmp(name, fm_run_status_name((enum fm_run_status)status)) != 0)
        status++;
    return (enum fm_run_status)status;
}
