#include <config.h>

#include "base/process.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/* ---- in the child ---- */

static bool capture(int output)
{
    const struct rlimit no_core = {0, 0};
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    (void)setrlimit(RLIMIT_CORE, &no_core);
    if (nothing >= 0)
        (void)dup2(nothing, STDIN_FILENO);
    return dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0;
}

_Noreturn static void be_child(const struct fm_process_work *work, int fd, int output,
                               pid_t parent)
{
#ifdef __linux__
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != parent || (work->is_captured && !capture(output)))
        _exit(1);
    (void)signal(SIGPIPE, SIG_IGN);
    const int exit_status = work->run(work->context, fd);
    (void)fflush(NULL);
    _exit(exit_status);
}

bool fm_process_send(int fd, const void *bytes, size_t n)
{
    return fm_file_write_all(fd, bytes, n);
}

/* ---- in the parent ---- */

static void close_end(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

void fm_process_close(struct fm_process *process)
{
    close_end(&process->pipe);
    close_end(&process->output);
}

enum fm_status fm_process_start(struct fm_process *process,
                                const struct fm_process_work *work, struct fm_error *err)
{
    int pipe[2] = {-1, -1}, output[2] = {-1, -1};
    pid_t pid = -1;
    const pid_t parent = getpid();
    enum fm_status status = FM_OK;
    if (pipe2(pipe, O_CLOEXEC) != 0 || (work->is_captured && pipe2(output, O_CLOEXEC) != 0))
        status = fm_fail_errno(err, "can't make", "a pipe");
#ifdef F_SETPIPE_SZ
    if (status == FM_OK && work->pipe_bytes > 0)
        (void)fcntl(pipe[1], F_SETPIPE_SZ, (int)work->pipe_bytes);
#endif
    if (status == FM_OK) {
        (void)fflush(NULL);
        pid = fork();
        if (pid < 0)
            status = fm_fail_errno(err, "can't start", "a process");
    }
    if (pid == 0) {
        close_end(&pipe[0]);
        close_end(&output[0]);
        be_child(work, pipe[1], output[1], parent);
    }
    close_end(&pipe[1]);
    close_end(&output[1]);
    struct fm_process started = {pid, pipe[0], output[0]};
    if (status != FM_OK) {
        fm_process_close(&started);
        return status;
    }
    (void)fcntl(started.pipe, F_SETFL, O_NONBLOCK);
    if (started.output >= 0)
        (void)fcntl(started.output, F_SETFL, O_NONBLOCK);
    *process = started;
    return FM_OK;
}

size_t fm_process_read(int *fd, void *bytes, size_t n)
{
    ssize_t got;
    if (*fd < 0)
        return 0;
    do
        got = read(*fd, bytes, n);
    while (got < 0 && errno == EINTR);
    if (got == 0 || (got < 0 && errno != EAGAIN))
        close_end(fd);
    return got > 0 ? (size_t)got : 0;
}

void fm_process_signal(const struct fm_process *process, int number)
{
    if (process->pid > 0)
        (void)kill(process->pid, number);
}

bool fm_process_reap(struct fm_process *process, bool must_wait, int *wait_status)
{
    pid_t pid;
    do
        pid = waitpid(process->pid, wait_status, must_wait ? 0 : WNOHANG);
    while (pid < 0 && errno == EINTR);
    if (pid == 0)
        return false;
    process->pid = 0;
    return true;
}

void fm_process_describe(struct fm_text *text, int wait_status)
{
    if (!WIFSIGNALED(wait_status)) {
        fm_text_add(text, "ended with exit status %d", WEXITSTATUS(wait_status));
        return;
    }
    const int number = WTERMSIG(wait_status);
    fm_text_add(text, "killed by signal %d (%s)%s", number, strsignal(number),
                number == SIGKILL ? ", possibly out of memory" : "");
}
