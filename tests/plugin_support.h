/* Built plugins in tests, loaded through the registry as the host does, with options bound
 * from YAML and services over an arena. */
#ifndef FM_TESTS_PLUGIN_SUPPORT_H
#define FM_TESTS_PLUGIN_SUPPORT_H

#include "base/arena.h"
#include <fmrun/plugin.h>

struct test_plugin {
    const struct fm_plugin *plugin;
    const void *options;
    struct fm_arena arena;
    struct fm_services services;
};

/* Loads the plugin and binds options ("{noise: 0.1}", or NULL for defaults); an error fails
 * the test. t must not move until closed. */
void test_plugin_open(struct test_plugin *t, enum fm_kind kind, const char *name,
                      const char *yaml);
void test_plugin_close(struct test_plugin *t);

/* t's data set, opened for `dim` coordinates (0: any). */
enum fm_status test_dataset_open(struct test_plugin *t, size_t dim, struct fm_dataset *d,
                                 struct fm_error *err);

/* |actual - expected| <= tolerance, with a message that shows all three. */
#define ck_near(actual, expected, tolerance)                                               \
    do {                                                                                   \
        double a_ = (actual), e_ = (expected), t_ = (tolerance);                           \
        ck_assert_msg(fabs(a_ - e_) <= t_, "%s is %.15g, expected %.15g +- %.3g", #actual, \
                      a_, e_, t_);                                                         \
    } while (0)

#endif
