#include <config.h>

#include "config/document.h"
#include "config/document_edit.h"
#include "config/document_emit.h"
#include "config/document_error.h"
#include "config/document_parse.h"
#include "test_yaml.h"

#include <stdio.h>
#include <string.h>

static char *repeat(const char *unit, size_t n)
{
    size_t length = strlen(unit);
    char *text = fm_arena_take(&arena, n * length + 1, 1);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * length, unit, length);
    return text;
}

static const char *const round_trips[] = {
    "",
    "a",
    "'null'",
    "'...'",
    "'... a'",
    "'---'",
    "~",
    "[]",
    "{}",
    "a: 1",
    "a: {b: {c: [1, 2, {d: e}]}, f: []}",
    "- a\n- [b, c]\n- {d: [e, {f: g}]}\n- []\n- {}",
    "[[1, 2], [3, 4]]",
    "a:\nb: ~\nc: null\nd: ''\ne: 'null'\nf: '~'",
    "[1, '1', 1.5, '1.5', 0x1F, '0x1F', 0o17, '0o17', .inf, '.inf', -.INF, .nan, '.nan', "
    "1e-3, '1e-3', +1, '+1', -0, '-0', .5, '.5', 5., '5.']",
    "[true, 'true', True, 'False', yes, 'no', on, y]",
    "['a: b', '- x', '#', '# c', 'a #b', 'a#b', ':', 'a:', ':a', '-', '--', '---', '...', "
    "'...a', '?', '? a', '!', '!a', '&a', '*a', '@a', '`a', '%a', '|', '>', '<<', '=', "
    "',', "
    "'a,b', 'a, b', '[', ']', '{', '}', '\"', '''', '\\', 'a\\b', 'it''s', 'say \"hi\"']",
    "[' a', 'a ', '  ', ' ', 'a  b', \"a\\tb\", \"\\t\", \"a\\nb\", \"\\n\", \"a\\n\", "
    "\"\\r\\n\", \"\\r\"]",
    "[é, 日本, '日: 本', \"\\u2028\", \"\\ufeff\", \"\\U0001F600\", "
    "\"\\u00a0\", "
    "\"\\u00a0a\", ~a, /a/b, ./c, ../d, ~/e, http://f/g, a=b, (c), 1_000, 12:30, "
    "2024-01-01]",
    "'a b': 1\n'': 2x\n",
    "\"k\\n\": 1\n'1': 2\n1.0: 3\ntrue: 4\nnull: 5\n'a: b': 6\n'- x': 7\n日: 8\n",
    "t: |\n  one\n   two\n\n  three\nu: >\n  fold\n  ed\n\n  x\n",
    "a: b, c\nd: e]\nf: g}\nh: it's\ni: x # c\n",
    "a: plain\n  over\n\n  lines",
    "? long key\n: v",
    "a: &x {b: 1}\nc: *x\nd: [*x, *x]",
};

START_TEST(an_emitted_tree_reads_back_as_the_same_tree)
{
    const char *bytes = round_trips[_i];
    struct fm_yaml *root;
    if (parse_n(bytes, strlen(bytes), &root) != FM_OK) {
        ck_assert_msg(strstr(bytes, "'': 2x") != NULL, "%s", err.message); /* invalid */
        return;
    }
    for (unsigned indent = 0; indent < 5; indent += 2) {
        struct fm_text block = {0}, flow = {0}, again = {0};
        fm_yaml_emit(&block, root, indent);
        ck_assert(are_equal(root, parse(fm_text_bytes(&block))));
        fm_yaml_emit_flow(&flow, root);
        ck_assert_ptr_null(strchr(fm_text_bytes(&flow), '\n'));
        struct fm_yaml *read = parse(fm_text_bytes(&flow));
        ck_assert(are_equal(root, read));
        fm_yaml_emit(&again, read, indent);
        ck_assert_str_eq(fm_text_bytes(&block), fm_text_bytes(&again));
        fm_text_fini(&block);
        fm_text_fini(&flow);
        fm_text_fini(&again);
    }
}
END_TEST

START_TEST(every_short_string_survives_as_a_string)
{
    static const char alphabet[] = "a1.-+ :#,'\"\\[{&*!|>%@`~?<=/\n\tEex0n_";
    size_t n = strlen(alphabet);
    for (size_t i = 0; i < n * n * n; i++) {
        char string[4] = {alphabet[i % n], alphabet[i / n % n], alphabet[i / n / n], '\0'};
        struct fm_text text = {0};
        fm_text_add(&text, "{k: ");
        fm_yaml_emit_string(&text, string);
        fm_text_add(&text, ", ");
        fm_yaml_emit_string(&text, string);
        fm_text_add(&text, ": 1}");
        struct fm_yaml *root = parse(fm_text_bytes(&text));
        ck_assert_uint_eq(root->n, 2);
        ck_assert_str_eq(root->items[0]->text, string);
        ck_assert_str_eq(root->keys[1]->text, string);
        ck_assert(is_string(root->items[0]));
        fm_text_fini(&text);
        fm_arena_fini(&arena);
    }
}
END_TEST

START_TEST(maps_are_blocks_and_lists_are_lines)
{
    struct fm_text text = {0};
    fm_yaml_emit(
        &text,
        parse("{name: a, train: {lr: 1e-3, hidden: [1, 2]}, solvers: [{plugin: rk4, "
              "steps: [1, 2]}], none: , empty: {}}"),
        2);
    ck_assert_str_eq(fm_text_bytes(&text), "  name: a\n"
                                           "  train:\n"
                                           "    lr: 1e-3\n"
                                           "    hidden: [1, 2]\n"
                                           "  solvers:\n"
                                           "    - {plugin: rk4, steps: [1, 2]}\n"
                                           "  none: null\n"
                                           "  empty: {}\n");
    fm_text_clear(&text);
    fm_yaml_emit_string(&text, "a\xffz\x01");
    ck_assert_str_eq(fm_text_bytes(&text), "\"a\\uFFFDz\\x01\"");
    fm_text_fini(&text);
}
END_TEST

START_TEST(a_clone_is_equal_and_shares_no_node)
{
    struct fm_yaml *root = parse("a: [1, {b: c}]\nd: e");
    struct fm_yaml *copy = fm_yaml_clone(&arena, root);
    ck_assert(are_equal(root, copy));
    ck_assert(copy->items[0] != root->items[0] && copy->keys[0] != root->keys[0]);
    ck_ok(fm_yaml_set(&arena, copy, "a.1.b", parse("x"), NULL, &err));
    ck_ok(fm_yaml_set(&arena, copy, "f", parse("x"), NULL, &err));
    ck_ok(fm_yaml_remove(copy, "d", NULL, &err));
    ck_assert(are_equal(root, parse("a: [1, {b: c}]\nd: e")));
    ck_assert(are_equal(copy, parse("a: [1, {b: x}]\nf: x")));
    check_place(copy->items[0], 1, 4, 0);
    ck_assert_ptr_null(fm_yaml_clone(&arena, NULL));
}
END_TEST

static const struct {
    const char *before, *assignment, *after; /* after NULL: an error at where ... */
    const char *where, *fragment;            /* ... with fragment */
} overrides[] = {
    {"{a: 1}", "a=2", "{a: 2}", 0, 0},
    {"{a: 1}", "b=2", "{a: 1, b: 2}", 0, 0},
    {"{}", "a=", "{a: null}", 0, 0},
    {"{a: {b: 1, c: 2}}", "a.b=[1, x]", "{a: {b: [1, x], c: 2}}", 0, 0},
    {"{}", "a.b.c=1e-3", "{a: {b: {c: 1e-3}}}", 0, 0},
    {"{a: null}", "a.b=1", "{a: {b: 1}}", 0, 0},
    {"{a: }", "a.b=1", "{a: {b: 1}}", 0, 0},
    {"{s: [{x: 1}, {x: 2}]}", "s.1.x=3", "{s: [{x: 1}, {x: 3}]}", 0, 0},
    {"{s: [{x: 1}, 2]}", "s.0.y.z=3", "{s: [{x: 1, y: {z: 3}}, 2]}", 0, 0},
    {"{s: [1, 2]}", "s.0=7", "{s: [7, 2]}", 0, 0},
    {"{a: 1}", "a={b: {c: d}}", "{a: {b: {c: d}}}", 0, 0},
    {"{a: 1}", "a=x=y", "{a: x=y}", 0, 0},
    {"{a: 1}", "a='null'", "{a: 'null'}", 0, 0},
    {"{a: {b: 1}}", "+a.c=2", "{a: {b: 1, c: 2}}", 0, 0},
    {"{a: {b: 1, c: 2}}", "~a.b", "{a: {c: 2}}", 0, 0},
    {"{s: [1, 2, 3]}", "~s.1", "{s: [1, 3]}", 0, 0},
    {"{a: {b: 1}}", "+a.b=2", NULL, "1:2", "\"a.b\" is there already"},
    {"{a: 1}", "~b", NULL, "1:2", "there is no \"b\" to remove"},
    {"{a: 1}", "~a=1", NULL, "1:2", "expected KEY=VALUE"},
    {"{a: 1}", "a", NULL, "1:1", "expected KEY=VALUE"},
    {"{a: 1}", "", NULL, "1:1", "expected KEY=VALUE"},
    {"{a: 1}", "=1", NULL, "1:1", "not a dotted key"},
    {"{a: 1}", "a..b=1", NULL, "1:1", "not a dotted key"},
    {"{a: 1}", ".a=1", NULL, "1:1", "not a dotted key"},
    {"{a: 1}", "a.=1", NULL, "1:1", "not a dotted key"},
    {"{a: {l: 5}}", "a.l.c=1", NULL, "1:1",
     "\"a.l\" is the value \"5\", not a map: it can't hold \"c\""},
    {"{s: [1, 2]}", "s.2=1", NULL, "1:1", "\"s\" has no item 2: it has 2, numbered from 0"},
    {"{s: [1, 2]}", "s.x=1", NULL, "1:1", "expected the number of an item"},
    {"{s: [1, 2]}", "s.99999999999999999999=1", NULL, "1:1", "expected the number"},
    {"{a: 1}", "a=[1, 2", NULL, "1:3", "a closing bracket"},
    {"{a: 1}", "é.b=[1, !x 2]", NULL, "1:9", "tags"},
    {"{a: 1}", "a=1\n---\n2", NULL, "2:1", "second document"},
    {"{a: 1}", "a=\x01", NULL, "1:3", "U+0001"},
    {"{a: 1}", "a=*x", NULL, "1:3", "no anchor &x"},
    {"{a: 1}", "a=[&x b, c: d: e]", NULL, "1:14", ""},
};

START_TEST(an_override_changes_only_what_it_names)
{
    struct fm_yaml *root = parse(overrides[_i].before);
    const char *assignment = overrides[_i].assignment;
    if (overrides[_i].after) {
        ck_ok(fm_yaml_override(&arena, root, assignment, &err));
        ck_assert(are_equal(root, parse(overrides[_i].after)));
        return;
    }
    char head[100];
    (void)snprintf(head, sizeof head, "command line:%s: error: ", overrides[_i].where);
    ck_fails(fm_yaml_override(&arena, root, assignment, &err), FM_ERROR_CONFIG,
             overrides[_i].fragment);
    ck_assert_msg(strncmp(err.message, head, strlen(head)) == 0, "message is: %s",
                  err.message);
    ck_assert(are_equal(root, parse(overrides[_i].before)));
}
END_TEST

START_TEST(a_value_from_an_override_has_its_place_on_the_command_line)
{
    struct fm_yaml *root = parse("{a: {}}");
    ck_ok(fm_yaml_override(&arena, root, "a.bé.c=[x, &y yy]", &err));
    struct fm_yaml *a = fm_yaml_find(root, "a"), *b = a->items[0];
    check_place(a->keys[0], 1, 3, 2);
    check_place(b->keys[0], 1, 6, 1);
    check_place(b->items[0], 1, 8, 0);
    check_place(b->items[0]->items[1], 1, 15, 2);
    (void)fm_yaml_fail(&err, b->items[0]->items[1], "x");
    ck_assert_str_eq(err.message, "command line:1:15: error: x\n"
                                  "    1 | a.bé.c=[x, &y yy]\n"
                                  "      |               ^~");
}
END_TEST

START_TEST(dotted_keys_have_limits_too)
{
    struct fm_yaml *root = parse("{}");
    char *deep = repeat("a.", 64), *deeper = repeat("a.", 65);
    deep[127] = deeper[129] = '\0';
    ck_fails(fm_yaml_set(&arena, root, deeper, parse("1"), NULL, &err), FM_ERROR_CONFIG,
             "more than 64 levels");
    ck_fails(fm_yaml_set(&arena, root, deep, parse("[]"), NULL, &err), FM_ERROR_CONFIG,
             "more than 64 levels");
    ck_assert_uint_eq(root->n, 0);
    ck_ok(fm_yaml_set(&arena, root, deep, parse("1"), NULL, &err));
    struct fm_text text = {0};
    fm_yaml_emit(&text, root, 0);
    ck_assert(are_equal(root, parse(fm_text_bytes(&text))));
    fm_text_fini(&text);
    char *longer = repeat("k", 129);
    ck_fails(fm_yaml_set(&arena, root, longer, parse("1"), NULL, &err), FM_ERROR_CONFIG,
             "a key of 129 bytes");
    ck_fails(fm_yaml_override(&arena, root, repeat("k", (1 << 20) + 1), &err),
             FM_ERROR_CONFIG, "the limit is");
}
END_TEST

/* Calls every operation that allocates, on a document with everything. */
static enum fm_status use_everything(void)
{
    static const char text[] = "a: &x [1, {b: c}]\nd: *x\ne: {f: {g: h}}\n";
    struct fm_yaml *root;
    FM_TRY(fm_yaml_parse(&arena, "a", ".", text, strlen(text), true, &root, &err));
    root = fm_yaml_clone(&arena, root);
    if (!root)
        return FM_ERROR_MEMORY;
    FM_TRY(fm_yaml_override(&arena, root, "e.i.j.k=[1, 2]", &err));
    FM_TRY(fm_yaml_override(&arena, root, "+new={a: &n b, c: *n}", &err));
    FM_TRY(fm_yaml_override(&arena, root, "~e.f", &err));
    FM_TRY(fm_yaml_override(&arena, root, "empty=", &err));
    return FM_OK;
}

START_TEST(running_out_of_memory_is_an_error_at_every_allocation)
{
    size_t before = fm_arena_n_takes();
    ck_ok(use_everything());
    size_t n = fm_arena_n_takes() - before;
    ck_assert_uint_gt(n, 50);
    for (size_t i = 1; i <= n; i++) {
        fm_arena_fail_after(i);
        ck_assert_int_eq(use_everything(), FM_ERROR_MEMORY);
        fm_arena_fail_after(0);
        fm_arena_fini(&arena);
    }
}
END_TEST

static void add_writing(Suite *suite)
{
    TCase *emit = property(suite, "emit"), *edit = property(suite, "edit");
    tcase_add_loop_test(emit, an_emitted_tree_reads_back_as_the_same_tree, 0,
                        sizeof round_trips / sizeof *round_trips);
    tcase_add_test(emit, every_short_string_survives_as_a_string);
    tcase_add_test(emit, maps_are_blocks_and_lists_are_lines);
    tcase_add_test(edit, a_clone_is_equal_and_shares_no_node);
    tcase_add_loop_test(edit, an_override_changes_only_what_it_names, 0,
                        sizeof overrides / sizeof *overrides);
    tcase_add_test(edit, a_value_from_an_override_has_its_place_on_the_command_line);
    tcase_add_test(edit, dotted_keys_have_limits_too);
    tcase_add_test(edit, running_out_of_memory_is_an_error_at_every_allocation);
}

int main(void)
{
    Suite *suite = suite_create("document edit and emit");
    add_writing(suite);
    return test_main(suite);
}
