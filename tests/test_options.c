#include <config.h>

#include "base/file.h"
#include "config/document.h"
#include "config/document_edit.h"
#include "config/document_parse.h"
#include "config/option_emit.h"
#include "config/option_range.h"
#include "config/options.h"
#include "config/options_check.h"
#include "test_yaml.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct options {
    bool flag;
    int64_t steps;
    double rate, angle;
    const char *name;
    int activation;
    struct fm_ints hidden;
    struct fm_reals times;
    struct fm_matrix a;
    const char *file;
};

static const char *const activations[] = {"silu", "relu", "tanh", "no", "1", NULL};

/* clang-format off */
static const struct fm_option table[] = {
    {"flag",       FM_BOOL,   offsetof(struct options, flag),       "true"},
    {"steps",      FM_INT,    offsetof(struct options, steps),      "10",
     .minimum = 1, .maximum = 64, .unit = "steps", .help = "number of steps"},
    {"rate",       FM_REAL,   offsetof(struct options, rate),       "1e-3",
     .flags = FM_OPTION_ABOVE_MINIMUM, .unit = "1/s"},
    {"angle",      FM_REAL,   offsetof(struct options, angle),      "0.5",
     .minimum = 0, .maximum = 1, .flags = FM_OPTION_BELOW_MAXIMUM | FM_OPTION_NOT_IN_KEY},
    {"name",       FM_TEXT,   offsetof(struct options, name),       ""},
    {"activation", FM_CHOICE, offsetof(struct options, activation), "tanh",
     .choices = activations},
    {"hidden",     FM_INTS,   offsetof(struct options, hidden),     "[64, 64, 64]",
     .minimum = 1, .maximum = 65536},
    {"times",      FM_REALS,  offsetof(struct options, times),      "",
     .minimum = 0, .maximum = INFINITY},
    {"a",          FM_MATRIX, offsetof(struct options, a),          ""},
    {"file",       FM_FILE,   offsetof(struct options, file),       ""},
    {0}};
/* clang-format on */

static enum fm_status bind_node(const struct fm_yaml *map, struct options *options)
{
    static const char *const also[] = {"plugin", NULL};
    return fm_options_bind(&arena, table, sizeof *options, map, "solver \"euler\"", also,
                           options, &err);
}

static struct options bind(const char *text)
{
    struct options options;
    memset(&options, 0xA5, sizeof options);
    ck_ok(bind_node(text ? parse(text) : NULL, &options));
    return options;
}

static void check_defaults(const struct options *o)
{
    ck_assert(o->flag);
    ck_assert_int_eq(o->steps, 10);
    ck_assert(o->rate == 1e-3 && o->angle == 0.5);
    ck_assert_str_eq(o->name, "");
    ck_assert_int_eq(o->activation, 2);
    ck_assert_uint_eq(o->hidden.n, 3);
    ck_assert_int_eq(o->hidden.values[2], 64);
    ck_assert_uint_eq(o->times.n, 0);
    ck_assert_uint_eq(o->a.n_rows, 0);
    ck_assert_str_eq(o->file, "");
}

START_TEST(absent_options_have_their_defaults)
{
    struct options o = bind(NULL);
    check_defaults(&o);
    o = bind("{}");
    check_defaults(&o);
    o = bind("plugin: euler");
    check_defaults(&o);
    ck_ok(fm_options_bind(&arena, NULL, 0, parse("{}"), "x", NULL, NULL, &err));
}
END_TEST

START_TEST(every_type_is_bound)
{
    struct options o = bind("{flag: false, steps: 64, rate: 2, angle: 0, name: 2024, "
                            "activation: relu, hidden: 8, times: [0, .5, 1e3], "
                            "a: [[1, 2], [3, 4e0], [5, -6]]}");
    ck_assert(!o.flag);
    ck_assert_int_eq(o.steps, 64);
    ck_assert(o.rate == 2 && o.angle == 0);
    ck_assert_str_eq(o.name, "2024");
    ck_assert_int_eq(o.activation, 1);
    ck_assert_uint_eq(o.hidden.n, 1);
    ck_assert_int_eq(o.hidden.values[0], 8);
    ck_assert_uint_eq(o.times.n, 3);
    ck_assert(o.times.values[1] == 0.5 && o.times.values[2] == 1000);
    ck_assert_uint_eq(o.a.n_rows, 3);
    ck_assert_uint_eq(o.a.n_columns, 2);
    for (int i = 0; i < 6; i++)
        ck_assert(o.a.values[i] == (i == 5 ? -6 : i + 1));
    o = bind("{hidden: [], times: 3, a: [], activation: 1, name: ''}");
    ck_assert_uint_eq(o.hidden.n, 0);
    ck_assert(o.times.n == 1 && o.times.values[0] == 3);
    ck_assert_uint_eq(o.a.n_rows, 0);
    ck_assert_int_eq(o.activation, 4);
    ck_assert_int_eq(bind("activation: no").activation, 3);
}
END_TEST

static const struct {
    const char *text, *where, *fragment;
} wrong[] = {
    {"stepps: 3", "1:1",
     "unknown option \"stepps\" of solver \"euler\"; did you mean \"steps\"?\n"
     "    1 | stepps: 3\n      | ^~~~~~"},
    {"plugn: 3", "1:1", "did you mean \"plugin\"?"},
    {"name: a\n\nzebra: 3", "3:1",
     "unknown option \"zebra\" of solver \"euler\"; its options are plugin, "
     "flag, steps, rate"},
    {"steps: 0", "1:8", "steps: expected integer in [1, 64] (steps), found 0"},
    {"steps: 65", "1:8", "expected integer in [1, 64]"},
    {"steps: [1, 2]", "1:8", "found a list"},
    {"steps:", "1:7", "found nothing; to have the default, leave the key out"},
    {"rate: 0", "1:7", "rate: expected number > 0 (1/s), found 0"},
    {"rate: -1e-9", "1:7", "expected number > 0"},
    {"angle: 1", "1:8", "angle: expected number in [0, 1), found 1"},
    {"angle: -0.1", "1:8", "expected number in [0, 1)"},
    {"flag: on", "1:7", "flag: expected true or false, found the text \"on\"; write true"},
    {"activation: sliu", "1:13",
     "activation: expected one of silu, relu, tanh, no, 1, found \"sliu\"; did you mean "
     "\"silu\"?"},
    {"activation: gelu9", "1:13",
     "expected one of silu, relu, tanh, no, 1, found the text \"gelu9\""},
    {"activation: [silu]", "1:13", "found a list"},
    {"activation: ~", "1:13", "expected one of"},
    {"name: ~", "1:7", "name: expected text, found ~"},
    {"name: {a: b}", "1:7", "name: expected text, found a map"},
    {"hidden: [8, 0, 8]", "1:13", "hidden[1]: expected integer in [1, 65536], found 0"},
    {"hidden: [8, [8]]", "1:13", "hidden[1]: expected integer in [1, 65536], found a list"},
    {"hidden: [8, 8.5]", "1:13", "hidden[1]: expected integer"},
    {"hidden: x", "1:9", "hidden: expected integer"},
    {"hidden:\n- 8\n- 99999", "3:3", "hidden[1]"},
    {"times: [1, -1]", "1:12", "times[1]: expected number >= 0, found -1"},
    {"times: [1e999]", "1:9",
     "times[0]: expected number >= 0, found 1e999, which is too large"},
    {"a: 3", "1:4", "a: expected list of equally long lists of numbers, found 3"},
    {"a: [1, 2]", "1:5", "a[0]: expected list of equally long lists"},
    {"a: [[1, 2], 3]", "1:13", "a[1]: expected list of equally long lists"},
    {"a: [[1, 2], [3]]", "1:13", "a[1]: this row has 1 numbers, the first has 2"},
    {"a: [[1], [3, 4]]", "1:10", "this row has 2 numbers, the first has 1"},
    {"a: [[]]", "1:5", "a[0]: an empty row"},
    {"a: [[1, x]]", "1:9", "a[0][1]: expected number, found the text \"x\""},
    {"a: [{x: 1}]", "1:5", "a[0]: expected list"},
    {"file: nowhere.csv", "1:7", "file: can't read the file \"nowhere.csv\": No such file"},
    {"file: /", "1:7", "file: \"/\" is not a regular file"},
    {"[1]", "1:1", "solver \"euler\": expected map of options, found a list"},
    {"text", "1:1", "expected map of options, found the text \"text\""},
};

START_TEST(wrong_values_are_errors_at_their_place)
{
    struct options o;
    unsigned char before[sizeof o];
    memset(&o, 0xA5, sizeof o);
    memcpy(before, &o, sizeof o);
    ck_fails(bind_node(parse(wrong[_i].text), &o), FM_ERROR_CONFIG, wrong[_i].fragment);
    check_head(wrong[_i].where);
    ck_assert_mem_eq(&o, before, sizeof o);
    ck_assert_int_eq(bind_node(parse(wrong[_i].text), &o), FM_ERROR_CONFIG);
}
END_TEST

START_TEST(a_required_option_that_is_missing_is_named)
{
    struct required {
        int64_t n;
    } block = {5};
    static const struct fm_option required[] = {
        {"n", FM_INT, 0, NULL, .minimum = 1, .maximum = 9, .help = "how many"}, {0}};
    ck_ok(fm_options_check(required, sizeof block, "path \"p\"", &err));
    ck_fails(fm_options_bind(&arena, required, sizeof block, parse("\n{}"), "path \"p\"",
                             NULL, &block, &err),
             FM_ERROR_CONFIG,
             "path \"p\" needs the option \"n\": integer in [1, 9], how many");
    check_head("2:1");
    ck_fails(fm_options_bind(&arena, required, sizeof block, NULL, "path \"p\"", NULL,
                             &block, &err),
             FM_ERROR_CONFIG, "path \"p\" needs the option \"n\"");
    ck_assert_int_eq(block.n, 5);
    ck_fails(
        fm_options_bind(&arena, NULL, 0, parse("x: 1"), "path \"p\"", NULL, NULL, &err),
        FM_ERROR_CONFIG, "unknown option \"x\": path \"p\" has no options");
}
END_TEST

START_TEST(bounds_of_integers_are_exact)
{
    static const struct fm_option wide[] = {
        {"n", FM_INT, 0, "0", .minimum = -0x1p63, .maximum = 9007199254740992.0}, {0}};
    int64_t n;
    ck_ok(fm_options_bind(&arena, wide, sizeof n, parse("n: 9007199254740992"), "x", NULL,
                          &n, &err));
    ck_ok(fm_options_bind(&arena, wide, sizeof n, parse("n: -9223372036854775808"), "x",
                          NULL, &n, &err));
    ck_assert_int_eq(n, INT64_MIN);
    ck_fails(fm_options_bind(&arena, wide, sizeof n, parse("n: 9007199254740993"), "x",
                             NULL, &n, &err),
             FM_ERROR_CONFIG, "expected integer in [");
    static const struct fm_option halves[] = {
        {"n", FM_INT, 0, "1", .minimum = 0.5, .maximum = 2.5,
         .flags = FM_OPTION_ABOVE_MINIMUM | FM_OPTION_BELOW_MAXIMUM},
        {0}};
    for (int64_t i = -1; i < 5; i++) {
        char text[20];
        (void)snprintf(text, sizeof text, "n: %d", (int)i);
        ck_assert_int_eq(
            fm_options_bind(&arena, halves, sizeof n, parse(text), "x", NULL, &n, &err),
            i >= 1 && i <= 2 ? FM_OK : FM_ERROR_CONFIG);
    }
}
END_TEST

START_TEST(relative_files_start_at_the_folder_of_their_config)
{
    struct options o;
    struct fm_yaml *root;
    struct fm_text text = {0};
    char path[5000];
    const char *folder = test_scratch_folder("options");
    (void)snprintf(path, sizeof path, "%s/data.csv", folder);
    ck_ok(fm_file_write(path, "abc", 3, &err));
    ck_ok(fm_yaml_parse(&arena, "b.yaml", folder, "file: data.csv", 14, true, &root, &err));
    ck_ok(bind_node(root, &o));
    ck_assert_str_eq(o.file, path);
    struct fm_yaml *overridden = fm_yaml_clone(&arena, root);
    struct options unused;
    ck_ok(fm_yaml_override(&arena, overridden, "file=data.csv", &err));
    ck_fails(bind_node(overridden, &unused), FM_ERROR_CONFIG,
             "command line:1:6: error: file: can't read the file \"data.csv\"");
    ck_ok(fm_options_emit(&text, table, &o, true, &err));
    ck_assert_ptr_nonnull(
        strstr(fm_text_bytes(&text),
               ", file: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    ck_assert_ptr_null(strstr(fm_text_bytes(&text), "angle")); /* FM_OPTION_NOT_IN_KEY */
    fm_text_clear(&text);
    ck_ok(fm_options_emit(&text, table, &o, false, &err));
    ck_assert_ptr_nonnull(strstr(fm_text_bytes(&text), "/data.csv"));
    ck_assert_ptr_nonnull(strstr(fm_text_bytes(&text), ", angle: 0.5"));
    ck_assert_int_eq(remove(path), 0);
    ck_fails(fm_options_emit(&text, table, &o, true, &err), FM_ERROR_NO_INPUT, "data.csv");
    ck_fails(bind_node(root, &o), FM_ERROR_CONFIG, "b.yaml:1:7: error: file: can't read");
    fm_text_fini(&text);
}
END_TEST

/* A plugin with new options: with these at their defaults, the key is the old one. */
START_TEST(later_options_are_in_the_key_unless_default)
{
    struct grown {
        int64_t steps;
        double rate;
        bool flag;
        struct fm_reals times;
        int activation;
    };
    static const struct fm_option grown[] = {
        {"steps", FM_INT, offsetof(struct grown, steps), "10"},
        {"rate", FM_REAL, offsetof(struct grown, rate), "1e-3", .flags = FM_OPTION_LATER},
        {"flag", FM_BOOL, offsetof(struct grown, flag), "true", .flags = FM_OPTION_LATER},
        {"times", FM_REALS, offsetof(struct grown, times), "[0, 1]",
         .flags = FM_OPTION_LATER},
        {"activation", FM_CHOICE, offsetof(struct grown, activation), "tanh",
         .choices = activations, .flags = FM_OPTION_LATER},
        {0}};
    static const char *const cases[][2] = {
        {"{}", ", steps: 10"},
        {"{rate: 0.001, flag: true, times: [0, 1.0], activation: tanh}", ", steps: 10"},
        {"{rate: 0.1, activation: relu}", ", steps: 10, rate: 0.1, activation: relu"},
        {"{flag: false, times: [0]}", ", steps: 10, flag: false, times: [0]"},
    };
    struct fm_text text = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct grown o;
        ck_ok(fm_options_bind(&arena, grown, sizeof o, parse(cases[i][0]), "x", NULL, &o,
                              &err));
        fm_text_clear(&text);
        ck_ok(fm_options_emit(&text, grown, &o, true, &err));
        ck_assert_str_eq(fm_text_bytes(&text), cases[i][1]);
        fm_text_clear(&text);
        ck_ok(fm_options_emit(&text, grown, &o, false, &err));
        ck_assert_ptr_nonnull(strstr(fm_text_bytes(&text), ", rate: "));
    }
    fm_text_fini(&text);
}
END_TEST

static const char *const maps[] = {
    "{}",
    "{flag: false, steps: 64, rate: 1e-300, angle: 0.1, name: 'a: b', activation: relu}",
    "{hidden: [1, 65536], times: [0, 0.1, 1e300, 5e-324], a: [[0.1, -0], [1e22, 3]]}",
    "{hidden: [], a: [], name: ' x ', activation: 'no'}",
    "{name: \"\\\"q\\\"\\n\\t\\u2028é\", activation: '1'}",
    "{name: 'null', hidden: 3, times: 0x10}",
    "{name: '1e-3', a: [[1]]}",
    "{name: '}, {', rate: 0.30000000000000004}",
};

START_TEST(emitted_options_read_back_as_the_same_values)
{
    struct fm_text first = {0}, second = {0};
    struct options o = bind(maps[_i]);
    fm_text_add(&first, "{plugin: x");
    ck_ok(fm_options_emit(&first, table, &o, false, &err));
    fm_text_add(&first, "}");
    struct options again = bind(fm_text_bytes(&first));
    fm_text_add(&second, "{plugin: x");
    ck_ok(fm_options_emit(&second, table, &again, false, &err));
    fm_text_add(&second, "}");
    ck_assert_str_eq(fm_text_bytes(&first), fm_text_bytes(&second));
    ck_assert_str_eq(o.name, again.name);
    ck_assert(o.rate == again.rate && o.angle == again.angle && o.steps == again.steps);
    ck_assert_int_eq(o.activation, again.activation);
    ck_assert_uint_eq(o.hidden.n, again.hidden.n);
    ck_assert_uint_eq(o.times.n, again.times.n);
    for (size_t i = 0; i < o.times.n; i++)
        ck_assert(o.times.values[i] == again.times.values[i]);
    ck_assert_uint_eq(o.a.n_columns, again.a.n_columns);
    for (size_t i = 0; i < o.a.n_rows * o.a.n_columns; i++)
        ck_assert(o.a.values[i] == again.a.values[i]);
    fm_text_fini(&first);
    fm_text_fini(&second);
}
END_TEST

START_TEST(the_defaults_are_emitted_in_the_order_of_the_table)
{
    struct fm_text text = {0};
    struct options o = bind(NULL);
    ck_ok(fm_options_emit(&text, table, &o, false, &err));
    ck_assert_str_eq(
        fm_text_bytes(&text),
        ", flag: true, steps: 10, rate: 0.001, angle: 0.5, name: \"\", activation: "
        "tanh, hidden: [64, 64, 64], times: [], a: [], file: \"\"");
    fm_text_clear(&text);
    o.activation = 4;
    fm_option_emit(&text, &table[5], &o);
    ck_assert_str_eq(fm_text_bytes(&text), "\"1\"");
    fm_text_fini(&text);
}
END_TEST

START_TEST(options_are_described_by_type_range_and_unit)
{
    static const struct {
        struct fm_option option;
        const char *text;
    } cases[] = {
        {{.type = FM_INT, .minimum = 1, .maximum = 64}, "integer in [1, 64]"},
        {{.type = FM_INT}, "integer"},
        {{.type = FM_REAL, .flags = FM_OPTION_ABOVE_MINIMUM, .unit = "1/s"},
         "number > 0 (1/s)"},
        {{.type = FM_REAL, .flags = FM_OPTION_BELOW_MAXIMUM}, "number < 0"},
        {{.type = FM_REAL, .maximum = 1, .flags = FM_OPTION_ABOVE_MINIMUM},
         "number in (0, 1]"},
        {{.type = FM_REAL, .minimum = 1e-3, .maximum = INFINITY}, "number >= 0.001"},
        {{.type = FM_REAL, .minimum = -INFINITY, .maximum = 3}, "number <= 3"},
        {{.type = FM_REAL, .minimum = -INFINITY, .maximum = INFINITY}, "number"},
        {{.type = FM_INTS, .minimum = 1, .maximum = 9}, "list of integers in [1, 9]"},
        {{.type = FM_REALS, .unit = "s"}, "list of numbers (s)"},
        {{.type = FM_MATRIX}, "matrix of numbers"},
        {{.type = FM_BOOL}, "true or false"},
        {{.type = FM_TEXT}, "text"},
        {{.type = FM_FILE}, "path of a file"},
        {{.type = FM_CHOICE, .choices = activations}, "one of silu, relu, tanh, no, 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fm_text text = {0};
        fm_option_describe(&text, &cases[i].option);
        ck_assert_str_eq(fm_text_bytes(&text), cases[i].text);
        fm_text_fini(&text);
    }
}
END_TEST

/* clang-format off */
static const struct {
    struct fm_option options[3];
    const char *fragment;
} mistakes[] = {
    {{{"a", FM_INT, 0, "x"}}, "default of a of path \"p\":1:1: error: a: expected integer"},
    {{{"a", FM_INT, 0, "[1"}}, "default of a of path \"p\":1:1: error: did not find"},
    {{{"a", FM_INT, 0, ""}}, "expected integer, found nothing"},
    {{{"a", FM_INT, 0, "0", .minimum = 1, .maximum = 2}}, "expected integer in [1, 2], found 0"},
    {{{"a", FM_REALS, 0, "[1, .inf]"}}, "a[1]: expected number"},
    {{{"a", FM_MATRIX, 0, "[[1], []]"}}, "a[1]: an empty row"},
    {{{"a", FM_CHOICE, 0, "sliu", .choices = activations}}, "did you mean \"silu\"?"},
    {{{"a", FM_CHOICE, 0, "silu"}}, "option \"a\" of path \"p\": it has no choices"},
    {{{"a", FM_CHOICE, 0, "x", .choices = (const char *const[]){"x", "y", "x", NULL}}},
     "two choices have the same name"},
    {{{"a", FM_INT, 0, "1"}, {"a", FM_INT, 8, "1"}}, "two options have this name"},
    {{{"a", FM_INT, 0, "1"}, {"b", FM_INT, 0, "1"}}, "shares its bytes"},
    {{{"a", FM_BOOL, 0, "true"}, {"b", FM_BOOL, 0, "true"}}, "shares its bytes"},
    {{{"a", FM_INTS, 0, "1"}, {"b", FM_INT, 8, "1"}}, "shares its bytes"},
    {{{"a", FM_INT, 24, "1"}}, "outside of the options struct"},
    {{{"a", FM_MATRIX, 8, ""}}, "outside of the options struct"},
    {{{"a", FM_INT, (size_t)-8, "1"}}, "outside of the options struct"},
    {{{"a", FM_INT, 4, "1"}}, "does not suit its type"},
    {{{"A", FM_INT, 0, "1"}}, "must be of [a-z0-9_]+"},
    {{{"", FM_INT, 0, "1"}}, "must be of [a-z0-9_]+"},
    {{{"a", (enum fm_option_type)99, 0, "1"}}, "none of enum fm_option_type"},
    {{{"a", FM_INT, 0, "1", .minimum = 1}}, "minimum is above its maximum"},
    {{{"a", FM_REAL, 0, "1", .minimum = NAN}}, "a bound is NaN"},
};
/* clang-format on */

START_TEST(a_mistake_in_a_table_is_an_error_of_the_plugin)
{
    ck_fails(fm_options_check(mistakes[_i].options, 24, "path \"p\"", &err),
             FM_ERROR_PLUGIN, mistakes[_i].fragment);
    ck_assert_int_eq(err.status, FM_ERROR_PLUGIN);
    ck_assert_int_eq(fm_options_check(mistakes[_i].options, 24, "path \"p\"", NULL),
                     FM_ERROR_PLUGIN);
}
END_TEST

START_TEST(a_table_without_mistakes_is_accepted)
{
    ck_ok(fm_options_check(table, sizeof(struct options), "solver \"euler\"", &err));
    ck_ok(fm_options_check(NULL, 0, "solver \"euler\"", &err));
    static const struct fm_option file[] = {{"f", FM_FILE, 0, "no/such/file"}, {0}};
    ck_ok(fm_options_check(file, sizeof(char *), "dataset \"d\"", &err));
    const char *bound;
    ck_fails(fm_options_bind(&arena, file, sizeof bound, NULL, "dataset \"d\"", NULL,
                             &bound, &err),
             FM_ERROR_PLUGIN, "can't read the file");
}
END_TEST

static enum fm_status read_and_bind(const char *text)
{
    struct fm_yaml *root;
    struct options o;
    FM_TRY(fm_yaml_parse(&arena, "a.yaml", ".", text, strlen(text), true, &root, &err));
    FM_TRY(fm_yaml_override(&arena, root, "times=[1, 2]", &err));
    FM_TRY(bind_node(root, &o));
    return fm_options_check(table, sizeof o, "x", &err);
}

START_TEST(running_out_of_memory_is_an_error_at_every_allocation)
{
    const char *folder = test_scratch_folder("options_memory");
    char path[5000], config[6000];
    (void)snprintf(path, sizeof path, "%s/a.txt", folder);
    ck_ok(fm_file_write(path, "x", 1, &err));
    (void)snprintf(config, sizeof config,
                   "steps: 3\nrate: &r 1e-2\nangle: *r\n"
                   "a: [[1, 2], [3, 4]]\nfile: %s\nname: x\n",
                   path);
    size_t before = fm_arena_n_takes();
    ck_ok(read_and_bind(config));
    size_t n = fm_arena_n_takes() - before;
    ck_assert_uint_gt(n, 60);
    for (size_t i = 1; i <= n; i++) {
        fm_arena_fail_after(i);
        ck_assert_int_eq(read_and_bind(config), FM_ERROR_MEMORY);
        fm_arena_fail_after(0);
        fm_arena_fini(&arena);
    }
}
END_TEST

#define N_OF(array) ((int)(sizeof(array) / sizeof *(array)))

int main(void)
{
    Suite *suite = suite_create("options");
    TCase *bound = property(suite, "bind");
    TCase *emitted = property(suite, "emit"), *tables = property(suite, "tables");
    tcase_add_test(bound, absent_options_have_their_defaults);
    tcase_add_test(bound, every_type_is_bound);
    tcase_add_loop_test(bound, wrong_values_are_errors_at_their_place, 0, N_OF(wrong));
    tcase_add_test(bound, a_required_option_that_is_missing_is_named);
    tcase_add_test(bound, bounds_of_integers_are_exact);
    tcase_add_test(bound, relative_files_start_at_the_folder_of_their_config);
    tcase_add_test(bound, later_options_are_in_the_key_unless_default);
    tcase_add_test(bound, running_out_of_memory_is_an_error_at_every_allocation);
    tcase_add_loop_test(emitted, emitted_options_read_back_as_the_same_values, 0,
                        N_OF(maps));
    tcase_add_test(emitted, the_defaults_are_emitted_in_the_order_of_the_table);
    tcase_add_test(emitted, options_are_described_by_type_range_and_unit);
    tcase_add_loop_test(tables, a_mistake_in_a_table_is_an_error_of_the_plugin, 0,
                        N_OF(mistakes));
    tcase_add_test(tables, a_table_without_mistakes_is_accepted);
    return test_main(suite);
}
