/* Functions shared by the tests of config/: an arena and an error for each test, parsing,
 * and comparing trees.  Each program includes it once. */
#ifndef FM_TESTS_TEST_YAML_H
#define FM_TESTS_TEST_YAML_H

#include "config/document.h"
#include "config/document_parse.h"
#include "config/scalar.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static struct fm_arena arena;
static struct fm_error err;

static inline void set_up(void)
{
    fm_arena_init(&arena);
    err = (struct fm_error){0};
}

static inline void tear_down(void)
{
    fm_arena_fail_after(0);
    fm_arena_fini(&arena);
}

/* Adds a tcase to the suite whose tests use these fixtures. */
static inline TCase *property(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    suite_add_tcase(suite, tcase);
    return tcase;
}

static inline enum fm_status parse_n(const char *text, size_t n, struct fm_yaml **root)
{
    return fm_yaml_parse(&arena, "a.yaml", ".", text, n, false, root, &err);
}

static inline struct fm_yaml *parse(const char *text)
{
    struct fm_yaml *root;
    ck_ok(parse_n(text, strlen(text), &root));
    return root;
}

/* Checks that the last error has this place, "LINE:COLUMN". */
static inline void check_head(const char *where)
{
    char head[100];
    (void)snprintf(head, sizeof head, "a.yaml:%s: error: ", where);
    ck_assert_msg(strncmp(err.message, head, strlen(head)) == 0, "message is: %s",
                  err.message);
}

static inline const char *typed(const struct fm_yaml *node)
{
    bool is_null = node->is_plain && fm_scalar_type(node->text) == FM_SCALAR_NULL;
    return is_null ? "null" : node->text;
}

static inline bool is_string(const struct fm_yaml *node)
{
    return !node->is_plain || fm_scalar_type(node->text) == FM_SCALAR_TEXT;
}

/* Whether two nodes are equal as values: places do not count, nor do quotes without
 * effect. */
static inline bool are_equal(const struct fm_yaml *a, const struct fm_yaml *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == FM_YAML_SCALAR)
        return is_string(a) == is_string(b) && strcmp(typed(a), typed(b)) == 0;
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        if (!are_equal(a->items[i], b->items[i]))
            return false;
        if (a->kind == FM_YAML_MAP && strcmp(a->keys[i]->text, b->keys[i]->text) != 0)
            return false;
    }
    return true;
}

static inline void check_place(const struct fm_yaml *node, unsigned line, unsigned column,
                               unsigned width)
{
    ck_assert_ptr_nonnull(node);
    ck_assert_uint_eq(node->line, line);
    ck_assert_uint_eq(node->column, column);
    if (width > 0)
        ck_assert_uint_eq(node->width, width);
}

#endif
