/* Migration makes a database of an earlier version equal to a new one. */
#include <config.h>

#include "store/sql.h"
#include "test_store.h"

#include "base/file.h"

static struct fm_error err;

/* Every column of every table, and every index. */
static const char shape[] =
    "SELECT group_concat(line, char(10)) FROM ("
    " SELECT format('%s.%s %s %d %s %d', m.name, x.name, x.type, x.\"notnull\","
    "  coalesce(x.dflt_value, ''), x.pk) AS line"
    " FROM sqlite_schema m, pragma_table_xinfo(m.name) x WHERE m.type = 'table'"
    " UNION ALL SELECT name || ' ' || tbl_name FROM sqlite_schema WHERE type = 'index'"
    " ORDER BY line)";

static char *shape_of(struct fm_arena *arena, const char *path)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    ck_assert_int_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, shape, -1, &statement, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    char *text = fm_arena_text(arena, (const char *)sqlite3_column_text(statement, 0));
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
    return text;
}

/* Makes a database of version 1, with a run, a fixed and an adaptive sampling, and a
 * metric. */
static void make_version_1(const char *path)
{
    struct fm_arena arena = {0};
    char *tables = NULL, file[4096];
    size_t n;
    sqlite3 *db = NULL;
    (void)snprintf(file, sizeof file, "%s/tests/schema_1.sql", test_source_folder());
    ck_ok(fm_file_read(&arena, file, 1 << 20, &tables, &n, &err));
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, tables, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_exec(
            db,
            "INSERT INTO run(id, key, seed, data, source, network, path, coupling, train,"
            " n_steps, created) VALUES(1, 'r', 0, 'd', 's', 'n', 'p', 'c', '', 1, '');"
            "INSERT INTO sampling(id, run_id, key, solver, label, method, steps, n_samples,"
            " noise, status, nfe_mean) VALUES(1, 1, 'a', 'euler', 'euler', '', 8, 5, 'x',"
            " 'done', 8), (2, 1, 'b', 'dopri5', 'dopri5', '', NULL, 5, 'x', 'done', 40);"
            "INSERT INTO metric_def VALUES(1, 'w2', 1, '', 'min', '');"
            "INSERT INTO metric(sampling_id, metric_def_id, value, n_used)"
            " VALUES(1, 1, 0.5, 5);"
            "PRAGMA application_id = 0x666d7275; PRAGMA user_version = 1;",
            NULL, NULL, NULL),
        SQLITE_OK);
    (void)sqlite3_close(db);
    fm_arena_fini(&arena);
}

START_TEST(a_database_of_version_1_gets_the_tables_of_a_new_one_and_keeps_its_rows)
{
    struct fm_arena arena = {0};
    struct fm_store *store;
    int64_t n = 0;
    char *path = fm_arena_text(&arena, test_database("version 1"));
    make_version_1(path);
    ck_ok(fm_store_open(&store, path, &err));
    ck_ok(fm_sql_one_integer(store->db, path,
                             "SELECT count(*) FROM sampling WHERE t_end = 1"
                             " AND grid = CASE WHEN steps THEN 'uniform' ELSE '' END",
                             &n, &err));
    ck_assert_int_eq(n, 2);
    ck_ok(fm_sql_one_integer(
        store->db, path, "SELECT count(*) FROM metric WHERE value = 0.5 AND nfe IS NULL",
        &n, &err));
    ck_assert_int_eq(n, 1);
    ck_ok(fm_sql_one_integer(store->db, path,
                             "SELECT count(*) FROM pragma_foreign_key_check", &n, &err));
    ck_assert_int_eq(n, 0);
    fm_store_close(store);
    char *fresh = fm_arena_text(&arena, test_database("fresh"));
    ck_ok(fm_store_open(&store, fresh, &err));
    fm_store_close(store);
    ck_assert_str_eq(shape_of(&arena, path), shape_of(&arena, fresh));
    fm_arena_fini(&arena);
}
END_TEST

TCase *test_store_migration(void)
{
    TCase *migration = tcase_create("migration");
    tcase_add_test(migration,
                   a_database_of_version_1_gets_the_tables_of_a_new_one_and_keeps_its_rows);
    return migration;
}
