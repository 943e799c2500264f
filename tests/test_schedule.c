/* Learning rates and the number of shards, which depend on the training options only. */
#include <config.h>

#include "plugin_support.h"
#include "support.h"
#include "test_train.h"

#include <math.h>

START_TEST(the_learning_rate_is_constant_after_a_linear_warmup)
{
    struct fm_train_options o = test_train_options(100, 64);
    ck_assert(fm_learning_rate(&o, 1) == 1e-3 && fm_learning_rate(&o, 100) == 1e-3);
    o.warmup = 10;
    ck_near(fm_learning_rate(&o, 1), 1e-4, 1e-18);
    ck_near(fm_learning_rate(&o, 7), 7e-4, 1e-18);
    ck_assert(fm_learning_rate(&o, 10) == 1e-3 && fm_learning_rate(&o, 11) == 1e-3);
    ck_assert(fm_learning_rate(&o, 100) == 1e-3);
}
END_TEST

/* final + (lr - final) (1 + cos(pi p)) / 2 with p = (n - warmup) / (steps - warmup):
 * (1 + cos(pi / 3)) / 2 = 3/4, (1 + cos(pi / 2)) / 2 = 1/2, (1 + cos(2 pi / 3)) / 2 = 1/4.
 */
START_TEST(the_cosine_schedule_falls_from_lr_to_final_lr)
{
    struct fm_train_options o = test_train_options(130, 64);
    o.schedule = FM_SCHEDULE_COSINE;
    o.warmup = 10;
    o.final_lr = 2e-4;
    ck_near(fm_learning_rate(&o, 5), 5e-4, 1e-18);
    ck_assert(fm_learning_rate(&o, 10) == 1e-3);
    ck_near(fm_learning_rate(&o, 50), 2e-4 + 8e-4 * 0.75, 1e-17);
    ck_near(fm_learning_rate(&o, 70), 2e-4 + 8e-4 * 0.5, 1e-17);
    ck_near(fm_learning_rate(&o, 90), 2e-4 + 8e-4 * 0.25, 1e-17);
    ck_near(fm_learning_rate(&o, 130), 2e-4, 1e-17);
    ck_near(fm_learning_rate(&o, 1000), 2e-4, 1e-17);
    o.warmup = 200; /* longer than the training */
    ck_near(fm_learning_rate(&o, 130), 1e-3 * 130 / 200, 1e-18);
}
END_TEST

START_TEST(the_linear_schedule_falls_evenly_to_final_lr)
{
    struct fm_train_options o = test_train_options(130, 64);
    o.schedule = FM_SCHEDULE_LINEAR;
    o.warmup = 10;
    o.final_lr = 2e-4;
    ck_near(fm_learning_rate(&o, 5), 5e-4, 1e-18);
    ck_assert(fm_learning_rate(&o, 10) == 1e-3);
    ck_near(fm_learning_rate(&o, 40), 8e-4, 1e-17); /* 1e-3 - 8e-4 30 / 120 */
    ck_near(fm_learning_rate(&o, 100), 4e-4, 1e-17);
    ck_near(fm_learning_rate(&o, 130), 2e-4, 1e-17);
    ck_near(fm_learning_rate(&o, 1000), 2e-4, 1e-17);
    o.final_lr = 2e-3; /* it may also rise */
    ck_near(fm_learning_rate(&o, 40), 1.25e-3, 1e-17);
}
END_TEST

START_TEST(shards_depend_on_the_batch_alone)
{
    static const size_t cases[][3] = {/* batch, shards asked for, shards */
                                      {1, 0, 1},      {63, 0, 1},    {64, 0, 2},
                                      {128, 0, 4},    {256, 0, 4},   {1024, 0, 4},
                                      {2048, 0, 8},   {4096, 0, 16}, {16384, 0, 64},
                                      {65536, 0, 64}, {8, 3, 3},     {8, 100, 8}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fm_train_options o = test_train_options(1, (int64_t)cases[i][0]);
        o.shards = (int64_t)cases[i][1];
        ck_assert_uint_eq(fm_n_shards(&o), cases[i][2]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schedule");
    TCase *schedule = tcase_create("schedules");
    tcase_add_test(schedule, the_learning_rate_is_constant_after_a_linear_warmup);
    tcase_add_test(schedule, the_cosine_schedule_falls_from_lr_to_final_lr);
    tcase_add_test(schedule, the_linear_schedule_falls_evenly_to_final_lr);
    suite_add_tcase(suite, schedule);
    TCase *shards = tcase_create("shards");
    tcase_add_test(shards, shards_depend_on_the_batch_alone);
    suite_add_tcase(suite, shards);
    return test_main(suite);
}
