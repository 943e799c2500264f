/* SIGINT, SIGTERM and SIGHUP ask fmrun to save its work and stop. */
#ifndef FM_RUN_STOP_H
#define FM_RUN_STOP_H

#include <stdatomic.h>

/* In the parent: catches the signals until fm_stop_release.  A second signal, more than a
 * second later, ends the process at once; what was committed is safe. */
void fm_stop_catch(void);
void fm_stop_release(void);
/* In a worker, which its parent tells to stop: as many signals as may come only set the
 * flag. */
void fm_stop_catch_in_worker(void);

/* The signal that was caught in the parent; 0: none. */
int fm_stop_signal(void);
/* Set by a signal: for loops that look whether they must stop. */
const atomic_bool *fm_stop_flag(void);

#endif
