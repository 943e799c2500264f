/* The database of results: one SQLite file, written by one fmrun at a time and read by any
 * number.  This header opens it; record_*.h write records, read_*.h and query.h read them back.
 *
 * In the walk: run/scheduler, the only writer, turns what its workers report into
 * records; report/ and the commands read.  The tables are in store/schema.sql and the
 * views in store/views.sql, commented column by column.
 *
 * Common to all functions:
 * - FM_ERROR_IO: the file could not be written or read (full disk, damage, a busy file, ...).
 *   The message names the file and says how to go on.  The file stays consistent and keeps what
 *   was committed before.
 * - FM_ERROR_MEMORY: out of memory.
 * - ids are positive; 0 stands for none where that is allowed.
 * - One store is used by one thread at a time, and never on both sides of a fork.
 *
 * Common to functions that write:
 * - Text arguments are UTF-8 and copied; NULL means "" unless said otherwise.
 * - A double that is not finite is written as NULL, never as 0.
 * - Times are written by the store: UTC, ISO 8601 text, "2025-01-31T23:59:59.123Z".
 * - "Adds or finds": a row with the same key is left as it is and its id returned.
 *
 * Common to functions that read, which also work on a store open for writing:
 * - Texts in rows are never NULL and live until the callback returns (or as long as the arena,
 *   where there is one).
 * - A callback that doesn't return FM_OK ends the query, which then returns its status.
 * - Numbers that the database has as NULL are NaN (doubles) or 0 (counts, ids). */
#ifndef FM_STORE_STORE_H
#define FM_STORE_STORE_H

#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fm_store;
struct fm_schema;

/* ---- opening ------------------------------------------------------------------------- */

/* Opens path for writing.  Makes the file and its folder if they are missing, and updates a file of
 * an older version after copying it to PATH.before-vN (N: the new version).  Holds an exclusive
 * lock on PATH.lock until fm_store_close.  Runs and samplings that a killed process left `running`
 * become `lost`.  Close *store with fm_store_close.
 * FM_ERROR_IO: another fmrun has the lock (the message names its pid), the file is not a database,
 * another program's, or a newer fmrun's (the message names both versions). */
FM_MUST_USE enum fm_status fm_store_open(struct fm_store **store, const char *path,
                                         struct fm_error *err);

/* fm_store_open with another schema (store/migrate.h), for tests of migrations. */
FM_MUST_USE enum fm_status fm_store_open_schema(struct fm_store **store, const char *path,
                                                const struct fm_schema *schema,
                                                struct fm_error *err);

/* Opens path for reading, also while another fmrun writes it and in a read-only folder.  Functions
 * that write must not be called.  FM_ERROR_NO_INPUT: there is no such file; the message says what
 * to do.  FM_ERROR_IO as above. */
FM_MUST_USE enum fm_status fm_store_open_read(struct fm_store **store, const char *path,
                                              struct fm_error *err);

/* Rolls back an open transaction, closes the file, releases the lock.  NULL is allowed. */
void fm_store_close(struct fm_store *store);

/* In a forked child: releases the inherited lock, so that a child that outlives its parent doesn't
 * keep it.  Neither writes nor frees; the child must not use the store again. */
void fm_store_abandon(struct fm_store *store);

/* The path that was opened; lives as long as the store. */
const char *fm_store_path(const struct fm_store *store);

/* ---- transactions -------------------------------------------------------------------- */

/* A function that writes is a transaction of its own unless it is called between begin and commit.
 * Put many small records between the two: that is a thousand times faster.  Transactions don't
 * nest.  After a failure call rollback, since commit fails then: nothing since begin is written. */
FM_MUST_USE enum fm_status fm_store_begin(struct fm_store *store, struct fm_error *err);
FM_MUST_USE enum fm_status fm_store_commit(struct fm_store *store, struct fm_error *err);
/* Makes what was committed survive a power cut.  Outside transactions. */
FM_MUST_USE enum fm_status fm_store_sync(struct fm_store *store, struct fm_error *err);
/* Does nothing outside a transaction.  Cannot fail. */
void fm_store_rollback(struct fm_store *store);

#endif
