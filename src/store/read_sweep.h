/* Reads sweeps. */
#ifndef FM_STORE_READ_SWEEP_H
#define FM_STORE_READ_SWEEP_H

#include "base/arena.h"
#include "store/record_sweep.h"

struct fm_sweep_row {
    int64_t id;
    const char *key, *name, *question, *config_file;
    const char *created, *used; /* times of the first and the last start */
    bool is_latest;             /* the latest sweep of its name */
    size_t n_points, n_runs, n_samplings;
    size_t n_runs_done, n_runs_failed; /* failed or diverged */
    size_t n_runs_open;                /* all other runs */
};

/* All sweeps, those used last first. */
FM_MUST_USE enum fm_status
fm_store_each_sweep(struct fm_store *store,
                    enum fm_status (*row)(void *context, const struct fm_sweep_row *sweep,
                                          struct fm_error *err),
                    void *context, struct fm_error *err);

/* Finds the latest sweep of that name.  FM_ERROR_NO_INPUT: there is none; the message names the
 * nearest. */
FM_MUST_USE enum fm_status fm_store_find_sweep(struct fm_store *store, const char *name,
                                               int64_t *sweep_id, struct fm_error *err);
/* Finds the sweep that was used last.  FM_ERROR_NO_INPUT: there is none. */
FM_MUST_USE enum fm_status fm_store_last_sweep(struct fm_store *store, int64_t *sweep_id,
                                               struct fm_error *err);
/* Reads the sweep as it was recorded, into arena.  FM_ERROR_NO_INPUT: unknown id. */
FM_MUST_USE enum fm_status fm_store_read_sweep(struct fm_store *store, int64_t sweep_id,
                                               struct fm_arena *arena,
                                               struct fm_sweep_record *record,
                                               struct fm_error *err);

#endif
