#include <config.h>

#include "config/scalar.h"
#include "config/yaml_value.h"
#include "test_yaml.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Types by the regular expressions of YAML 1.2.2, section 10.3.2. */
static const struct {
    const char *text;
    enum fm_scalar type;
} types[] = {
    {"", FM_SCALAR_NULL},         {"~", FM_SCALAR_NULL},          {"null", FM_SCALAR_NULL},
    {"Null", FM_SCALAR_NULL},     {"NULL", FM_SCALAR_NULL},       {"nULL", FM_SCALAR_TEXT},
    {"true", FM_SCALAR_BOOL},     {"False", FM_SCALAR_BOOL},      {"TRUE", FM_SCALAR_BOOL},
    {"tRUE", FM_SCALAR_TEXT},     {"yes", FM_SCALAR_TEXT},        {"on", FM_SCALAR_TEXT},
    {"n", FM_SCALAR_TEXT},        {"0", FM_SCALAR_INT},           {"-12", FM_SCALAR_INT},
    {"+12", FM_SCALAR_INT},       {"012", FM_SCALAR_INT},         {"0o17", FM_SCALAR_INT},
    {"0o18", FM_SCALAR_TEXT},     {"0o", FM_SCALAR_TEXT},         {"0x1F", FM_SCALAR_INT},
    {"0xg", FM_SCALAR_TEXT},      {"0x", FM_SCALAR_TEXT},         {"-0x1", FM_SCALAR_TEXT},
    {"0X1", FM_SCALAR_TEXT},      {"0b1", FM_SCALAR_TEXT},        {"1_000", FM_SCALAR_TEXT},
    {"1.5", FM_SCALAR_REAL},      {"1.", FM_SCALAR_REAL},         {".5", FM_SCALAR_REAL},
    {"-.5", FM_SCALAR_REAL},      {".", FM_SCALAR_TEXT},          {"-", FM_SCALAR_TEXT},
    {"+", FM_SCALAR_TEXT},        {"1e3", FM_SCALAR_REAL},        {"1E+3", FM_SCALAR_REAL},
    {"1e-3", FM_SCALAR_REAL},     {"1.e3", FM_SCALAR_REAL},       {".5e3", FM_SCALAR_REAL},
    {"1e", FM_SCALAR_TEXT},       {"e3", FM_SCALAR_TEXT},         {"1e3.5", FM_SCALAR_TEXT},
    {"1e+", FM_SCALAR_TEXT},      {".e3", FM_SCALAR_TEXT},        {".inf", FM_SCALAR_REAL},
    {"-.Inf", FM_SCALAR_REAL},    {"+.INF", FM_SCALAR_REAL},      {".iNF", FM_SCALAR_TEXT},
    {"inf", FM_SCALAR_TEXT},      {".nan", FM_SCALAR_REAL},       {".NaN", FM_SCALAR_REAL},
    {"-.nan", FM_SCALAR_TEXT},    {"nan", FM_SCALAR_TEXT},        {"12:30", FM_SCALAR_TEXT},
    {"1.2.3", FM_SCALAR_TEXT},    {"2024-01-01", FM_SCALAR_TEXT}, {"0x1p3", FM_SCALAR_TEXT},
    {"--1", FM_SCALAR_TEXT},      {"1 ", FM_SCALAR_TEXT},         {" 1", FM_SCALAR_TEXT},
    {"infinity", FM_SCALAR_TEXT}, {"1,5", FM_SCALAR_TEXT},        {"1e3f", FM_SCALAR_TEXT},
};

START_TEST(plain_scalars_have_the_types_of_yaml_1_2)
{
    ck_assert_msg(fm_scalar_type(types[_i].text) == types[_i].type, "%s", types[_i].text);
}
END_TEST

static const struct {
    const char *text, *fragment; /* valid, with this value */
    int64_t value;
} ints[] = {
    {"12", NULL, 12},
    {"-0", NULL, 0},
    {"007", NULL, 7},
    {"0o17", NULL, 15},
    {"0x1F", NULL, 31},
    {"0xff", NULL, 255},
    {"1e4", NULL, 10000},
    {"4.0", NULL, 4},
    {"40.", NULL, 40},
    {"150.00e-1", NULL, 15},
    {".5e1", NULL, 5},
    {"0e999999999999", NULL, 0},
    {"0.000e-5", NULL, 0},
    {"9007199254740993.0", NULL, 9007199254740993},
    {"9223372036854775807", NULL, INT64_MAX},
    {"-9223372036854775808", NULL, INT64_MIN},
    {"0x7fffffffffffffff", NULL, INT64_MAX},
    {"9.223372036854775807e18", NULL, INT64_MAX},
    {"9223372036854775808", "integers lie between", 0},
    {"-9223372036854775809", "integers lie between", 0},
    {"0x8000000000000000", "integers lie between", 0},
    {"99999999999999999999999", "integers lie between", 0},
    {"1e19", "integers lie between", 0},
    {"1e999999999999", "integers lie between", 0},
    {"1.5", "n: expected integer, found 1.5", 0},
    {"1e-3", "expected integer, found 1e-3", 0},
    {"1e-999999999999", "expected integer, found 1e-9", 0},
    {".nan", "expected integer, found .nan", 0},
    {"true", "expected integer, found true", 0},
    {"abc", "expected integer, found the text \"abc\"", 0},
    {"'12'", "expected integer, found the text \"12\"; remove the quotes", 0},
    {"1_000", "found the text \"1_000\"; write digits alone", 0},
    {"[1]", "expected integer, found a list", 0},
    {"{}", "expected integer, found a map", 0},
    {"~", "expected integer, found ~; to have the default, leave the key out", 0},
    {"", "expected integer, found nothing", 0},
};

START_TEST(integers_are_exact_or_an_error)
{
    int64_t value = 77;
    const struct fm_yaml *node = parse(ints[_i].text);
    if (ints[_i].fragment) {
        ck_fails(fm_yaml_int(node, "n", &value, &err), FM_ERROR_CONFIG, ints[_i].fragment);
        check_head("1:1");
        ck_assert_int_eq(value, 77);
        return;
    }
    ck_ok(fm_yaml_int(node, "n", &value, &err));
    ck_assert_int_eq(value, ints[_i].value);
}
END_TEST

START_TEST(reals_are_finite_or_an_error)
{
    static const struct {
        const char *text;
        double value;
    } good[] = {{"1e-3", 1e-3},
                {".5", .5},
                {"5.", 5},
                {"0x10", 16},
                {"0o10", 8},
                {"-3", -3},
                {"1e308", 1e308},
                {"5e-324", 5e-324},
                {"0e-999", 0},
                {"-0.0", 0},
                {"123456789012345678901234567890", 123456789012345678901234567890.0}};
    double value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        value = 77;
        ck_ok(fm_yaml_real(parse(good[i].text), "x", &value, &err));
        ck_assert(value == good[i].value);
    }
    ck_ok(fm_yaml_real(parse("-0"), "x", &value, &err));
    ck_assert(signbit(value));
    value = 77;
    ck_fails(fm_yaml_real(parse(".inf"), "lr", &value, &err), FM_ERROR_CONFIG,
             "lr: expected number, found .inf, which is not finite");
    ck_fails(fm_yaml_real(parse("-.INF"), "lr", &value, &err), FM_ERROR_CONFIG,
             "not finite");
    ck_fails(fm_yaml_real(parse(".nan"), "lr", &value, &err), FM_ERROR_CONFIG,
             "not finite");
    ck_fails(fm_yaml_real(parse("1e999"), "lr", &value, &err), FM_ERROR_CONFIG,
             "too large");
    ck_fails(fm_yaml_real(parse("-1e999"), "lr", &value, &err), FM_ERROR_CONFIG,
             "too large");
    ck_fails(fm_yaml_real(parse("1e-400"), "lr", &value, &err), FM_ERROR_CONFIG,
             "too small");
    ck_fails(fm_yaml_real(parse("0xffffffffffffffffff"), "lr", &value, &err),
             FM_ERROR_CONFIG, "too large");
    ck_fails(fm_yaml_real(parse("\"1e-3\""), "lr", &value, &err), FM_ERROR_CONFIG,
             "found the text \"1e-3\"; remove the quotes");
    ck_fails(fm_yaml_real(parse("1,5"), "lr", &value, &err), FM_ERROR_CONFIG,
             "with a point for the fraction");
    ck_fails(fm_yaml_real(parse("fast"), "lr", &value, &err), FM_ERROR_CONFIG,
             "a.yaml:1:1: error: lr: expected number, found the text \"fast\"\n"
             "    1 | fast\n      | ^~~~");
    ck_assert(value == 77);
}
END_TEST

START_TEST(booleans_and_strings_follow_yaml_1_2)
{
    bool flag = false;
    const char *text = NULL;
    ck_ok(fm_yaml_bool(parse("True"), "b", &flag, &err));
    ck_assert(flag);
    ck_ok(fm_yaml_bool(parse("FALSE"), "b", &flag, &err));
    ck_assert(!flag);
    ck_fails(fm_yaml_bool(parse("yes"), "b", &flag, &err), FM_ERROR_CONFIG,
             "b: expected true or false, found the text \"yes\"; write true");
    ck_fails(fm_yaml_bool(parse("off"), "b", &flag, &err), FM_ERROR_CONFIG, "write false");
    ck_fails(fm_yaml_bool(parse("'true'"), "b", &flag, &err), FM_ERROR_CONFIG,
             "the quotes");
    ck_fails(fm_yaml_bool(parse("1"), "b", &flag, &err), FM_ERROR_CONFIG, "found 1");
    static const char *const strings[] = {"a",    "'a b'",  "2024", "1e-3",
                                          "true", "'null'", "''"};
    static const char *const values[] = {"a", "a b", "2024", "1e-3", "true", "null", ""};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        ck_ok(fm_yaml_string(parse(strings[i]), "s", &text, &err));
        ck_assert_str_eq(text, values[i]);
    }
    ck_fails(fm_yaml_string(parse("null"), "s", &text, &err), FM_ERROR_CONFIG,
             "found null");
    ck_fails(fm_yaml_string(parse("[a]"), "s", &text, &err), FM_ERROR_CONFIG,
             "s: expected text, found a list");
}
END_TEST

#define N_OF(array) ((int)(sizeof(array) / sizeof *(array)))

START_TEST(a_fraction_is_only_a_real)
{
    static const struct {
        const char *text;
        double value;
    } fractions[] = {{"1/3", 1.0 / 3}, {"-25360/2187", -25360.0 / 2187}, {"1e2/.5", 200}};
    static const char *const others[] = {"1/",  "/3",    "1/2/3", "1 / 3",
                                         "a/3", "0x1/2", "1/.inf"};
    double value;
    for (size_t i = 0; i < sizeof fractions / sizeof *fractions; i++) {
        ck_assert(fm_scalar_is_fraction(fractions[i].text, &value));
        ck_assert_double_eq(value, fractions[i].value);
        ck_assert_int_eq(fm_scalar_type(fractions[i].text), FM_SCALAR_TEXT);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_msg(!fm_scalar_is_fraction(others[i], &value), "%s", others[i]);
    ck_assert(fm_scalar_is_fraction("1/0", &value) && isinf(value));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scalar");
    TCase *scalars = property(suite, "types and values");
    tcase_add_loop_test(scalars, plain_scalars_have_the_types_of_yaml_1_2, 0, N_OF(types));
    tcase_add_loop_test(scalars, integers_are_exact_or_an_error, 0, N_OF(ints));
    tcase_add_test(scalars, reals_are_finite_or_an_error);
    tcase_add_test(scalars, a_fraction_is_only_a_real);
    tcase_add_test(scalars, booleans_and_strings_follow_yaml_1_2);
    return test_main(suite);
}
