/* SQL from users: its results, what is an error, and the messages of errors. */
#include <config.h>

#include "store/query.h"
#include "test_store.h"

#include <stdio.h>
#include <string.h>

static struct fm_error err;
static struct fm_store *store;

static void set_up(void)
{
    ck_ok(fm_store_open(&store, test_database("query"), &err));
}

static void tear_down(void)
{
    fm_store_close(store);
}

struct seen {
    char text[400];
};

static enum fm_status ignore_values(void *context, size_t n, const struct fm_value *values,
                                    struct fm_error *error)
{
    (void)context, (void)n, (void)values, (void)error;
    return FM_OK;
}

static enum fm_status see_columns(void *context, size_t n, const char *const *names,
                                  struct fm_error *error)
{
    struct seen *seen = context;
    (void)error;
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(seen->text);
        (void)snprintf(seen->text + used, sizeof seen->text - used, "%s|", names[i]);
    }
    return FM_OK;
}

static enum fm_status see_values(void *context, size_t n, const struct fm_value *values,
                                 struct fm_error *error)
{
    struct seen *seen = context;
    (void)error;
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(seen->text);
        (void)snprintf(seen->text + used, sizeof seen->text - used, "%d:%s|",
                       (int)values[i].type, values[i].text ? values[i].text : "-");
    }
    return FM_OK;
}

START_TEST(a_query_gives_names_types_and_exact_numbers)
{
    struct seen seen = {0};
    struct fm_query query = {&seen, see_columns, see_values};
    ck_ok(fm_store_query(
        store, "select 1 as a, 0.1 b, 1/3.0 c, 'it' d, null e, x'0aff' f; -- done\n",
        &query, &err));
    ck_assert_str_eq(seen.text,
                     "a|b|c|d|e|f|1:1|2:0.1|2:0.3333333333333333|3:it|0:-|4:0aff|");
    seen = (struct seen){0};
    ck_ok(fm_store_query(store, "select key from run", &query, &err));
    ck_assert_str_eq(seen.text, "key|");
}
END_TEST

START_TEST(a_wrong_query_gives_a_message_with_its_place)
{
    struct fm_query query = {.row = ignore_values};
    ck_fails(fm_store_query(store, "select seed,\n  stattus from run", &query, &err),
             FM_ERROR_USAGE,
             "no such column: stattus (line 2, column 3)\n      stattus from run\n      ^");
    ck_fails(fm_store_query(store, "selec 1", &query, &err), FM_ERROR_USAGE,
             "near \"selec\"");
    ck_fails(fm_store_query(store, " ; -- nothing", &query, &err), FM_ERROR_USAGE,
             "no SQL statement");
    ck_fails(fm_store_query(store, "select 1; select 2", &query, &err), FM_ERROR_USAGE,
             "more than one");
    ck_fails(fm_store_query(store, "select ?", &query, &err), FM_ERROR_USAGE, "parameter");
    ck_fails(fm_store_query(store, "select sum(9223372036854775807) from (values(1),(2))",
                            &query, &err),
             FM_ERROR_USAGE, "integer overflow");
}
END_TEST

START_TEST(a_query_that_writes_is_an_error)
{
    static const char *const statements[] = {
        "delete from run",
        "insert into event(time, level, text) values('', 'info', '')",
        "create table t(x)",
        "create temp table t(x)",
        "attach 'attached.db' as a",
        "begin",
        "vacuum",
        "vacuum into 'copy.db'",
        "pragma user_version = 7",
        "pragma writable_schema = on",
        "pragma journal_mode = delete",
        "pragma query_only = off",
        "drop view v_result",
        "select load_extension('x')",
    };
    struct fm_query query = {.row = ignore_values};
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        err = (struct fm_error){0};
        ck_assert_msg(fm_store_query(store, statements[i], &query, &err) == FM_ERROR_USAGE,
                      "%s: %s", statements[i], err.message);
    }
    ck_ok(fm_store_query(store, "pragma table_info(run)", &query, &err));
    ck_ok(fm_store_query(store, "pragma user_version", &query, &err));
    ck_ok(fm_store_query(store, "select name from pragma_table_info('run')", &query, &err));
    ck_ok(fm_store_query(store, "explain query plan select * from v_result", &query, &err));
    ck_ok(fm_store_query(store,
                         "with recursive n(i) as (values(1) union all select i + 1 from "
                         "n where i < 9) select json_group_array(i) from n",
                         &query, &err));
}
END_TEST

TCase *test_store_query(void)
{
    TCase *sql = tcase_create("SQL");
    tcase_add_checked_fixture(sql, set_up, tear_down);
    tcase_add_test(sql, a_query_gives_names_types_and_exact_numbers);
    tcase_add_test(sql, a_wrong_query_gives_a_message_with_its_place);
    tcase_add_test(sql, a_query_that_writes_is_an_error);
    return sql;
}
