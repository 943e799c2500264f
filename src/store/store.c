#include <config.h>

#include "store/store.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "store/migrate.h"
#include "store/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MILLISECONDS = 10000 };

/* ---- the lock ------------------------------------------------------------------------ */

static enum fm_status fail_locked(int fd, const char *path, struct fm_error *err)
{
    char holder[32] = "";
    ssize_t n = pread(fd, holder, sizeof holder - 1, 0);
    holder[n > 0 ? strcspn(holder, "\n") : 0] = '\0';
    return fm_fail(err, FM_ERROR_IO,
                   "%s is being written by another fmrun (process %s, or a worker of it); "
                   "wait for it or stop it, or choose another file with --db",
                   path, holder[0] ? holder : "unknown");
}

/* PATH.lock is never removed: otherwise two processes could hold locks on two files of that name. */
static enum fm_status lock(struct fm_store *store, const char *lock_path,
                           struct fm_error *err)
{
    int fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return fm_fail_errno(err, "can't open the lock", lock_path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        enum fm_status status = errno == EWOULDBLOCK
                                    ? fail_locked(fd, store->path, err)
                                    : fm_fail_errno(err, "can't lock", lock_path);
        (void)close(fd);
        return status;
    }
    store->lock = fd;
    char pid[32];
    int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    /* The pid is only for fail_locked: on a full disk the lock holds without it. */
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)n, 0) != n)
        fm_log(FM_LOG_STORE, "can't write %s: %s", lock_path, strerror(errno));
    return FM_OK;
}

static enum fm_status prepare_place(struct fm_store *store, struct fm_error *err)
{
    struct fm_arena scratch = {0};
    struct fm_text lock_path = {0};
    fm_text_add(&lock_path, "%s.lock", store->path);
    char *folder = fm_path_folder(&scratch, store->path);
    enum fm_status status = FM_OK;
    if (!folder || lock_path.has_failed)
        status = fm_out_of_memory(err);
    if (status == FM_OK)
        status = fm_folder_make(folder, err);
    if (status == FM_OK)
        status = lock(store, lock_path.bytes, err);
    fm_text_fini(&lock_path);
    fm_arena_fini(&scratch);
    return status;
}

/* Whether an fmrun holds the lock now. */
static bool is_locked(const char *path)
{
    struct fm_text lock_path = {0};
    fm_text_add(&lock_path, "%s.lock", path);
    int fd = lock_path.has_failed ? -1 : open(lock_path.bytes, O_RDONLY | O_CLOEXEC);
    bool is_held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (fd >= 0)
        (void)close(fd);
    fm_text_fini(&lock_path);
    return is_held;
}

/* ---- connections --------------------------------------------------------------------- */

static struct fm_store *new_store(const char *path)
{
    struct fm_store *store = calloc(1, sizeof *store);
    if (!store)
        return NULL;
    store->lock = -1;
    store->path = strdup(path);
    if (!store->path) {
        free(store);
        return NULL;
    }
    return store;
}

/* Opens the file; name: a path, or a URI with SQLITE_OPEN_URI. */
static enum fm_status connect_to(struct fm_store *store, const char *name, int flags,
                                 struct fm_error *err)
{
    int code = sqlite3_open_v2(name, &store->db,
                               flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (code != SQLITE_OK)
        return fm_sql_fail(store->db, store->path, code, err);
    (void)sqlite3_busy_timeout(store->db, BUSY_MILLISECONDS);
    /* A database may come from elsewhere: its schema must not call functions with side effects,
     * and no statement may damage the file. */
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return FM_OK;
}

/* With WAL, readers and the writer don't wait for each other.  With synchronous = NORMAL, a killed
 * fmrun loses nothing that was committed.  A power cut can lose the transactions since the last
 * fm_store_sync, but never damages the file; the work that they recorded is done again from the
 * last checkpoint, which is published after such a sync.  FULL would cost an fsync a transaction
 * and gain nothing.  Without WAL (some network file systems) NORMAL could damage the file, so
 * FULL is used there. */
static enum fm_status set_up_writing(struct fm_store *store, struct fm_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code =
        sqlite3_prepare_v2(store->db, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code != SQLITE_ROW) {
        (void)sqlite3_finalize(statement);
        return fm_sql_fail(store->db, store->path, code, err);
    }
    const unsigned char *mode = sqlite3_column_text(statement, 0);
    bool is_wal = mode && strcmp((const char *)mode, "wal") == 0;
    (void)sqlite3_finalize(statement);
    if (!is_wal)
        fm_log(FM_LOG_STORE, "%s: no WAL on this file system", store->path);
    return fm_sql_script(
        store->db, store->path,
        is_wal ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL", err);
}

/* No other process holds the lock, so whatever is `running` was left by a process that died. */
#define LOST_REASON                                                                        \
    " reason = coalesce((SELECT 'process ' || pid || ' on ' || host FROM process"          \
    " WHERE process.id = process_id), 'its process')"                                      \
    " || ' ended without a message; the same command resumes' "
static const char mark_lost[] =
    "BEGIN IMMEDIATE;"
    "UPDATE run SET status = 'lost'," LOST_REASON "WHERE status = 'running';"
    "UPDATE sampling SET status = 'lost'," LOST_REASON "WHERE status = 'running';"
    "COMMIT";

static enum fm_status open_writing(struct fm_store *store, const struct fm_schema *schema,
                                   struct fm_error *err)
{
    int version;
    FM_TRY(prepare_place(store, err));
    FM_TRY(connect_to(store, store->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err));
    FM_TRY(fm_migrate_version(store->db, store->path, schema, &version, err));
    FM_TRY(set_up_writing(store, err));
    FM_TRY(fm_migrate(store->db, store->path, schema, version, err));
    FM_TRY(fm_sql_script(store->db, store->path, "PRAGMA foreign_keys = ON", err));
    return fm_sql_script(store->db, store->path, mark_lost, err);
}

enum fm_status fm_store_open_schema(struct fm_store **store, const char *path,
                                    const struct fm_schema *schema, struct fm_error *err)
{
    struct fm_store *s = new_store(path);
    if (!s)
        return fm_out_of_memory(err);
    enum fm_status status = open_writing(s, schema, err);
    if (status != FM_OK) {
        fm_store_close(s);
        return status;
    }
    *store = s;
    return FM_OK;
}

enum fm_status fm_store_open(struct fm_store **store, const char *path,
                             struct fm_error *err)
{
    return fm_store_open_schema(store, path, &fm_schema_current, err);
}

/* ---- reading ------------------------------------------------------------------------- */

static bool has_unfinished_wal(const char *path)
{
    struct fm_text wal = {0};
    struct stat st;
    fm_text_add(&wal, "%s-wal", path);
    bool has = !wal.has_failed && stat(wal.bytes, &st) == 0 && st.st_size > 0;
    fm_text_fini(&wal);
    return has;
}

/* Adds "file:PATH?immutable=1", with the characters escaped that URIs reserve. */
static void add_immutable_uri(struct fm_text *uri, const char *path)
{
    fm_text_add(uri, path[0] == '/' ? "file://" : "file:");
    for (const unsigned char *c = (const unsigned char *)path; *c; c++)
        fm_text_add(uri, strchr("%?#", *c) ? "%%%02X" : "%c", *c);
    fm_text_add(uri, "?immutable=1");
}

/* SQLite makes PATH-shm for a WAL database even for reading.  In a read-only folder the file can be
 * read as it is, if no process writes it. */
static enum fm_status reconnect_immutable(struct fm_store *store, struct fm_error *err)
{
    if (is_locked(store->path) || has_unfinished_wal(store->path))
        return fm_fail(err, FM_ERROR_IO,
                       "can't read the database %s: its folder is read-only, and %s-wal "
                       "holds unfinished writes; copy both files to a folder that can be "
                       "written, and name the copy with --db",
                       store->path, store->path);
    (void)sqlite3_close(store->db);
    store->db = NULL;
    struct fm_text uri = {0};
    add_immutable_uri(&uri, store->path);
    enum fm_status status =
        uri.has_failed
            ? fm_out_of_memory(err)
            : connect_to(store, uri.bytes, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
    fm_text_fini(&uri);
    return status;
}

static enum fm_status connect_reading(struct fm_store *store, struct fm_error *err)
{
    FM_TRY(connect_to(store, store->path, SQLITE_OPEN_READONLY, err));
    int code =
        sqlite3_exec(store->db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    int kind = code & 0xff;
    if (kind == SQLITE_CANTOPEN || kind == SQLITE_READONLY)
        FM_TRY(reconnect_immutable(store, err));
    return fm_sql_script(store->db, store->path, "PRAGMA query_only = ON", err);
}

static enum fm_status check_exists(const char *path, struct fm_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return fm_fail(err, FM_ERROR_NO_INPUT,
                       "can't open the database %s: %s; run an experiment first, as in "
                       "`fmrun CONFIG.yaml`, or name the file with --db",
                       path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return fm_fail(err, FM_ERROR_NO_INPUT,
                       "%s is not a file; name the database with --db", path);
    if (access(path, R_OK) != 0)
        return fm_fail(err, FM_ERROR_NO_INPUT, "can't read the database %s: %s", path,
                       strerror(errno));
    return FM_OK;
}

static enum fm_status open_reading(struct fm_store *store, int *version,
                                   struct fm_error *err)
{
    FM_TRY(check_exists(store->path, err));
    FM_TRY(connect_reading(store, err));
    FM_TRY(fm_migrate_version(store->db, store->path, &fm_schema_current, version, err));
    if (*version == 0)
        return fm_fail(err, FM_ERROR_NO_INPUT,
                       "the database %s is empty; run an experiment first, as in "
                       "`fmrun CONFIG.yaml`",
                       store->path);
    return FM_OK;
}

enum fm_status fm_store_open_read(struct fm_store **store, const char *path,
                                  struct fm_error *err)
{
    for (int attempt = 0;; attempt++) {
        int version = 0;
        struct fm_store *s = new_store(path);
        if (!s)
            return fm_out_of_memory(err);
        enum fm_status status = open_reading(s, &version, err);
        if (status == FM_OK && version == FM_SCHEMA_VERSION) {
            *store = s;
            return FM_OK;
        }
        fm_store_close(s);
        if (status != FM_OK)
            return status;
        /* An older version: open it for writing once, which updates it. */
        FM_ASSERT(attempt == 0);
        FM_TRY(fm_store_open(&s, path, err));
        fm_store_close(s);
    }
}

/* ---- closing ------------------------------------------------------------------------- */

void fm_store_close(struct fm_store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < store->n_cached; i++)
        (void)sqlite3_finalize(store->cached[i].statement);
    fm_store_rollback(store);
    (void)sqlite3_close(store->db);
    if (store->lock >= 0)
        (void)close(store->lock);
    free(store->path);
    free(store);
}

void fm_store_abandon(struct fm_store *store)
{
    /* The parent's descriptor still holds the lock.  Closing the connection here would undo the
     * parent's locks and journal, so leave it open. */
    if (store->lock >= 0)
        (void)close(store->lock);
    store->lock = -1;
}

const char *fm_store_path(const struct fm_store *store)
{
    return store->path;
}

/* ---- transactions -------------------------------------------------------------------- */

enum fm_status fm_store_begin(struct fm_store *store, struct fm_error *err)
{
    FM_ASSERT(!store->is_in_transaction);
    FM_TRY(fm_sql_script(store->db, store->path, "BEGIN IMMEDIATE", err));
    store->is_in_transaction = true;
    store->has_failed = false;
    return FM_OK;
}

enum fm_status fm_store_commit(struct fm_store *store, struct fm_error *err)
{
    FM_ASSERT(store->is_in_transaction);
    if (store->has_failed)
        return fm_fail(err, FM_ERROR_IO,
                       "can't write the database %s: an earlier record of the same "
                       "transaction failed",
                       store->path);
    FM_TRY(fm_sql_script(store->db, store->path, "COMMIT", err));
    store->is_in_transaction = false;
    return FM_OK;
}

void fm_store_rollback(struct fm_store *store)
{
    if (store->db && !sqlite3_get_autocommit(store->db))
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    store->is_in_transaction = false;
    store->has_failed = false;
}

enum fm_status fm_store_sync(struct fm_store *store, struct fm_error *err)
{
    /* This syncs the write-ahead log before it copies a page.  Readers can keep it from copying all
     * pages, which is no failure. */
    int code =
        sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return FM_OK;
    return fm_fail(err, FM_ERROR_IO, "can't sync the database %s: %s", store->path,
                   sqlite3_errmsg(store->db));
}
