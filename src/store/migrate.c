#include <config.h>

#include "store/migrate.h"

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "store/schema_sql.h"
#include "store/sql.h"

/* ---- the versions -------------------------------------------------------------------- */

/* Each list ends with NULL.  It makes the tables of its version, which may differ from schema.sql. */

static const char *const to_version_2[] = {
    "ALTER TABLE sampling ADD COLUMN t_end REAL NOT NULL DEFAULT 1;",
    "ALTER TABLE sampling ADD COLUMN grid TEXT NOT NULL DEFAULT '';",
    "ALTER TABLE sampling ADD COLUMN nfe_min INTEGER;",
    "UPDATE sampling SET grid = 'uniform' WHERE steps IS NOT NULL;",
    "CREATE TABLE sampling_nfe("
    "  sampling_id INTEGER NOT NULL REFERENCES sampling(id),"
    "  nfe_from INTEGER NOT NULL,"
    "  nfe_to INTEGER NOT NULL,"
    "  n_samples INTEGER NOT NULL,"
    "  PRIMARY KEY(sampling_id, nfe_from)"
    ") STRICT, WITHOUT ROWID;",
    "ALTER TABLE loss ADD COLUMN validation REAL;",
    "ALTER TABLE loss ADD COLUMN pair_cost REAL;",
    "ALTER TABLE loss ADD COLUMN independent_cost REAL;",
    "ALTER TABLE loss ADD COLUMN marginal_error REAL;",
    "ALTER TABLE loss ADD COLUMN pair_seconds REAL;",
    "ALTER TABLE metric ADD COLUMN nfe REAL;",
    "ALTER TABLE metric ADD COLUMN njvp REAL;",
    "CREATE TABLE plugin_check("
    "  id INTEGER PRIMARY KEY,"
    "  kind TEXT NOT NULL,"
    "  name TEXT NOT NULL,"
    "  version INTEGER NOT NULL,"
    "  sha256 TEXT NOT NULL,"
    "  options TEXT NOT NULL,"
    "  property TEXT NOT NULL,"
    "  problem TEXT NOT NULL,"
    "  declared REAL,"
    "  measured REAL,"
    "  result TEXT NOT NULL CHECK(result IN ('pass', 'fail', 'skip', 'info')),"
    "  note TEXT NOT NULL,"
    "  fmrun_version TEXT NOT NULL,"
    "  checked TEXT NOT NULL,"
    "  UNIQUE(kind, name, sha256, options, property, problem)"
    ") STRICT;",
    NULL};

static const char *const to_version_3[] = {
    "ALTER TABLE loss ADD COLUMN plan_cost REAL;",
    "ALTER TABLE sampling ADD COLUMN guidance REAL NOT NULL DEFAULT 1;",
    "ALTER TABLE run ADD COLUMN best_step INTEGER;",
    "CREATE TABLE loss_by_time("
    "  run_id INTEGER NOT NULL REFERENCES run(id),"
    "  step INTEGER NOT NULL,"
    "  t_from REAL NOT NULL,"
    "  t_to REAL NOT NULL,"
    "  loss REAL,"
    "  n_rows INTEGER NOT NULL,"
    "  PRIMARY KEY(run_id, step, t_from)"
    ") STRICT, WITHOUT ROWID;",
    "CREATE TABLE standardisation("
    "  run_id INTEGER NOT NULL REFERENCES run(id),"
    "  part TEXT NOT NULL CHECK(part IN ('source', 'data')),"
    "  coordinate INTEGER NOT NULL,"
    "  shift REAL NOT NULL,"
    "  scale REAL NOT NULL,"
    "  PRIMARY KEY(run_id, part, coordinate)"
    ") STRICT, WITHOUT ROWID;",
    NULL};

static const char *const *const migrations[] = {to_version_2, to_version_3, NULL};

_Static_assert(sizeof migrations / sizeof *migrations == FM_SCHEMA_VERSION,
               "one migration per version after the first, and NULL");

const struct fm_schema fm_schema_current = {
    .version = FM_SCHEMA_VERSION,
    .tables = schema_lines,
    .views = view_lines,
    .migrations = migrations,
};

/* ---- identity ------------------------------------------------------------------------ */

enum fm_status fm_migrate_version(sqlite3 *db, const char *path,
                                  const struct fm_schema *schema, int *version,
                                  struct fm_error *err)
{
    int64_t application, found, n_tables;
    FM_TRY(fm_sql_one_integer(db, path, "PRAGMA application_id", &application, err));
    FM_TRY(fm_sql_one_integer(db, path, "PRAGMA user_version", &found, err));
    FM_TRY(
        fm_sql_one_integer(db, path, "SELECT count(*) FROM sqlite_schema", &n_tables, err));
    if (application == 0 && n_tables == 0) {
        *version = 0;
        return FM_OK;
    }
    if (application != FM_APPLICATION_ID || found < 1)
        return fm_fail(
            err, FM_ERROR_IO,
            "%s is a database of another program (application id 0x%08x, fmrun's "
            "is 0x%08x); choose another file with --db",
            path, (unsigned)application, (unsigned)FM_APPLICATION_ID);
    if (found > schema->version)
        return fm_fail(
            err, FM_ERROR_IO,
            "%s was written by a newer fmrun: it has schema version %d, this fmrun "
            "knows versions up to %d; update fmrun, or choose another file with "
            "--db",
            path, (int)found, schema->version);
    *version = (int)found;
    return FM_OK;
}

/* ---- the copy kept before a change --------------------------------------------------- */

static enum fm_status copy_to(sqlite3 *db, const char *copy, struct fm_error *err)
{
    sqlite3 *target = NULL;
    int code =
        sqlite3_open_v2(copy, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    sqlite3_backup *backup =
        code == SQLITE_OK ? sqlite3_backup_init(target, "main", db, "main") : NULL;
    if (backup) {
        (void)sqlite3_backup_step(backup, -1);
        code = sqlite3_backup_finish(backup);
    } else if (code == SQLITE_OK) {
        code = sqlite3_errcode(target);
    }
    enum fm_status status = FM_OK;
    if (code != SQLITE_OK) {
        status = fm_sql_fail(target, copy, code, err);
        fm_error_prefix(err, "can't copy the database before its update");
    }
    (void)sqlite3_close(target);
    return status;
}

static enum fm_status back_up(sqlite3 *db, const char *path, int version,
                              struct fm_error *err)
{
    struct fm_text name = {0}, temporary = {0};
    fm_text_add(&name, "%s.before-v%d", path, version);
    fm_text_add(&temporary, "%s.tmp", fm_text_bytes(&name));
    enum fm_status status = FM_OK;
    if (name.has_failed || temporary.has_failed)
        status = fm_out_of_memory(err);
    if (status == FM_OK) {
        (void)remove(temporary.bytes);
        status = copy_to(db, temporary.bytes, err);
    }
    if (status == FM_OK)
        status = fm_file_publish(temporary.bytes, name.bytes, err);
    fm_text_fini(&name);
    fm_text_fini(&temporary);
    return status;
}

/* ---- the change ---------------------------------------------------------------------- */

static void add_lines(struct fm_text *text, const char *const *lines)
{
    for (; lines && *lines; lines++)
        fm_text_add(text, "%s", *lines);
}

static enum fm_status add_view_drops(sqlite3 *db, const char *path, struct fm_text *text,
                                     struct fm_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code =
        sqlite3_prepare_v2(db,
                           "SELECT format('DROP VIEW \"%w\";', name) FROM sqlite_schema "
                           "WHERE type = 'view' "
                           "AND (name GLOB 'v_*' OR name = 't_quantile')",
                           -1, &statement, NULL);
    if (code == SQLITE_OK)
        while ((code = sqlite3_step(statement)) == SQLITE_ROW)
            fm_text_add(text, "%s", (const char *)sqlite3_column_text(statement, 0));
    enum fm_status status = code == SQLITE_DONE ? FM_OK : fm_sql_fail(db, path, code, err);
    (void)sqlite3_finalize(statement);
    return status;
}

/* Composes the whole change as one script. */
static enum fm_status compose(sqlite3 *db, const char *path, const struct fm_schema *schema,
                              int version, struct fm_text *text, struct fm_error *err)
{
    FM_TRY(add_view_drops(db, path, text, err));
    if (version == 0)
        add_lines(text, schema->tables);
    for (int v = version; v > 0 && v < schema->version; v++)
        add_lines(text, schema->migrations[v - 1]);
    add_lines(text, schema->views);
    fm_text_add(text, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                FM_APPLICATION_ID, schema->version);
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}

enum fm_status fm_migrate(sqlite3 *db, const char *path, const struct fm_schema *schema,
                          int version, struct fm_error *err)
{
    if (version == schema->version)
        return FM_OK;
    if (version > 0) {
        FM_TRY(back_up(db, path, schema->version, err));
        fm_log(FM_LOG_STORE, "%s: from schema version %d to %d", path, version,
               schema->version);
    }
    struct fm_text text = {0};
    enum fm_status status = compose(db, path, schema, version, &text, err);
    if (status == FM_OK)
        status = fm_sql_script(db, path, "BEGIN IMMEDIATE", err);
    if (status == FM_OK)
        status = fm_sql_script(db, path, text.bytes, err);
    if (status == FM_OK)
        status = fm_sql_script(db, path, "COMMIT", err);
    if (!sqlite3_get_autocommit(db))
        (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    fm_text_fini(&text);
    return status;
}
