#include <config.h>

#include "run/stop.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

static atomic_bool must_stop;
static volatile sig_atomic_t caught_signal;

/* A second signal ends the process at once; what was committed is safe.  timeout(1) sends a
 * signal to the process and to its group: two signals within a second are one request. */
static void on_signal(int number)
{
    static struct timespec first;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    if (!caught_signal)
        first = now;
    else if (now.tv_sec > first.tv_sec + 1)
        _exit(128 + number);
    else
        return;
    caught_signal = number;
    atomic_store(&must_stop, true);
}

/* Signals that the caller ignores (nohup, a background job of a script) stay ignored. */
static void catch_signals(void (*handler)(int))
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = handler}, old;
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            (void)sigaction(signals[i], &action, NULL);
}

static void on_worker_signal(int number)
{
    (void)number;
    atomic_store(&must_stop, true);
}

void fm_stop_catch(void)
{
    caught_signal = 0;
    atomic_store(&must_stop, false);
    catch_signals(on_signal);
}

void fm_stop_release(void)
{
    catch_signals(SIG_DFL);
}

void fm_stop_catch_in_worker(void)
{
    catch_signals(on_worker_signal);
}

int fm_stop_signal(void)
{
    return caught_signal;
}

const atomic_bool *fm_stop_flag(void)
{
    return &must_stop;
}
