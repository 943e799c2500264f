/* Inside store/: which version a database has, and how it gets to the current one. */
#ifndef FM_STORE_MIGRATE_H
#define FM_STORE_MIGRATE_H

#include <fmrun/status.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FM_APPLICATION_ID = 0x666d7275, /* "fmru" */
    FM_SCHEMA_VERSION = 3
};

/* What a version of fmrun knows.  Texts are lists of pieces ended by NULL. */
struct fm_schema {
    int version;
    const char *const *tables; /* of this version, for a new database */
    const char *const *views;
    /* migrations[i] changes the tables of version i + 1 into those of version i + 2;
     * version - 1 of them. */
    const char *const *const *migrations;
};

/* This fmrun's. */
extern const struct fm_schema fm_schema_current;

/* Finds the version of the database: 0 when it is empty.  FM_ERROR_IO: not a database, of
 * another program, or newer than schema; the message names what differs. */
FM_MUST_USE enum fm_status fm_migrate_version(sqlite3 *db, const char *path,
                                              const struct fm_schema *schema, int *version,
                                              struct fm_error *err);

/* Brings the database from that version to schema->version in one transaction: it has
 * either all of the new version or is as it was.  One that isn't empty is copied to
 * PATH.before-vN first, N = schema->version.  Views named v_* and t_quantile are made anew.
 */
FM_MUST_USE enum fm_status fm_migrate(sqlite3 *db, const char *path,
                                      const struct fm_schema *schema, int version,
                                      struct fm_error *err);

#endif
