#include <config.h>

#include "config/document_parse.h"
#include "plugin_support.h"

#include "config/options.h"
#include "host/data.h"
#include "host/registry.h"
#include "support.h"

#include <string.h>

void test_plugin_open(struct test_plugin *t, enum fm_kind kind, const char *name,
                      const char *yaml)
{
    struct fm_error err = {0};
    struct fm_registry registry;
    const struct fm_loaded *loaded = NULL;
    struct fm_yaml *map = NULL;
    *t = (struct test_plugin){0};
    t->services = fm_services_make(&t->arena);
    ck_ok(fm_registry_init(&registry, &t->arena, NULL, &err));
    ck_ok(fm_registry_load(&registry, kind, name, &loaded, &err));
    t->plugin = loaded->plugin;
    if (yaml)
        ck_ok(fm_yaml_parse(&t->arena, "test", ".", yaml, strlen(yaml), true, &map, &err));
    void *options = fm_arena_take(&t->arena, 1, t->plugin->options_size);
    if (t->plugin->options)
        ck_ok(fm_options_bind(&t->arena, t->plugin->options, t->plugin->options_size, map,
                              name, NULL, options, &err));
    t->options = options;
}

void test_plugin_close(struct test_plugin *t)
{
    fm_arena_fini(&t->arena);
}

enum fm_status test_dataset_open(struct test_plugin *t, size_t dim, struct fm_dataset *d,
                                 struct fm_error *err)
{
    *d = (struct fm_dataset){.dim = dim};
    FM_TRY(t->plugin->dataset->open(t->options, &t->services, d, err));
    d->services = &t->services;
    return FM_OK;
}
