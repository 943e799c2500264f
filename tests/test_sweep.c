/* Points of a sweep: their values, order and names. */
#include <config.h>

#include "config/document_emit.h"
#include "plan/sweep.h"
#include "test_yaml.h"

/* "SETTING | ROOT" of each point, one per line. */
static const char *points_of(const char *config)
{
    struct fm_sweep_point *points;
    struct fm_text text = {0};
    size_t n;
    ck_ok(fm_sweep_expand(&arena, parse(config), &n, &points, &err));
    for (size_t i = 0; i < n; i++) {
        fm_text_add(&text, "%s | ", points[i].setting);
        fm_yaml_emit_flow(&text, points[i].root);
        fm_text_add(&text, "\n");
    }
    const char *copy = fm_arena_text(&arena, fm_text_bytes(&text));
    fm_text_fini(&text);
    return copy;
}

static const struct {
    const char *config, *points;
} sweeps[] = {
    {"a: 1", " | {a: 1}\n"},
    {"a: 1\nsweep: {grid: {a: [2, 3], b.c: [x, y]}}", "a=2 b.c=x | {a: 2, b: {c: x}}\n"
                                                      "a=2 b.c=y | {a: 2, b: {c: y}}\n"
                                                      "a=3 b.c=x | {a: 3, b: {c: x}}\n"
                                                      "a=3 b.c=y | {a: 3, b: {c: y}}\n"},
    {"sweep: {zip: {a: [1, 2], b: [3, 4]}}",
     "a=1 b=3 | {a: 1, b: 3}\na=2 b=4 | {a: 2, b: 4}\n"},
    {"a: 0\nb: 0\nsweep:\n  list:\n    - {name: both, a: 1, b: {c: 2}}\n    - {b: 3}\n    "
     "- {}\n",
     "both | {a: 1, b: {c: 2}}\n"
     "b=3 | {a: 0, b: 3}\n"
     " | {a: 0, b: 0}\n"},
    {"sweep:\n  list: [{name: slow, a: 1}, {name: fast, a: 2}]\n  grid: {b: [1, 2]}\n",
     "slow b=1 | {a: 1, b: 1}\n"
     "slow b=2 | {a: 1, b: 2}\n"
     "fast b=1 | {a: 2, b: 1}\n"
     "fast b=2 | {a: 2, b: 2}\n"},
};

START_TEST(points_are_all_combinations_in_order)
{
    ck_assert_str_eq(points_of(sweeps[_i].config), sweeps[_i].points);
}
END_TEST

static const struct {
    const char *config, *where, *message;
} wrong[] = {
    {"sweep: {list: [{name: a, x: 1}, {name: a, x: 2}]}", "1:40",
     "of the list have this name"},
    {"sweep: {list: [{name: [a], x: 1}]}", "1:23", "expected text"},
    {"sweep: {list: [1]}", "1:16", "expected a map from dotted keys to values"},
    {"sweep: {list: {a: 1}}", "1:15", "expected a list of settings"},
    {"sweep: {list: []}", "1:15", "expected a list of settings"},
    {"sweep: {list: [{seeds: 3}]}", "1:17", "seeds can't be swept"},
    {"sweep: {list: [{a: 1}, {b: 2}], zip: {b: [3]}}", "1:39",
     "b is swept twice, by grid, zip or list"},
    {"sweep: {grid: {b: [3]}, list: [{a: 1}, {b: 2}]}", "1:41",
     "b is swept twice, by grid, zip or list"},
};

START_TEST(a_wrong_sweep_gives_a_message_with_its_place)
{
    struct fm_sweep_point *points;
    size_t n;
    ck_fails(fm_sweep_expand(&arena, parse(wrong[_i].config), &n, &points, &err),
             FM_ERROR_CONFIG, wrong[_i].message);
    check_head(wrong[_i].where);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep");
    TCase *tcase = tcase_create("all");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, points_are_all_combinations_in_order, 0,
                        sizeof sweeps / sizeof *sweeps);
    tcase_add_loop_test(tcase, a_wrong_sweep_gives_a_message_with_its_place, 0,
                        sizeof wrong / sizeof *wrong);
    suite_add_tcase(suite, tcase);
    return test_main(suite);
}
