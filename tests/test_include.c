/* The key `include`: what merges, what replaces, and what is an error. */
#include <config.h>

#include "config/document.h"
#include "config/document_emit.h"
#include "config/document_parse.h"
#include "config/include.h"
#include "test_yaml.h"

#include <stdio.h>
#include <string.h>

static const char *folder;

static const char *path_to(const char *name)
{
    static char path[4][4200];
    static int next;
    char *p = path[next++ % 4];
    (void)snprintf(p, sizeof *path, "%s/%s", folder, name);
    return p;
}

static void put(const char *name, const char *text)
{
    FILE *f = fopen(path_to(name), "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_ge(fputs(text, f), 0);
    ck_assert_int_eq(fclose(f), 0);
}

static struct fm_yaml *composed(const char *name)
{
    struct fm_yaml *root = NULL;
    ck_ok(fm_yaml_read(&arena, path_to(name), &root, &err));
    ck_ok(fm_yaml_include(&arena, root, &err));
    return root;
}

/* top.yaml, which includes base.yaml, gives the tree, here in flow style. */
static const struct {
    const char *base, *top, *expected;
} merges[] = {
    {"a: 1\nb: 2\n", "b: 3\nc: 4\n", "{a: 1, b: 3, c: 4}"},
    {"a: {x: 1, y: {p: 1, q: 2}}\n", "a: {y: {q: 3}, z: 4}\n",
     "{a: {x: 1, y: {p: 1, q: 3}, z: 4}}"},
    {"a: [1, 2]\n", "a: [3]\n", "{a: [3]}"},
    {"a: {x: 1}\n", "a: 2\n", "{a: 2}"},
    {"a: [1]\n", "a: {x: 1}\n", "{a: {x: 1}}"},
    {"a: 1\nb: {x: 1, y: 2}\n", "a: null\nb: {x: ~}\n", "{b: {y: 2}}"},
    {"n: {plugin: mlp, w: 1}\n", "n: {w: 2}\n", "{n: {plugin: mlp, w: 2}}"},
    {"n: {plugin: mlp, w: 1}\n", "n: {plugin: mlp, k: 2}\n",
     "{n: {plugin: mlp, w: 1, k: 2}}"},
    {"n: {plugin: mlp, w: 1}\n", "n: {plugin: unet, k: 2}\n", "{n: {plugin: unet, k: 2}}"},
    {"n: mlp\n", "n: {w: 2}\n", "{n: {plugin: mlp, w: 2}}"},
    {"n: mlp\n", "n: {plugin: unet, w: 2}\n", "{n: {plugin: unet, w: 2}}"},
    {"n: {plugin: mlp, w: 1}\n", "n: mlp\n", "{n: mlp}"},
    {"sweep: {grid: {t.lr: [1, 2]}}\n", "sweep: {grid: {t.lr: [3]}}\n",
     "{sweep: {grid: {t.lr: [3]}}}"},
};

START_TEST(a_file_overrides_what_it_includes)
{
    char top[1000];
    struct fm_text text = {0};
    (void)snprintf(top, sizeof top, "include: base.yaml\n%s", merges[_i].top);
    put("base.yaml", merges[_i].base);
    put("top.yaml", top);
    fm_yaml_emit_flow(&text, composed("top.yaml"));
    ck_assert_str_eq(fm_text_bytes(&text), merges[_i].expected);
    fm_text_fini(&text);
}
END_TEST

/* A later file overrides an earlier one, and a file overrides its own includes. */
START_TEST(later_files_override_earlier_ones)
{
    struct fm_text text = {0};
    put("one.yaml", "a: 1\nb: 1\nc: 1\nd: 1\n");
    put("two.yaml", "include: three.yaml\nb: 2\n");
    put("three.yaml", "b: 3\nc: 3\n");
    put("top.yaml", "include: [one.yaml, two.yaml]\nd: 4\n");
    fm_yaml_emit_flow(&text, composed("top.yaml"));
    ck_assert_str_eq(fm_text_bytes(&text), "{a: 1, b: 2, c: 3, d: 4}");
    fm_text_fini(&text);
}
END_TEST

START_TEST(nodes_keep_their_file_and_line)
{
    put("base.yaml", "a: 1\nb: 2\n");
    put("top.yaml", "include: base.yaml\nb: 3\n");
    const struct fm_yaml *root = composed("top.yaml");
    const struct fm_yaml *a = fm_yaml_find(root, "a"), *b = fm_yaml_find(root, "b");
    ck_assert_ptr_nonnull(strstr(a->source->name, "/base.yaml"));
    ck_assert_ptr_nonnull(strstr(b->source->name, "/top.yaml"));
    ck_assert_uint_eq(b->line, 2);
    ck_assert_str_eq(a->source->folder, folder);
}
END_TEST

START_TEST(wrong_includes_are_errors_with_their_place)
{
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"include: top.yaml\n", "more than 32 included files"},
        {"include: missing.yaml\n", "missing.yaml: No such file"},
        {"include: {a: 1}\n", "top.yaml:1:10: error: include: expected text, found a map"},
        {"a: 1\ninclude: [broken.yaml]\n", "broken.yaml:1:"},
        {"include: list.yaml\n", "list.yaml:1:1: error"},
        {"include: .\n", "top.yaml:1:10: error: "},
    };
    struct fm_yaml *root = NULL;
    put("broken.yaml", "a: [1\n");
    put("list.yaml", "- 1\n");
    put("top.yaml", wrong[_i].text);
    ck_ok(fm_yaml_read(&arena, path_to("top.yaml"), &root, &err));
    ck_fails(fm_yaml_include(&arena, root, &err), FM_ERROR_CONFIG, wrong[_i].message);
}
END_TEST

static void open_folder(void)
{
    folder = test_scratch_folder("include");
}

int main(void)
{
    Suite *suite = suite_create("include");
    TCase *tcase = tcase_create("all");
    tcase_add_checked_fixture(tcase, open_folder, NULL);
    tcase_add_loop_test(tcase, a_file_overrides_what_it_includes, 0,
                        sizeof merges / sizeof *merges);
    tcase_add_test(tcase, later_files_override_earlier_ones);
    tcase_add_test(tcase, nodes_keep_their_file_and_line);
    tcase_add_loop_test(tcase, wrong_includes_are_errors_with_their_place, 0, 6);
    suite_add_tcase(suite, tcase);
    return test_main(suite);
}
