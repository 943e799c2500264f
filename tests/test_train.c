/* Training as a whole: the same bits for any number of threads and after a resumption, and
 * no allocations. */
#include <config.h>

#include "test_trainer.h"

#include <math.h>
#include <stdatomic.h>

/* ---- allocations of the program itself, counted through the linker's --wrap ---- */

static atomic_size_t n_allocations;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t n);

void *__wrap_malloc(size_t n)
{
    atomic_fetch_add(&n_allocations, 1);
    return __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    atomic_fetch_add(&n_allocations, 1);
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    atomic_fetch_add(&n_allocations, 1);
    return __real_realloc(p, n);
}

void *__wrap_aligned_alloc(size_t alignment, size_t n)
{
    atomic_fetch_add(&n_allocations, 1);
    return __real_aligned_alloc(alignment, n);
}

/* ---- the same bits ---- */

/* Every kind of batch and optimiser on the affine path, and each other variant once. */
static const struct {
    int options, variant;
} cases[] = {{0, 0}, {1, 0}, {2, 0}, {1, 1}, {0, 2},
             {0, 3}, {1, 4}, {3, 0}, {4, 0}, {1, 5}};
enum { N_CASES = sizeof cases / sizeof *cases };

/* Checks that the bins of all steps have every row and the sum of all losses. */
static void check_bins(const struct setting *s, const double *losses)
{
    const struct fm_loss_bins *bins = &fm_trainer_progress(s->trainer)->bins;
    const double batch = (double)s->options.batch;
    double sum = 0, expected = 0;
    uint64_t n = 0;
    for (size_t k = 0; k < FM_LOSS_BINS; k++) {
        sum += bins->sum[k];
        n += bins->n_rows[k];
    }
    for (size_t i = 0; i < N_STEPS; i++)
        expected += losses[i] * batch;
    ck_assert_uint_eq(n, N_STEPS * (uint64_t)s->options.batch);
    ck_near(sum, expected, 1e-12 * expected);
}

START_TEST(weights_and_losses_are_the_same_bits_for_any_number_of_threads)
{
    static const size_t n_threads[] = {2, 3, 4, 7};
    double losses[N_STEPS], others[N_STEPS];
    struct setting one, other;
    int options = cases[_i].options, variant = cases[_i].variant;
    open_trainer(&one, options_at(options), variant, 1);
    take_steps(&one, N_STEPS, losses);
    check_bins(&one, losses);
    for (size_t k = 0; k < sizeof n_threads / sizeof *n_threads; k++) {
        open_trainer(&other, options_at(options), variant, n_threads[k]);
        take_steps(&other, N_STEPS, others);
        ck_assert_mem_eq(losses, others, sizeof losses);
        compare_states(&one, &other, "threads");
        ck_assert_mem_eq(&fm_trainer_progress(one.trainer)->bins,
                         &fm_trainer_progress(other.trainer)->bins,
                         sizeof(struct fm_loss_bins));
        close_trainer(&other);
    }
    close_trainer(&one);
}
END_TEST

static void copy_state(struct fm_trainer *from, struct fm_trainer *to)
{
    const size_t size = fm_trainer_state(from)->n;
    size_t n, m;
    const struct fm_train_block *a = fm_trainer_blocks(from, &n),
                                *b = fm_trainer_blocks(to, &m);
    ck_assert_uint_eq(n, m);
    for (size_t k = 0; k < n; k++) {
        ck_assert_str_eq(a[k].name, b[k].name);
        memcpy(b[k].values, a[k].values, size * sizeof *b[k].values);
    }
    *fm_trainer_progress(to) = *fm_trainer_progress(from);
    fm_trainer_restored(to);
}

START_TEST(a_resumed_training_is_the_uninterrupted_one)
{
    enum { BEFORE = 11 };
    double losses[N_STEPS], others[N_STEPS];
    struct setting whole, first, second;
    int options = cases[_i].options, variant = cases[_i].variant;
    open_trainer(&whole, options_at(options), variant, 2);
    take_steps(&whole, N_STEPS, losses);
    open_trainer(&first, options_at(options), variant, 1);
    take_steps(&first, BEFORE, others);
    open_trainer(&second, options_at(options), variant, 2);
    copy_state(first.trainer, second.trainer);
    ck_assert_uint_eq(fm_trainer_progress(second.trainer)->n_steps, BEFORE);
    take_steps(&second, N_STEPS - BEFORE, others + BEFORE);
    ck_assert_mem_eq(losses, others, sizeof losses);
    compare_states(&whole, &second, "resume");
    close_trainer(&whole);
    close_trainer(&first);
    close_trainer(&second);
}
END_TEST

START_TEST(steps_allocate_nothing)
{
    struct setting s;
    static const int variants[] = {0, 2, 3, 4};
    const bool takes_memory = variants[_i] == 3;
    double losses[2];
    struct fm_train_options o = options_at(0);
    o.validate_every = 7;
    o.validate_rows = 100;
    open_trainer(&s, o, variants[_i], 2);
    take_steps(
        &s, 2,
        losses); /* a coupling allocates its memory in one piece from the second step on */
    ck_assert_uint_gt(atomic_load(&n_allocations), 0); /* the counter works */
    size_t n_takes = fm_arena_n_takes(), n_before = atomic_load(&n_allocations);
    struct fm_error err = {0};
    struct fm_train_step_result report;
    for (int i = 0; i < 1000; i++) /* no macros of Check here: they allocate */
        if (fm_trainer_step(s.trainer, &report, &err) != FM_OK)
            ck_abort_msg("%s", err.message);
    size_t n_after = atomic_load(&n_allocations);
    ck_assert((fm_arena_n_takes() == n_takes) == !takes_memory);
    ck_assert_uint_eq(n_after, n_before);
    ck_assert_uint_eq(report.step, 1002);
    close_trainer(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("train");
    TCase *bits = tcase_create("same bits");
    tcase_add_loop_test(
        bits, weights_and_losses_are_the_same_bits_for_any_number_of_threads, 0, N_CASES);
    tcase_add_loop_test(bits, a_resumed_training_is_the_uninterrupted_one, 0, N_CASES);
    suite_add_tcase(suite, bits);
    TCase *memory = tcase_create("memory");
    tcase_add_loop_test(memory, steps_allocate_nothing, 0, 4);
    suite_add_tcase(suite, memory);
    return test_main(suite);
}
