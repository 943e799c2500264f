#include <config.h>

#include "config/option_value.h"

#include "base/error.h"
#include "base/file.h"
#include "config/document.h"
#include "config/document_error.h"
#include "config/document_parse.h"
#include "config/option_range.h"
#include "config/yaml_value.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the readers of numbers share. */
struct numbers {
    struct fm_arena *arena;
    const struct fm_option *option;
    const char *expected;
    struct fm_error *err;
};

static enum fm_status read_number(const struct numbers *s, const struct fm_yaml *node,
                                  const char *what, void *value)
{
    bool is_int = s->option->type == FM_INT || s->option->type == FM_INTS, is_allowed;
    if (is_int) {
        int64_t number = 0;
        FM_TRY(fm_yaml_int_as(node, what, s->expected, &number, s->err));
        is_allowed = fm_option_allows_int(s->option, number);
        memcpy(value, &number, is_allowed ? sizeof number : 0);
    } else {
        double number = 0;
        FM_TRY(fm_yaml_real_as(node, what, s->expected, &number, s->err));
        is_allowed = fm_option_allows_real(s->option, number);
        memcpy(value, &number, is_allowed ? sizeof number : 0);
    }
    return is_allowed ? FM_OK : fm_yaml_fail_type(node, what, s->expected, s->err);
}

/* Reads a list's numbers into values, [node->n] of 8 bytes; errors name "hidden[2]". */
static enum fm_status read_items(const struct numbers *s, const struct fm_yaml *node,
                                 const char *what, void *values)
{
    for (size_t i = 0; i < node->n; i++) {
        char item[200];
        (void)snprintf(item, sizeof item, "%.150s[%zu]", what, i);
        FM_TRY(read_number(s, node->items[i], item, (char *)values + 8 * i));
    }
    return FM_OK;
}

static enum fm_status read_list(const struct numbers *s, const struct fm_yaml *node,
                                size_t *n_values, const void **values)
{
    const char *name = s->option->name;
    size_t n = node->kind == FM_YAML_LIST ? node->n : 1;
    void *numbers = fm_arena_take(s->arena, n, 8);
    if (!numbers)
        return fm_out_of_memory(s->err);
    if (node->kind == FM_YAML_LIST)
        FM_TRY(read_items(s, node, name, numbers));
    else
        FM_TRY(read_number(s, node, name, numbers));
    *n_values = n;
    *values = n > 0 ? numbers : NULL;
    return FM_OK;
}

static enum fm_status read_matrix(const struct numbers *s, const struct fm_yaml *node,
                                  struct fm_matrix *matrix)
{
    const char *name = s->option->name;
    const char *expected = "list of equally long lists of numbers";
    if (node->kind != FM_YAML_LIST)
        return fm_yaml_fail_type(node, name, expected, s->err);
    size_t n_columns = node->n > 0 ? node->items[0]->n : 0;
    double *values = fm_arena_take(s->arena, node->n * n_columns, sizeof *values);
    if (!values)
        return fm_out_of_memory(s->err);
    for (size_t i = 0; i < node->n; i++) {
        const struct fm_yaml *row = node->items[i];
        char what[200];
        (void)snprintf(what, sizeof what, "%.150s[%zu]", name, i);
        if (row->kind != FM_YAML_LIST)
            return fm_yaml_fail_type(row, what, expected, s->err);
        if (row->n == 0)
            return fm_yaml_fail(s->err, row, "%s: an empty row", what);
        if (row->n != n_columns)
            return fm_yaml_fail(s->err, row,
                                "%s: this row has %zu numbers, the first has %zu", what,
                                row->n, n_columns);
        FM_TRY(read_items(s, row, what, values + i * n_columns));
    }
    *matrix = (struct fm_matrix){node->n, n_columns, node->n > 0 ? values : NULL};
    return FM_OK;
}

static enum fm_status read_choice(const struct fm_option *option,
                                  const struct fm_yaml *node, const char *expected,
                                  int *index, struct fm_error *err)
{
    if (node->kind != FM_YAML_SCALAR)
        return fm_yaml_fail_type(node, option->name, expected, err);
    for (int i = 0; option->choices && option->choices[i]; i++)
        if (strcmp(option->choices[i], node->text) == 0) {
            *index = i;
            return FM_OK;
        }
    const char *nearest =
        option->choices ? fm_nearest(node->text, option->choices, (size_t)-1) : NULL;
    if (!nearest)
        return fm_yaml_fail_type(node, option->name, expected, err);
    return fm_yaml_fail(err, node, "%s: expected %s, found %s; did you mean \"%s\"?",
                        option->name, expected, fm_quote(node->text).text, nearest);
}

static enum fm_status read_file(struct fm_arena *arena, const struct fm_option *option,
                                const struct fm_yaml *node, const char *folder,
                                const char **path, struct fm_error *err)
{
    const char *text = "";
    struct stat st;
    FM_TRY(fm_yaml_string(node, option->name, &text, err));
    if (!folder || text[0] == '\0') {
        *path = text;
        return FM_OK;
    }
    const char *joined = fm_path_join(arena, folder, text);
    if (!joined)
        return fm_out_of_memory(err);
    if (stat(joined, &st) != 0 || access(joined, R_OK) != 0)
        return fm_yaml_fail(err, node, "%s: can't read the file %s: %s", option->name,
                            fm_quote(joined).text, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return fm_yaml_fail(err, node, "%s: %s is not a regular file", option->name,
                            fm_quote(joined).text);
    *path = joined;
    return FM_OK;
}

static enum fm_status read_numbers(struct numbers *s, const struct fm_yaml *node,
                                   void *value)
{
    size_t n = 0;
    const void *values = NULL;
    if (s->option->type == FM_INT || s->option->type == FM_REAL)
        return read_number(s, node, s->option->name, value);
    if (s->option->type == FM_MATRIX)
        return read_matrix(s, node, value);
    FM_TRY(read_list(s, node, &n, &values));
    if (s->option->type == FM_INTS)
        *(struct fm_ints *)value = (struct fm_ints){n, values};
    else
        *(struct fm_reals *)value = (struct fm_reals){n, values};
    return FM_OK;
}

enum fm_status fm_option_read(struct fm_arena *arena, const struct fm_option *option,
                              const struct fm_yaml *node, const char *folder, void *block,
                              struct fm_error *err)
{
    void *value = (char *)block + option->offset;
    enum fm_status status = FM_OK;
    struct fm_text expected = {0};
    if (option->type == FM_BOOL)
        return fm_yaml_bool(node, option->name, value, err);
    if (option->type == FM_TEXT)
        return fm_yaml_string(node, option->name, value, err);
    if (option->type == FM_FILE)
        return read_file(arena, option, node, folder, value, err);
    fm_option_describe_element(&expected, option);
    struct numbers numbers = {arena, option, fm_text_bytes(&expected), err};
    if (option->type == FM_CHOICE)
        status = read_choice(option, node, numbers.expected, value, err);
    else
        status = read_numbers(&numbers, node, value);
    fm_text_fini(&expected);
    return status;
}

enum fm_status fm_option_read_default(struct fm_arena *arena,
                                      const struct fm_option *option, const char *owner,
                                      const char *folder, void *block, struct fm_error *err)
{
    char name[300];
    struct fm_yaml *node;
    const char *text = option->default_text;
    if (text[0] == '\0' && (option->type == FM_TEXT || option->type == FM_FILE)) {
        *(const char **)(void *)((char *)block + option->offset) = "";
        return FM_OK;
    }
    if (text[0] == '\0'
        && (option->type == FM_INTS || option->type == FM_REALS
            || option->type == FM_MATRIX))
        return FM_OK; /* the zeroed block's n = 0 */
    (void)snprintf(name, sizeof name, "default of %.60s of %.200s", option->name, owner);
    enum fm_status status =
        fm_yaml_parse(arena, name, ".", text, strlen(text), false, &node, err);
    if (status == FM_OK)
        status = fm_option_read(arena, option, node, folder, block, err);
    if (status != FM_ERROR_CONFIG)
        return status;
    if (err)
        err->status = FM_ERROR_PLUGIN;
    return FM_ERROR_PLUGIN;
}
