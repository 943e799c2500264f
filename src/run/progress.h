/* The progress of runs, on stderr: on a terminal a bar for each worker, redrawn in place;
 * elsewhere plain lines, when a run starts and ends and every ten seconds. */
#ifndef FM_RUN_PROGRESS_H
#define FM_RUN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct fm_progress_row {
    const void *owner; /* the worker whose row this is; NULL: free */
    char name[128];
    char phase[160];
    size_t step, n_steps; /* of training; n_steps 0: no bar */
    double loss;
    double started, steps_at_start;
    double last_line; /* when a plain line was last printed */
};

struct fm_progress {
    bool is_quiet, is_terminal, has_colour;
    size_t n_rows, n_drawn;
    struct fm_progress_row *rows; /* one per worker */
    double last_drawn;
};

/* rows: storage for n_rows workers, zeroed; kept by reference. */
void fm_progress_init(struct fm_progress *p, bool is_quiet, size_t n_rows,
                      struct fm_progress_row *rows);
/* Prints a line above the bars: "fmrun: ...". */
void fm_progress_line(struct fm_progress *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Draws, at most ten times a second. */
void fm_progress_draw(struct fm_progress *p);
/* Removes the bars. */
void fm_progress_clear(struct fm_progress *p);

#endif
