/* Whether a plan can be done. */
#include <config.h>

#include "base/error.h"
#include "run/model.h"
#include "run/run.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static enum fm_status check_points(const struct fm_plan *plan, bool shape_only,
                                   struct fm_error *err)
{
    for (size_t i = 0; i < plan->n_points; i++) {
        struct fm_arena arena = {0};
        struct fm_model model;
        enum fm_status status =
            fm_model_open(&arena, &plan->points[i].experiment, shape_only, &model, err);
        fm_arena_fini(&arena);
        FM_TRY(status);
    }
    return FM_OK;
}

enum fm_status fm_plan_check_fully(const struct fm_plan *plan, struct fm_error *err)
{
    return check_points(plan, false, err);
}

enum fm_status fm_plan_check(const struct fm_plan *plan, struct fm_error *err)
{
    int fds[2];
    struct fm_error found = {0};
    if (pipe(fds) != 0)
        return fm_fail_errno(err, "can't make", "a pipe");
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        return fm_fail_errno(err, "can't start", "a process");
    if (pid == 0) {
        if (check_points(plan, true, &found) != FM_OK)
            (void)!write(fds[1], &found, sizeof found);
        _exit(0);
    }
    (void)close(fds[1]);
    ssize_t n;
    while ((n = read(fds[0], &found, sizeof found)) < 0 && errno == EINTR)
        ;
    (void)close(fds[0]);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    if (n != (ssize_t)sizeof found)
        return FM_OK;
    return fm_fail(err, found.status, "%s", found.message);
}
