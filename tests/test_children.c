/* Work in child processes, and how the children end. */
#include <config.h>

#include "base/children.h"
#include "base/process.h"
#include "support.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* ---- what children do ---- */

static void say_hello(void *context, int fd)
{
    (void)printf("printed");
    (void)fprintf(stderr, ", twice");
    (void)fm_process_send(fd, context, strlen(context));
}

static void exit_with_success(void *context, int fd)
{
    (void)context, (void)fd;
    exit(0);
}

static void die(void *context, int fd)
{
    (void)context, (void)fd;
    (void)raise(SIGKILL);
}

static void hang(void *context, int fd)
{
    (void)context;
    (void)fm_process_send(fd, "begun", 5);
    volatile bool is_endless = true;
    while (is_endless)
        ;
}

static void nothing(void *context, int fd)
{
    (void)context, (void)fd;
}

/* ---- what the parent learns ---- */

static const char *description(const struct fm_child *child, struct fm_text *text)
{
    fm_text_clear(text);
    fm_child_describe(text, child, 0.1);
    return fm_text_bytes(text);
}

START_TEST(each_kind_of_end_is_reported)
{
    static char hello[] = "hello";
    struct fm_child children[] = {
        {.work = say_hello, .context = hello, .is_captured = true},
        {.work = exit_with_success, .is_captured = true},
        {.work = die, .is_captured = true},
    };
    enum { N = sizeof children / sizeof *children };
    struct fm_text text = {0};
    struct fm_error err;
    ck_assert_int_eq(fm_children_run(N, children, N, INFINITY, NULL, NULL, &err), FM_OK);
    ck_assert_int_eq(children[0].end, FM_CHILD_FINISHED);
    ck_assert_str_eq(fm_text_bytes(&children[0].sent), "hello");
    ck_assert_uint_eq(children[0].printed.length, strlen("printed, twice"));
    ck_assert_int_eq(children[1].end, FM_CHILD_DIED);
    ck_assert_str_eq(description(&children[1], &text), "ended with exit status 0");
    ck_assert_int_eq(children[2].end, FM_CHILD_DIED);
    ck_assert_str_eq(description(&children[2], &text),
                     "killed by signal 9 (Killed), possibly out of memory");
    fm_text_fini(&text);
    for (size_t i = 0; i < N; i++)
        fm_child_fini(&children[i]);
}
END_TEST

START_TEST(a_child_that_hangs_is_killed_at_its_limit)
{
    struct fm_child child = {.work = hang};
    struct fm_text text = {0};
    struct fm_error err;
    ck_assert_int_eq(fm_children_run(1, &child, 1, 0.1, NULL, NULL, &err), FM_OK);
    ck_assert_int_eq(child.end, FM_CHILD_TOO_LONG);
    ck_assert_str_eq(description(&child, &text), "still busy after 0.1 s");
    fm_text_fini(&text);
    fm_child_fini(&child);
}
END_TEST

static double take_and_limit(void *context)
{
    struct fm_child *child = context;
    ck_assert_str_eq(fm_text_bytes(&child->sent), "begun");
    fm_text_cut_front(&child->sent, child->sent.length);
    return 0.1;
}

START_TEST(a_message_sets_a_new_limit)
{
    struct fm_child child = {.work = hang, .context = &child, .received = take_and_limit};
    struct fm_error err;
    ck_assert_int_eq(fm_children_run(1, &child, 1, INFINITY, NULL, NULL, &err), FM_OK);
    ck_assert_int_eq(child.end, FM_CHILD_TOO_LONG);
    ck_assert_uint_eq(child.sent.length, 0);
    fm_child_fini(&child);
}
END_TEST

static enum fm_status count(void *context, size_t index, struct fm_error *err)
{
    size_t *n = context;
    ++*n;
    return index == 5 ? fm_fail(err, FM_ERROR_IO, "as asked") : FM_OK;
}

START_TEST(all_are_done_unless_a_call_fails)
{
    enum { N = 200 };
    struct fm_child *children = calloc(N, sizeof *children);
    struct fm_error err;
    size_t n = 0;
    ck_assert_ptr_nonnull(children);
    for (size_t i = 0; i < N; i++)
        children[i].work = i % 2 ? nothing : NULL; /* NULL: no work */
    ck_assert_int_eq(fm_children_run(N, children, 8, INFINITY, count, &n, &err),
                     FM_ERROR_IO);
    ck_assert_uint_lt(n, N);
    ck_assert_int_eq(fm_children_run(5, children, 8, INFINITY, count, &n, &err), FM_OK);
    for (size_t i = 0; i < N; i++)
        fm_child_fini(&children[i]);
    free(children);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("children");
    TCase *ends = tcase_create("ends"), *limits = tcase_create("limits");
    tcase_add_test(ends, each_kind_of_end_is_reported);
    tcase_add_test(ends, all_are_done_unless_a_call_fails);
    tcase_add_test(limits, a_child_that_hangs_is_killed_at_its_limit);
    tcase_add_test(limits, a_message_sets_a_new_limit);
    suite_add_tcase(suite, ends);
    suite_add_tcase(suite, limits);
    return test_main(suite);
}
