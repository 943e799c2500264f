#include <config.h>

#include "plan/top_values.h"

#include "base/error.h"
#include "config/document.h"
#include "config/document_error.h"
#include "config/yaml_value.h"

#include <string.h>

enum fm_status fm_name_read(const struct fm_reading *r, const struct fm_part *part,
                            const struct fm_yaml *node, struct fm_error *err)
{
    const char **name = &r->experiment->name;
    if (!node)
        return fm_yaml_fail(err, r->root,
                            "the experiment needs a name: name: my_experiment");
    FM_TRY(fm_yaml_string(node, part->key, name, err));
    size_t n = strlen(*name);
    if (n == 0 || n > 100
        || strspn(*name,
                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
               != n)
        return fm_yaml_fail(err, node,
                            "a name must have 1 to 100 letters, digits, _, - or .");
    return FM_OK;
}

enum { MAX_SEEDS = 100000 };

enum fm_status fm_seeds_read(const struct fm_reading *r, const struct fm_part *part,
                             const struct fm_yaml *node, struct fm_error *err)
{
    int64_t count = 1;
    bool is_list = node && node->kind == FM_YAML_LIST;
    if (is_list)
        count = (int64_t)node->n;
    else if (node)
        FM_TRY(fm_yaml_int(node, part->key, &count, err));
    if (count < 1 || count > MAX_SEEDS)
        return fm_yaml_fail(err, node,
                            "expected a number of seeds in [1, %d], or a list of "
                            "seeds",
                            MAX_SEEDS);
    uint64_t *seeds = FM_NEW(r->arena, (size_t)count, uint64_t);
    if (!seeds)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < (size_t)count; i++) {
        int64_t seed = (int64_t)i;
        if (is_list)
            FM_TRY(fm_yaml_int(node->items[i], "a seed", &seed, err));
        if (seed < 0)
            return fm_yaml_fail(err, node->items[i], "a seed must not be negative");
        seeds[i] = (uint64_t)seed;
        for (size_t j = 0; is_list && j < i; j++)
            if (seeds[j] == seeds[i])
                return fm_yaml_fail(err, node->items[i], "seed %lld occurs twice",
                                    (long long)seed);
    }
    r->experiment->seeds = seeds;
    r->experiment->n_seeds = (size_t)count;
    return FM_OK;
}
