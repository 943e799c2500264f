/* Inside store/: the schema's versions, and migration to the current one. */
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

/* The schema of a version of fmrun.  Each list of texts ends with NULL. */
struct fm_schema {
    int version;
    const char *const *tables; /* for a new database */
    const char *const *views;
    /* migrations[i] changes the tables of version i + 1 into those of version i + 2;
     * version - 1 of them. */
    const char *const *const *migrations;
};

/* This fmrun's. */
extern const struct fm_schema fm_schema_current;

/* Finds the version of the database, 0 when it is empty.  FM_ERROR_IO: it is not a database, another
 * program's, or newer than schema; the message says which. */
FM_MUST_USE enum fm_status fm_migrate_version(sqlite3 *db, const char *path,
                                              const struct fm_schema *schema, int *version,
                                              struct fm_error *err);

/* Brings the database from that version to schema->version in one transaction: it is completely
 * the new version afterwards, or as it was.  Copies one that isn't empty to PATH.before-vN first,
 * N = schema->version.  Makes the views v_* and t_quantile anew. */
FM_MUST_USE enum fm_status fm_migrate(sqlite3 *db, const char *path,
                                      const struct fm_schema *schema, int version,
                                      struct fm_error *err);

#endif
