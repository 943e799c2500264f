/* Plugins that can't be loaded are errors that name the reason, before any of their code
 * runs. */
#include <config.h>

#include "base/arena.h"
#include "host/registry.h"
#include "support.h"

#include <string.h>

static const struct {
    const char *name, *fragment;
} misfits[] = {
    {"wrong_abi", "ABI 7"},        {"wrong_magic", "magic"},
    {"wrong_size", "bytes"},       {"wrong_name", "another_name"},
    {"wrong_kind", "path"},        {"missing_operation", "tableau"},
    {"no_symbol", "fmrun_plugin"}, {"not_there", "not_there"},
};
enum { N_MISFITS = sizeof misfits / sizeof *misfits };

static enum fm_status load(struct fm_arena *arena, enum fm_kind kind, const char *name,
                           const struct fm_loaded **loaded, struct fm_error *err)
{
    static char path[5000];
    struct fm_registry *registry = FM_NEW(arena, 1, struct fm_registry);
    (void)snprintf(path, sizeof path, "%s/tests/bad_plugins", test_build_folder());
    FM_TRY(fm_registry_init(registry, arena, path, err));
    return fm_registry_load(registry, kind, name, loaded, err);
}

START_TEST(a_plugin_that_does_not_match_is_an_error)
{
    struct fm_arena arena = {0};
    struct fm_error err = {0};
    const struct fm_loaded *loaded = NULL;
    ck_fails(load(&arena, FM_SOLVER, misfits[_i].name, &loaded, &err), FM_ERROR_PLUGIN,
             misfits[_i].fragment);
    ck_assert_ptr_null(loaded);
    ck_assert_msg(strstr(err.message, misfits[_i].name) != NULL, "no file name: %s",
                  err.message);
    fm_arena_fini(&arena);
}
END_TEST

START_TEST(a_plugin_of_each_kind_loads_from_an_extra_path)
{
    struct fm_arena arena = {0};
    struct fm_error err = {0};
    const struct fm_loaded *loaded = NULL;
    ck_ok(load(&arena, (enum fm_kind)_i, "null", &loaded, &err));
    ck_assert_str_eq(loaded->plugin->name, "null");
    ck_assert_int_eq((int)loaded->plugin->kind, _i);
    fm_arena_fini(&arena);
}
END_TEST

static enum fm_status never_measured(const void *options,
                                     const struct fm_services *services,
                                     const struct fm_measurement *m,
                                     struct fm_estimate *estimate, struct fm_error *err)
{
    (void)options, (void)services, (void)m, (void)estimate;
    return fm_fail(err, FM_ERROR_INTERNAL, "measured");
}

START_TEST(references_of_densities_and_of_samples_do_not_combine)
{
    static const struct {
        unsigned references;
        bool is_fine;
    } cases[] = {
        {FM_REFERENCE_NONE, true},
        {FM_REFERENCE_DATA | FM_REFERENCE_SOLVE | FM_REFERENCE_EXACT | FM_REFERENCE_ENERGY,
         true},
        {FM_REFERENCE_DENSITY, true},
        {FM_REFERENCE_DENSITY | FM_REFERENCE_DATA_DENSITY, true},
        {FM_REFERENCE_DATA_DENSITY, false},
        {FM_REFERENCE_DATA | FM_REFERENCE_DATA_DENSITY, false},
        {FM_REFERENCE_DENSITY | FM_REFERENCE_SOLVE, false},
        {FM_REFERENCE_DENSITY | FM_REFERENCE_DATA_DENSITY | FM_REFERENCE_ENERGY, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct fm_metric_ops ops = {.size = sizeof ops,
                                          .references = cases[i].references,
                                          .measure = never_measured};
        const struct fm_plugin plugin = {FM_PLUGIN_HEADER, .kind = FM_METRIC,
                                         .name = "m",      .version = 1,
                                         .summary = "s",   .metric = &ops};
        struct fm_arena arena = {0};
        struct fm_loaded loaded = {.file = "m.so"};
        struct fm_error err = {0};
        if (cases[i].is_fine)
            ck_ok(fm_plugin_check(&arena, &plugin, FM_METRIC, "m", &loaded, &err));
        else
            ck_fails(fm_plugin_check(&arena, &plugin, FM_METRIC, "m", &loaded, &err),
                     FM_ERROR_PLUGIN, "FM_REFERENCE_DENSITY");
        fm_arena_fini(&arena);
    }
}
END_TEST

static enum fm_status never_opened(const void *options, const struct fm_services *services,
                                   struct fm_dataset *d, struct fm_error *err)
{
    (void)options, (void)services, (void)d;
    return fm_fail(err, FM_ERROR_INTERNAL, "opened");
}

static void never_read(const void *options, const struct fm_dataset *d, size_t index,
                       double *x)
{
    (void)options, (void)d, (void)index, (void)x;
}

static double never_asked(const void *options, const struct fm_dataset *d)
{
    (void)options, (void)d;
    return 0;
}

/* A table that ends before `entropy`: the bytes there do not belong to it. */
START_TEST(a_shorter_table_is_one_without_its_last_members_and_a_longer_one_is_refused)
{
    struct fm_dataset_ops ops = {.size = offsetof(struct fm_dataset_ops, entropy),
                                 .open = never_opened,
                                 .read = never_read,
                                 .entropy = never_asked};
    struct fm_plugin plugin = {FM_PLUGIN_HEADER, .kind = FM_DATASET, .name = "d",
                               .version = 1,     .summary = "s",     .dataset = &ops};
    struct fm_arena arena = {0};
    struct fm_loaded loaded = {.file = "d.so"};
    struct fm_error err = {0};
    plugin.size = offsetof(struct fm_plugin, metric);
    plugin.metric = (const void *)&ops;
    ck_ok(fm_plugin_check(&arena, &plugin, FM_DATASET, "d", &loaded, &err));
    ck_assert(loaded.plugin->dataset->open == never_opened);
    ck_assert(loaded.plugin->dataset->read == never_read);
    ck_assert(loaded.plugin->dataset->entropy == NULL);
    ck_assert_ptr_null(loaded.plugin->metric);
    ops.size = sizeof ops + sizeof ops.entropy;
    ck_fails(fm_plugin_check(&arena, &plugin, FM_DATASET, "d", &loaded, &err),
             FM_ERROR_PLUGIN, "struct fm_dataset_ops has");
    ops.size = offsetof(struct fm_dataset_ops, open);
    ck_fails(fm_plugin_check(&arena, &plugin, FM_DATASET, "d", &loaded, &err),
             FM_ERROR_PLUGIN, "must have open");
    fm_arena_fini(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bad plugins");
    TCase *contract = tcase_create("contract");
    tcase_add_loop_test(contract, a_plugin_that_does_not_match_is_an_error, 0, N_MISFITS);
    tcase_add_loop_test(contract, a_plugin_of_each_kind_loads_from_an_extra_path, 0,
                        FM_N_KINDS);
    tcase_add_test(contract, references_of_densities_and_of_samples_do_not_combine);
    tcase_add_test(
        contract,
        a_shorter_table_is_one_without_its_last_members_and_a_longer_one_is_refused);
    suite_add_tcase(suite, contract);
    return test_main(suite);
}
