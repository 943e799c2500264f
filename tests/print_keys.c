/* Prints the keys of a config's sweep, runs and samplings, and the sha256 of each metric's
 * definition, one per line, for tests/test_pinned.sh.
 *
 *     print_keys CONFIG     with the plugins of $FMRUN_PLUGIN_PATH */
#include <config.h>

#include "base/error.h"
#include "plan/plan.h"

#include <stdio.h>
#include <string.h>

static enum fm_status print_keys(struct fm_arena *arena, const char *path,
                                 struct fm_error *err)
{
    struct fm_registry registry;
    struct fm_plan plan;
    FM_TRY(fm_registry_init(&registry, arena, NULL, err));
    FM_TRY(fm_plan_read(arena, &registry, path, 0, NULL, &plan, err));
    printf("sweep %s %s\n", plan.key, plan.name);
    for (size_t i = 0; i < plan.n_runs; i++)
        printf("run %s seed %llu\n", plan.runs[i].key,
               (unsigned long long)plan.runs[i].seed);
    for (size_t p = 0; p < plan.n_points; p++) {
        const struct fm_point *point = &plan.points[p];
        for (size_t i = 0; i < point->experiment.n_methods; i++)
            printf("sampling %s point %zu %s\n", point->samplings[i].key, p,
                   point->samplings[i].method->label);
        for (size_t i = 0; i < point->experiment.n_metrics; i++) {
            char hash[FM_HASH_SIZE];
            fm_hash(point->metrics[i].text, strlen(point->metrics[i].text), hash);
            printf("metric %s point %zu %s\n", hash, p,
                   point->metrics[i].metric->loaded->plugin->name);
        }
    }
    return FM_OK;
}

int main(int argc, char **argv)
{
    struct fm_arena arena = {0};
    struct fm_error err = {0};
    if (argc != 2) {
        (void)fprintf(stderr, "usage: print_keys CONFIG\n");
        return 64;
    }
    enum fm_status status = print_keys(&arena, argv[1], &err);
    if (status != FM_OK)
        (void)fprintf(stderr, "%s\n", err.message);
    fm_arena_fini(&arena);
    return fm_status_exit_code(status);
}
