/* Reads the named files, or stdin, as configs: parses, binds to a table of every option type,
 * emits, and parses the output.  Aborts when a property does not hold; a wrong config is no
 * failure.  For a fuzzer, or a loop over mutated files. */
#include <config.h>

#include "config/document.h"
#include "config/document_edit.h"
#include "config/document_emit.h"
#include "config/document_parse.h"
#include "config/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
    bool flag;
    int64_t count;
    double rate;
    const char *name;
    int choice;
    struct fm_ints sizes;
    struct fm_reals times;
    struct fm_matrix a;
};

static const char *const colours[] = {"red", "green", "no", "1", NULL};

/* clang-format off */
static const struct fm_option table[] = {
    {"flag",   FM_BOOL,   offsetof(struct block, flag),   "false"},
    {"count",  FM_INT,    offsetof(struct block, count),  "3", .minimum = -5, .maximum = 9e18},
    {"rate",   FM_REAL,   offsetof(struct block, rate),   "1e-3"},
    {"name",   FM_TEXT,   offsetof(struct block, name),   ""},
    {"choice", FM_CHOICE, offsetof(struct block, choice), "red", .choices = colours},
    {"sizes",  FM_INTS,   offsetof(struct block, sizes),  "[1, 2]"},
    {"times",  FM_REALS,  offsetof(struct block, times),  ""},
    {"a",      FM_MATRIX, offsetof(struct block, a),      ""},
    {0}};
/* clang-format on */

static void require(bool condition, const char *property)
{
    if (condition)
        return;
    (void)fprintf(stderr, "fuzz_config: does not hold: %s\n", property);
    abort();
}

static enum fm_status parse(struct fm_arena *arena, const char *bytes, size_t n,
                            struct fm_yaml **root)
{
    struct fm_error err = {0};
    enum fm_status status = fm_yaml_parse(arena, "fuzz", ".", bytes, n, false, root, &err);
    require(status == FM_OK || strlen(err.message) > 0, "a failure has a message");
    return status;
}

static void bind_and_emit(struct fm_arena *arena, const struct fm_yaml *map)
{
    struct block block, again;
    struct fm_error err = {0};
    struct fm_text text = {0}, second = {0};
    if (fm_options_bind(arena, table, sizeof block, map, "fuzz", NULL, &block, &err)
        != FM_OK)
        return;
    struct fm_yaml *read;
    fm_text_add(&text, "{x: 1");
    require(fm_options_emit(&text, table, &block, false, &err) == FM_OK,
            "options are emitted");
    fm_text_add(&text, "}");
    require(parse(arena, fm_text_bytes(&text), text.length, &read) == FM_OK,
            "emitted options parse");
    static const char *const also[] = {"x", NULL};
    require(fm_options_bind(arena, table, sizeof again, read, "fuzz", also, &again, &err)
                == FM_OK,
            "emitted options bind");
    fm_text_add(&second, "{x: 1");
    require(fm_options_emit(&second, table, &again, false, &err) == FM_OK,
            "options are emitted again");
    fm_text_add(&second, "}");
    require(strcmp(fm_text_bytes(&text), fm_text_bytes(&second)) == 0,
            "options stay what they were");
    fm_text_fini(&text);
    fm_text_fini(&second);
}

static void try_one(const char *bytes, size_t n)
{
    struct fm_arena arena = {0};
    struct fm_text first = {0}, second = {0};
    struct fm_error err = {0};
    struct fm_yaml *root, *read;
    if (parse(&arena, bytes, n, &root) == FM_OK) {
        fm_yaml_emit(&first, root, 0);
        if (first.length <= FM_YAML_MAX_BYTES) { /* escapes may have made it longer */
            require(parse(&arena, fm_text_bytes(&first), first.length, &read) == FM_OK,
                    "what is emitted parses");
            fm_yaml_emit(&second, read, 0);
            require(strcmp(fm_text_bytes(&first), fm_text_bytes(&second)) == 0,
                    "a tree is emitted the same again");
        }
        bind_and_emit(&arena, root);
    }
    if (memchr(bytes, '\0', n) == NULL && n < FM_YAML_MAX_BYTES) {
        char *text = fm_arena_text_n(&arena, bytes, n);
        require(parse(&arena, "{a: {b: 1}, l: [1, {c: 2}]}", 27, &root) == FM_OK, "a base");
        if (text && fm_yaml_override(&arena, root, text, &err) == FM_OK)
            fm_yaml_emit(&second, root, 2);
    }
    fm_text_fini(&first);
    fm_text_fini(&second);
    fm_arena_fini(&arena);
}

static void try_stream(FILE *file)
{
    static char bytes[FM_YAML_MAX_BYTES + 2];
    size_t n = fread(bytes, 1, sizeof bytes, file);
    char *exact =
        malloc(n + 1); /* exactly sized, so that a sanitizer sees reads beyond it */
    require(exact != NULL, "memory");
    memcpy(exact, bytes, n);
    try_one(exact, n);
    free(exact);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        try_stream(stdin);
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (!file) {
            perror(argv[i]);
            return EXIT_FAILURE;
        }
        try_stream(file);
        (void)fclose(file);
    }
    return EXIT_SUCCESS;
}
