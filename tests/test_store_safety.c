/* Safety of the database: two writers, kills, full disks, newer versions. */
#include <config.h>

#include "test_store.h"

#include "base/file.h"
#include "store/migrate.h"
#include "store/record_sampling.h"
#include "store/record_sweep.h"
#include "store/sql.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

static struct fm_error err;

/* "a/b" of "a/b/c"; valid until the next call. */
static const char *dirname_of(const char *path)
{
    static char folder[4200];
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    return folder;
}

/* ---- opening ------------------------------------------------------------------------- */

START_TEST(a_missing_database_is_created_by_writers_and_an_error_for_readers)
{
    char path[4200];
    struct fm_store *store = NULL;
    (void)snprintf(path, sizeof path, "%s/a/b/results.db", test_scratch_folder("missing"));
    ck_fails(fm_store_open_read(&store, path, &err), FM_ERROR_NO_INPUT, "--db");
    ck_assert_ptr_null(store);
    ck_ok(fm_store_open(&store, path, &err));
    ck_assert_str_eq(fm_store_path(store), path);
    ck_assert_str_eq(test_value(store, "pragma application_id"), "1718448757"); /* "fmru" */
    ck_assert_str_eq(test_value(store, "pragma user_version"), "3");
    fm_store_close(store);
    ck_ok(fm_store_open_read(&store, path, &err));
    fm_store_close(store);
    ck_fails(fm_store_open_read(&store, test_scratch_folder("missing"), &err),
             FM_ERROR_NO_INPUT, "not a file");
}
END_TEST

START_TEST(a_reader_sees_what_the_writer_committed)
{
    struct fm_store *writer, *reader;
    const char *path = test_database("reader");
    ck_ok(fm_store_open(&writer, path, &err));
    (void)test_add_run(writer, "a", &err);
    ck_ok(fm_store_begin(writer, &err));
    (void)test_add_run(writer, "b", &err);
    ck_ok(fm_store_open_read(&reader, path, &err));
    ck_assert_str_eq(test_value(reader, "select count(*) from run"), "1");
    ck_ok(fm_store_commit(writer, &err));
    ck_assert_str_eq(test_value(reader, "select count(*) from run"), "2");
    fm_store_close(reader);
    fm_store_close(writer);
}
END_TEST

START_TEST(a_file_that_is_no_database_of_fmrun_is_an_error_and_unchanged)
{
    struct fm_store *store = NULL;
    struct fm_arena arena = {0};
    sqlite3 *db;
    char text[] =
        "This is a text of more than a hundred bytes, as a person might name by mistake "
        "where a database is expected; it has to stay as it is.\n",
         *bytes;
    size_t n;
    const char *path = test_database("foreign");
    ck_ok(fm_file_write(path, text, strlen(text), &err));
    ck_fails(fm_store_open(&store, path, &err), FM_ERROR_IO, "not an SQLite database");
    ck_fails(fm_store_open_read(&store, path, &err), FM_ERROR_IO, "not an SQLite database");
    ck_ok(fm_file_read(&arena, path, 1000, &bytes, &n, &err));
    ck_assert_str_eq(bytes, text);

    path = test_database("foreign");
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_ok(fm_sql_script(db, path, "create table t(x); pragma user_version = 3", &err));
    ck_fails(fm_store_open(&store, path, &err), FM_ERROR_IO, "another program");
    ck_ok(fm_sql_script(db, path, "pragma application_id = 4660", &err));
    ck_fails(fm_store_open(&store, path, &err), FM_ERROR_IO, "0x00001234");
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    fm_arena_fini(&arena);
}
END_TEST

START_TEST(a_damaged_database_gives_a_message_with_advice)
{
    struct fm_store *store;
    const char *path = test_database("damaged");
    ck_ok(fm_store_open(&store, path, &err));
    (void)test_add_run(store, "a", &err);
    fm_store_close(store);
    FILE *file = fopen(path, "r+b"); /* all but the first page */
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    ck_assert_int_eq(fseek(file, 4096, SEEK_SET), 0);
    for (long i = 4096; i < size; i++)
        (void)fputc(0xA5, file);
    ck_assert_int_eq(fclose(file), 0);
    ck_fails(fm_store_open(&store, path, &err), FM_ERROR_IO, ".recover");
    ck_fails(fm_store_open_read(&store, path, &err), FM_ERROR_IO, "damaged");
}
END_TEST

/* Mounts over folder, until this process ends.  Returns false with a message if the system
 * does not allow it. */
static bool mount_over(const char *folder, bool is_read_only, const char *size)
{
    bool done =
        unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    if (is_read_only)
        done = done && mount(folder, folder, NULL, MS_BIND, NULL) == 0
               && mount(NULL, folder, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) == 0;
    else
        done = done && mount("none", folder, "tmpfs", 0, size) == 0;
    if (!done)
        (void)printf("skipped: can't mount here (%s)\n", strerror(errno));
    return done;
}

START_TEST(a_database_in_a_read_only_folder_can_be_read)
{
    struct fm_store *store;
    char path[4200], lock[4300];
    /* SQLite opens the file by a URI, where these characters have a meaning */
    (void)snprintf(path, sizeof path, "%s/50%% #1?mode=rw.db",
                   test_scratch_folder("read only"));
    ck_ok(fm_store_open(&store, path, &err));
    (void)test_add_run(store, "a", &err);
    fm_store_close(store);
    (void)snprintf(lock, sizeof lock, "%s.lock", path);
    if (!mount_over(dirname_of(path), true, NULL))
        return;
    ck_ok(fm_store_open_read(&store, path, &err));
    ck_assert_str_eq(test_value(store, "select key from run"), "a");
    fm_store_close(store);
    ck_fails(fm_store_open(&store, path, &err), FM_ERROR_IO, lock);
}
END_TEST

START_TEST(unfinished_writes_in_a_read_only_folder_are_not_ignored)
{
    struct fm_store *store;
    char command[9000];
    const char *path = test_database("read only wal");
    ck_ok(fm_store_open(&store, path, &err));
    (void)test_add_run(store, "a", &err);
    /* as after a power cut: a WAL with content, no -shm */
    (void)snprintf(command, sizeof command,
                   "cd '%s' && cp results.db c.db && cp results.db-wal c.db-wal",
                   dirname_of(path));
    ck_assert_int_eq(system(command), 0);
    fm_store_close(store);
    char copy[4300];
    (void)snprintf(copy, sizeof copy, "%s/c.db", dirname_of(path));
    if (!mount_over(dirname_of(path), true, NULL))
        return;
    enum fm_status status = fm_store_open_read(&store, copy, &err);
    if (status == FM_OK) /* SQLite may manage to read it; then everything must be there */
        ck_assert_str_eq(test_value(store, "select key from run"), "a");
    else
        ck_assert_msg(strstr(err.message, "c.db-wal holds unfinished writes"), "%s",
                      err.message);
    if (status == FM_OK)
        fm_store_close(store);
}
END_TEST

START_TEST(names_with_special_characters_have_no_special_meaning)
{
    char path[4300];
    struct fm_store *store;
    (void)snprintf(path, sizeof path, "%s/50%% #1?mode=rw 'x'.db",
                   test_scratch_folder("names"));
    ck_ok(fm_store_open(&store, path, &err));
    fm_store_close(store);
    ck_assert(fm_file_exists(path));
    ck_ok(fm_store_open_read(&store, path, &err));
    fm_store_close(store);
}
END_TEST

/* ---- processes ----------------------------------------------------------------------- */

/* Forks; the child runs body and closes a pipe when it is ready. */
static pid_t start_child(void (*body)(const char *path, int ready), const char *path)
{
    int ends[2];
    char byte;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        (void)close(ends[0]);
        body(path, ends[1]);
        _exit(0);
    }
    (void)close(ends[1]);
    ck_assert_int_eq(read(ends[0], &byte, 1), 0);
    (void)close(ends[0]);
    return pid;
}

static void kill_child(pid_t pid)
{
    int status;
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status));
}

static void hold(const char *path, int ready)
{
    struct fm_store *store;
    struct fm_error error;
    if (fm_store_open(&store, path, &error) != FM_OK)
        _exit(1);
    (void)close(ready);
    (void)pause();
}

START_TEST(a_second_writer_gets_an_error_with_the_first_ones_process)
{
    struct fm_store *store;
    char holder[60];
    const char *path = test_database("lock");
    pid_t pid = start_child(hold, path);
    (void)snprintf(holder, sizeof holder, "(process %ld,", (long)pid);
    ck_fails(fm_store_open(&store, path, &err), FM_ERROR_IO, holder);
    ck_ok(fm_store_open_read(&store, path, &err));
    fm_store_close(store);
    kill_child(pid);
    ck_ok(fm_store_open(&store, path, &err));
    fm_store_close(store);
}
END_TEST

static struct fm_store *held;

static void keep(const char *path, int ready)
{
    (void)path;
    (void)close(ready);
    (void)pause();
}

static void abandon(const char *path, int ready)
{
    fm_store_abandon(held);
    keep(path, ready);
}

START_TEST(a_worker_that_abandons_the_store_does_not_keep_the_lock)
{
    struct fm_store *store;
    const char *path = test_database("worker");
    for (int abandons = 0; abandons < 2; abandons++) {
        ck_ok(fm_store_open(&held, path, &err));
        pid_t pid = start_child(abandons ? abandon : keep, path);
        fm_store_close(held);
        if (abandons)
            ck_ok(fm_store_open(&store, path, &err));
        else
            ck_fails(fm_store_open(&store, path, &err), FM_ERROR_IO, "another fmrun");
        kill_child(pid);
        if (abandons)
            fm_store_close(store);
    }
}
END_TEST

static void work_until_killed(const char *path, int ready)
{
    struct fm_store *store;
    struct fm_error error;
    struct fm_known sampling;
    int64_t process, run;
    struct fm_sampling_record record = {.key = "s", .solver = "euler"};
    struct fm_process_record me = {.host = "here"};
    if (fm_store_open(&store, path, &error) != FM_OK
        || fm_store_add_process(store, &me, &process, &error) != FM_OK)
        _exit(1);
    record.run_id = run = test_add_run(store, "k", &error);
    if (fm_store_start_run(store, run, process, &error) != FM_OK
        || fm_store_add_sampling(store, &record, &sampling, &error) != FM_OK
        || fm_store_start_sampling(store, sampling.id, process, &error) != FM_OK)
        _exit(1);
    struct fm_loss_row rows[1000] = {{0}};
    for (size_t first = 0;; first += 1000) {
        for (size_t i = 0; i < 1000; i++)
            rows[i] = (struct fm_loss_row){first + i, 1, 1, 1};
        if (fm_store_add_losses(store, run, 1000, rows, &error) != FM_OK)
            _exit(1);
        if (first == 100000)
            (void)close(ready);
    }
}

START_TEST(a_killed_writer_leaves_whole_transactions_and_lost_runs)
{
    struct fm_store *store;
    char reason[100];
    const char *path = test_database("kill");
    pid_t pid = start_child(work_until_killed, path);
    (void)usleep(30000);
    kill_child(pid);
    ck_ok(fm_store_open(&store, path, &err));
    ck_assert_str_eq(test_value(store, "pragma integrity_check"), "ok");
    ck_assert_str_eq(
        test_value(store, "select count(*) % 1000 = 0 and count(*) > 100000 from loss"),
        "1");
    ck_assert_str_eq(
        test_value(store, "select r.status || s.status from run r, sampling s"),
        "lostlost");
    (void)snprintf(reason, sizeof reason,
                   "process %ld on here ended without a message; the same command resumes",
                   (long)pid);
    ck_assert_str_eq(test_value(store, "select reason from run"), reason);
    ck_assert_str_eq(test_value(store, "select reason from sampling"), reason);
    fm_store_close(store);
}
END_TEST

/* ---- a full disk --------------------------------------------------------------------- */

/* Writes losses until that fails, then checks that the committed ones are complete. */
static void fill(struct fm_store *store, const char *path)
{
    struct fm_loss_row rows[1000];
    int64_t run = test_add_run(store, "k", &err);
    size_t n_committed = 0;
    enum fm_status status = FM_OK;
    while (status == FM_OK && n_committed < 10000000) {
        for (size_t i = 0; i < 1000; i++)
            rows[i] = (struct fm_loss_row){n_committed + i, 1, 1, 1};
        status = fm_store_add_losses(store, run, 1000, rows, &err);
        n_committed += status == FM_OK ? 1000 : 0;
    }
    ck_assert_int_eq(status, FM_ERROR_IO);
    ck_assert_msg(strstr(err.message, "disk is full") && strstr(err.message, path), "%s",
                  err.message);
    char count[40];
    (void)snprintf(count, sizeof count, "%zu", n_committed);
    ck_assert_str_eq(test_value(store, "select count(*) from loss"), count);
    ck_assert_str_eq(test_value(store, "pragma integrity_check"), "ok");
}

START_TEST(a_database_that_can_t_grow_keeps_what_was_committed)
{
    struct fm_store *store;
    const char *path = test_database("full");
    ck_ok(fm_store_open(&store, path, &err));
    ck_ok(fm_sql_script(store->db, path, "pragma max_page_count = 200", &err));
    fill(store, path);
    ck_ok(fm_sql_script(store->db, path, "pragma max_page_count = 100000", &err));
    struct fm_loss_row row = {99999999, 1, 1, 1};
    ck_ok(fm_store_add_losses(store, 1, 1, &row, &err)); /* continues once there is space */
    fm_store_close(store);
}
END_TEST

START_TEST(a_full_disk_keeps_what_was_committed)
{
    struct fm_store *store;
    const char *path = test_database("tmpfs");
    if (!mount_over(dirname_of(path), false, "size=1m"))
        return;
    ck_ok(fm_store_open(&store, path, &err));
    fill(store, path);
    fm_store_close(store);
    ck_ok(fm_store_open_read(&store, path, &err));
    ck_assert_str_eq(test_value(store, "pragma integrity_check"), "ok");
    fm_store_close(store);
}
END_TEST

/* ---- versions ------------------------------------------------------------------------ */

/* An artificial history of three versions.  For a real migration, replace the first one by
 * the tables of the previous version from the project's history. */
static const char *const tables_1[] = {
    "CREATE TABLE run(id INTEGER PRIMARY KEY, ",
    "status TEXT, reason TEXT, process_id INTEGER);",
    "CREATE TABLE process(id INTEGER, pid INTEGER, host TEXT);",
    "CREATE TABLE sampling(status TEXT, reason TEXT,"
    " process_id INTEGER);",
    NULL};
static const char *const views_1[] = {"CREATE VIEW v_all AS SELECT id FROM run;", NULL};
static const char *const views_3[] = {"CREATE VIEW v_all AS SELECT id, n FROM run;", NULL};
static const char *const to_2[] = {"ALTER TABLE run ADD COLUMN m INTEGER;", NULL};
static const char *const to_3[] = {"ALTER TABLE run RENAME COLUMN m TO n;",
                                   "UPDATE run SET n = 10 * id;", NULL};
static const char *const to_3_wrong[] = {"UPDATE run SET m = 5;", "ALTER TABLE nothing;",
                                         NULL};
static const char *const *const history[] = {to_2, to_3};
static const char *const *const wrong_history[] = {to_2, to_3_wrong};
static const struct fm_schema version_1 = {1, tables_1, views_1, NULL};
static const struct fm_schema version_3 = {3, tables_1, views_3, history};
static const struct fm_schema version_3_wrong = {3, tables_1, views_3, wrong_history};

static void make_version_1(const char *path)
{
    struct fm_store *store;
    ck_ok(fm_store_open_schema(&store, path, &version_1, &err));
    ck_ok(fm_sql_script(store->db, path,
                        "INSERT INTO run(id) VALUES(7), (8);"
                        "CREATE VIEW mine AS SELECT max(id) FROM run",
                        &err));
    fm_store_close(store);
}

START_TEST(an_older_database_is_copied_and_migrated)
{
    struct fm_store *store;
    char copy[4300];
    const char *path = test_database("migrate");
    make_version_1(path);
    ck_ok(fm_store_open_schema(&store, path, &version_3, &err));
    ck_assert_str_eq(test_value(store, "select n from v_all where id = 8"), "80");
    ck_assert_str_eq(test_value(store, "select * from mine"), "8");
    ck_assert_str_eq(test_value(store, "pragma user_version"), "3");
    fm_store_close(store);
    (void)snprintf(copy, sizeof copy, "%s.before-v3", path);
    ck_ok(fm_store_open_schema(&store, copy, &version_1, &err));
    ck_assert_str_eq(test_value(store, "select count(*) from run"), "2");
    ck_assert_str_eq(test_value(store, "pragma integrity_check"), "ok");
    fm_store_close(store);
}
END_TEST

START_TEST(a_migration_that_fails_changes_nothing)
{
    struct fm_store *store;
    const char *path = test_database("migrate wrong");
    make_version_1(path);
    ck_fails(fm_store_open_schema(&store, path, &version_3_wrong, &err), FM_ERROR_INTERNAL,
             "near");
    ck_ok(fm_store_open_schema(&store, path, &version_1, &err));
    ck_assert_str_eq(
        test_value(store, "select group_concat(name) from pragma_table_info('run')"),
        "id,status,reason,process_id");
    ck_assert_str_eq(test_value(store, "select count(*) from v_all"), "2");
    fm_store_close(store);
}
END_TEST

START_TEST(a_newer_database_is_an_error_with_both_versions)
{
    struct fm_store *store;
    const char *path = test_database("newer");
    ck_ok(fm_store_open(&store, path, &err));
    ck_ok(fm_sql_script(store->db, path, "pragma user_version = 1000", &err));
    fm_store_close(store);
    ck_fails(fm_store_open(&store, path, &err), FM_ERROR_IO,
             "schema version 1000, this fmrun knows versions up to 3");
    ck_fails(fm_store_open_read(&store, path, &err), FM_ERROR_IO, "newer fmrun");
}
END_TEST

TCase *test_store_safety(void)
{
    TCase *safety = tcase_create("safety");
    tcase_add_test(safety,
                   a_missing_database_is_created_by_writers_and_an_error_for_readers);
    tcase_add_test(safety, a_reader_sees_what_the_writer_committed);
    tcase_add_test(safety, a_file_that_is_no_database_of_fmrun_is_an_error_and_unchanged);
    tcase_add_test(safety, a_damaged_database_gives_a_message_with_advice);
    tcase_add_test(safety, a_database_in_a_read_only_folder_can_be_read);
    tcase_add_test(safety, unfinished_writes_in_a_read_only_folder_are_not_ignored);
    tcase_add_test(safety, names_with_special_characters_have_no_special_meaning);
    tcase_add_test(safety, a_second_writer_gets_an_error_with_the_first_ones_process);
    tcase_add_test(safety, a_worker_that_abandons_the_store_does_not_keep_the_lock);
    tcase_add_test(safety, a_killed_writer_leaves_whole_transactions_and_lost_runs);
    tcase_add_test(safety, a_database_that_can_t_grow_keeps_what_was_committed);
    tcase_add_test(safety, a_full_disk_keeps_what_was_committed);
    tcase_add_test(safety, an_older_database_is_copied_and_migrated);
    tcase_add_test(safety, a_migration_that_fails_changes_nothing);
    tcase_add_test(safety, a_newer_database_is_an_error_with_both_versions);
    return safety;
}
