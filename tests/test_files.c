/* Data sets in files: csv and npy. */
#include <config.h>

#include "plugin_support.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *write_file(const char *name, const void *bytes, size_t n)
{
    static char path[5000];
    (void)snprintf(path, sizeof path, "%s/%s", test_scratch_folder("files"), name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, n, file), n);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

static enum fm_status open_file(struct test_plugin *t, const char *plugin, const char *path,
                                const char *options, size_t dim, struct fm_dataset *d,
                                struct fm_error *err)
{
    char yaml[6000];
    (void)snprintf(yaml, sizeof yaml, "{file: '%s'%s%s}", path, options[0] ? ", " : "",
                   options);
    test_plugin_open(t, FM_DATASET, plugin, yaml);
    return test_dataset_open(t, dim, d, err);
}

/* Checks that the file has these rows of dim numbers. */
static void has_rows(const char *plugin, const char *path, const char *options, size_t n,
                     size_t dim, const double *rows)
{
    struct test_plugin t;
    struct fm_dataset d, shape = {.shape_only = true};
    struct fm_error err = {0};
    double x[16];
    ck_ok(open_file(&t, plugin, path, options, dim, &d, &err));
    ck_assert_uint_eq(d.n_rows, n);
    ck_assert_uint_eq(d.dim, dim);
    for (size_t i = n; i-- > 0;) {
        t.plugin->dataset->read(t.options, &d, i, x);
        for (size_t j = 0; j < dim; j++)
            ck_assert_double_eq(x[j], rows[i * dim + j]);
    }
    ck_ok(t.plugin->dataset->open(t.options, &t.services, &shape, &err));
    ck_assert_uint_eq(shape.n_rows, n);
    ck_assert_uint_eq(shape.dim, dim);
    test_plugin_close(&t);
}

static void is_refused(const char *plugin, const char *path, const char *options,
                       enum fm_status status, const char *fragment)
{
    struct test_plugin t;
    struct fm_dataset d;
    struct fm_error err = {0};
    ck_fails(open_file(&t, plugin, path, options, 0, &d, &err), status, fragment);
    test_plugin_close(&t);
}

/* ---- csv ---- */

START_TEST(csv_is_read_in_its_dialects)
{
    static const double rows[] = {1, -2.5, 3e-1, 4};
    static const struct {
        const char *text, *options;
    } cases[] = {
        {"1,-2.5\n.3,4\n", ""},
        {"1,-2.5\n.3,4", ""},
        {"1,-2.5\r\n.3,4\r\n", ""},
        {"1,-2.5\r.3,4\r", ""},
        {"\xEF\xBB\xBF"
         "1,-2.5\n.3,4\n",
         ""},
        {"\n\n1,-2.5\n\r\n.3,4\n\n\n", ""},
        {"  1 , -2.5\n 3e-1,+4.0 \n", ""},
        {"\"1\",\"-2.5\"\n\"0.3\" , 4\n", ""},
        {"a,b\n1,-2.5\n.3,4\n", ""},
        {"a,b\n1,-2.5\n.3,4\n", "header: yes"},
        {"\"a, or \"\"A\"\"\",\"b\nb\"\n1,-2.5\n.3,4\n", ""},
        {"2000,2001\n1,-2.5\n.3,4\n", "header: yes"},
        {"1;-2.5\n.3;4\n", "delimiter: semicolon"},
        {"1\t-2.5\n.3\t4\n", "delimiter: tab"},
        {"1 -2.5\n.3 4\n", "delimiter: space"},
        {"name,b,a\nx y,-2.5,1\n\"q\",4,.3\n", "columns: 'a, b'"},
        {"name,b,a\nx y,-2.5,1\n\"q\",4,.3\n", "columns: '3,2'"},
        {"x,-2.5,1\ny,4,.3\n", "columns: '3,2', header: no"},
        {"1,-2.5\n.3,4\n5,x\n", "limit: 2"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        has_rows("csv", write_file("a.csv", cases[k].text, strlen(cases[k].text)),
                 cases[k].options, 2, 2, rows);
}
END_TEST

START_TEST(csv_errors_have_line_and_column)
{
    static const struct {
        const char *text, *options, *fragment;
        enum fm_status status;
    } cases[] = {
        {"1,2\n3,x\n", "", "a.csv:2:3: \"x\" is not a finite number", FM_ERROR_NO_INPUT},
        {"1,2\n3,\n", "", "a.csv:2:3: a value is missing", FM_ERROR_NO_INPUT},
        {"1,2\n\n3,NA\n", "", "a.csv:3:3: \"NA\"", FM_ERROR_NO_INPUT},
        {"1,2\n3,nan\n", "", "\"nan\" is not", FM_ERROR_NO_INPUT},
        {"1,2\n3,inf\n", "", "\"inf\" is not", FM_ERROR_NO_INPUT},
        {"1,2\n3,0x10\n", "", "\"0x10\" is not", FM_ERROR_NO_INPUT},
        {"1,2\n3,1e999\n", "", "2:3: the number is too large", FM_ERROR_NO_INPUT},
        {"1,2\n3,1e200\n", "", "2:3: the number is too large: networks", FM_ERROR_NO_INPUT},
        {"NA,nan\n1,2\n", "", "a.csv:1: of 2 fields 2 are empty or missing",
         FM_ERROR_CONFIG},
        {",b\n1,2\n", "", "of 2 fields 1 are empty", FM_ERROR_CONFIG},
        {"1,2\n3,4 5\n", "", "\"4 5\" is not", FM_ERROR_NO_INPUT},
        {"1,2\n3\n", "", "a.csv:2: has fewer fields than the first line's 2",
         FM_ERROR_NO_INPUT},
        {"1,2\n3,4,5\n", "", "has more fields", FM_ERROR_NO_INPUT},
        {"1,2\n3,\"4\n", "", "2:3: the quote that begins here never ends",
         FM_ERROR_NO_INPUT},
        {"1,2\n3,\"4\"5\n", "", "behind the closing quote", FM_ERROR_NO_INPUT},
        {"1,x\n3,4\n", "", "1 of 2 fields are numbers; say header", FM_ERROR_CONFIG},
        {"", "", "is empty", FM_ERROR_NO_INPUT},
        {"\n\n", "", "is empty", FM_ERROR_NO_INPUT},
        {"a,b\n", "", "has no rows", FM_ERROR_NO_INPUT},
        {"a,b\n1,2\n", "columns: 'a,c'", "has no column \"c\"; it has 2", FM_ERROR_CONFIG},
        {"a,a\n1,2\n", "columns: a", "2 columns called \"a\"", FM_ERROR_CONFIG},
        {"a,b\n1,2\n", "columns: 'a,1'", "names column 1 of", FM_ERROR_CONFIG},
        {"1,2\n", "columns: '3'", "no line of names", FM_ERROR_CONFIG},
        {"1,2\n", "limit: 2", "has 1 rows", FM_ERROR_CONFIG},
        {"1,2\n1,3\n", "standardise: columns", "coordinate 1 of", FM_ERROR_CONFIG},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        is_refused("csv", write_file("a.csv", cases[k].text, strlen(cases[k].text)),
                   cases[k].options, cases[k].status, cases[k].fragment);
    is_refused("csv", write_file("a.csv", "1,2\n3,\0004\n", 9), "", FM_ERROR_NO_INPUT,
               "2:3: has a NUL byte");
    is_refused("csv",
               write_file("a.csv",
                          "\xFF\xFE"
                          "1\0,\0",
                          6),
               "", FM_ERROR_NO_INPUT, "UTF-16");
}
END_TEST

/* Lines longer than every buffer: two numbers after a long text, and a row of many
 * numbers. */
START_TEST(csv_lines_may_be_long)
{
    enum { LONG = 300000, N = 60000 };
    static char text[LONG + 100];
    const double row[] = {7, 8};
    struct test_plugin t;
    struct fm_dataset d;
    struct fm_error err = {0};
    memset(text, 'x', LONG);
    strcpy(text + LONG, ",7,8\n");
    has_rows("csv", write_file("long.csv", text, strlen(text)),
             "columns: '2,3', header: no", 1, 2, row);
    is_refused("csv", write_file("long.csv", text, strlen(text)), "header: no",
               FM_ERROR_NO_INPUT, "xxx...\" is not a finite number");
    for (size_t i = 0; i < N; i++)
        memcpy(text + 4 * i, "1.5,", 4);
    text[4 * N - 1] = '\n';
    ck_ok(
        open_file(&t, "csv", write_file("wide.csv", text, (size_t)4 * N), "", 0, &d, &err));
    ck_assert_uint_eq(d.dim, N);
    test_plugin_close(&t);
    memset(text, ',', LONG);
    is_refused("csv", write_file("wide.csv", text, LONG), "header: yes", FM_ERROR_NO_INPUT,
               "more than 65536 columns");
}
END_TEST

/* The sum of many times 0.1 is rounded, and its mean is not exactly 0.1. */
START_TEST(a_constant_column_is_not_standardised)
{
    enum { N = 300000 };
    char *text = malloc(6 * (size_t)N + 1), *end = text;
    ck_assert_ptr_ne(text, NULL);
    for (size_t i = 0; i < N; i++)
        end += sprintf(end, "0.1,%zu\n", i % 10);
    is_refused("csv", write_file("same.csv", text, (size_t)(end - text)),
               "standardise: columns", FM_ERROR_CONFIG, "values are all equal");
    free(text);
}
END_TEST

/* Means 2 and 5, deviations sqrt(2/3) and sqrt(50/3) (divisor n). */
START_TEST(standardised_columns_keep_shift_and_scale)
{
    const char text[] = "1,0\n2,5\n3,10\n";
    const double array[] = {1, 0, 2, 5, 3, 10}, sd[2] = {sqrt(2.0 / 3), sqrt(50.0 / 3)};
    unsigned char npy[128 + sizeof array];
    memset(npy, ' ', sizeof npy);
    memcpy(npy, "\x93NUMPY\x01\x00\x76\x00", 10);
    const char header[] = "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }";
    memcpy(npy + 10, header, strlen(header));
    npy[127] = '\n';
    memcpy(npy + 128, array, sizeof array);
    for (int k = 0; k < 2; k++) {
        struct test_plugin t;
        struct fm_dataset d;
        struct fm_error err = {0};
        const char *path = k ? write_file("s.npy", npy, sizeof npy)
                             : write_file("s.csv", text, strlen(text));
        ck_ok(open_file(&t, k ? "npy" : "csv", path, "standardise: columns", 0, &d, &err));
        ck_assert_ptr_nonnull(d.scale);
        for (size_t i = 0; i < 3; i++) {
            double x[2];
            t.plugin->dataset->read(t.options, &d, i, x);
            for (size_t j = 0; j < 2; j++) {
                ck_near(d.scale[j], sd[j], 1e-14);
                ck_near(x[j], (array[2 * i + j] - (j ? 5 : 2)) / sd[j], 1e-14);
                ck_near(d.shift[j] + d.scale[j] * x[j], array[2 * i + j], 1e-14);
            }
        }
        test_plugin_close(&t);
    }
}
END_TEST

/* ---- npy ---- */

/* Writes a file with this header and n bytes of numbers, and returns its path in a static
 * buffer. */
static const char *write_npy(unsigned char version, const char *header, const void *numbers,
                             size_t n)
{
    static unsigned char bytes[4096];
    const size_t length = strlen(header), start = version == 1 ? 10 : 12;
    memcpy(bytes, "\x93NUMPY", 6);
    bytes[6] = version;
    bytes[7] = 0;
    memset(bytes + 8, 0, 4);
    bytes[8] = (unsigned char)(length & 255);
    bytes[9] = (unsigned char)(length >> 8);
    memcpy(bytes + start, header, length);
    memcpy(bytes + start + length, numbers, n);
    return write_file("a.npy", bytes, start + length + n);
}

/* The bytes are little-endian, as written here by hand. */
START_TEST(npy_numbers_of_all_types_are_read)
{
    static const struct {
        const char *type, *bytes;
        size_t n;
        double rows[2];
    } cases[] = {
        {"<f4", "\0\0\xC0\x3F\0\0\0\xC0", 8, {1.5, -2}},
        {"<f8", "\0\0\0\0\0\0\xF8\x3F\0\0\0\0\0\0\0\xC0", 16, {1.5, -2}},
        {"|i1", "\x7F\x80", 2, {127, -128}},
        {"|u1", "\x7F\xFF", 2, {127, 255}},
        {"<i2", "\x01\x02\xFE\xFF", 4, {513, -2}},
        {"<u2", "\x01\x02\xFE\xFF", 4, {513, 65534}},
        {"<i4", "\x01\0\0\0\0\0\0\x80", 8, {1, -2147483648.0}},
        {"<u4", "\x01\0\0\0\0\0\0\x80", 8, {1, 2147483648.0}},
        {"<i8", "\x01\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 16, {1, -1}},
        {"<u8", "\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80", 16, {1, 9223372036854775808.0}},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (unsigned char version = 1; version <= 3; version++) {
            char header[200];
            (void)snprintf(header, sizeof header,
                           "{'descr': '%s', 'fortran_order': False, 'shape': (1, 2), }  \n",
                           cases[k].type);
            has_rows("npy", write_npy(version, header, cases[k].bytes, cases[k].n), "", 1,
                     2, cases[k].rows);
            (void)snprintf(header, sizeof header,
                           "{\"shape\":(2,),\"fortran_order\":True,\"descr\":\"%s\"}\n",
                           cases[k].type);
            has_rows("npy", write_npy(version, header, cases[k].bytes, cases[k].n), "", 2,
                     1, cases[k].rows);
        }
}
END_TEST

START_TEST(npy_of_other_kinds_is_an_error)
{
    static const struct {
        const char *header, *fragment;
    } cases[] = {
        {"{'descr': '>f8', 'fortran_order': False, 'shape': (1, 2), }", "big-endian"},
        {"{'descr': '<f8', 'fortran_order': True, 'shape': (1, 2), }", "Fortran order"},
        {"{'descr': '<c16', 'fortran_order': False, 'shape': (1, 2), }", "type <c16"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (1, 2), }", "type |O"},
        {"{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", "records"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (), }", "one or two"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1, 2), }", "it has more"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (0, 2), }", "empty"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 2), }", "one or two"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 3), }", "needs 24"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }", "needs 32"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999, 2), }",
         "too large"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 16000000), }",
         "too large"},
        {"{'descr': '<f8', 'shape': (1, 2), }", "no header with"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2", "one or two"},
        {"{'descr': '<f8", "no header with"},
        {"", "no header with"},
    };
    const double numbers[2] = {1, 2}, bad[2] = {1, (double)NAN};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        is_refused("npy", write_npy(1, cases[k].header, numbers, sizeof numbers), "",
                   FM_ERROR_NO_INPUT, cases[k].fragment);
    const char *good = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }";
    is_refused("npy", write_npy(4, good, numbers, sizeof numbers), "", FM_ERROR_NO_INPUT,
               "version");
    is_refused("npy", write_npy(1, good, bad, sizeof bad), "", FM_ERROR_NO_INPUT,
               "row 0, column 1 (from 0) is nan");
    is_refused("npy", write_npy(1, good, numbers, sizeof numbers), "limit: 2",
               FM_ERROR_CONFIG, "has 1 rows");
}
END_TEST

/* A file cut anywhere, or with any one byte of its header changed, is read or an error. */
START_TEST(damaged_npy_is_read_or_an_error)
{
    static unsigned char bytes[200];
    const double numbers[2] = {1, 2};
    const char *path =
        write_npy(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }", numbers,
                  sizeof numbers);
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    const size_t n = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    for (size_t cut = 0; cut < n; cut++)
        is_refused("npy", write_file("cut.npy", bytes, cut), "", FM_ERROR_NO_INPUT, "npy");
    for (size_t at = 0; at < n - sizeof numbers; at++)
        for (int flip = 0; flip < 8; flip++) {
            struct test_plugin t;
            struct fm_dataset d;
            struct fm_error err = {0};
            bytes[at] ^= (unsigned char)(1 << flip);
            enum fm_status status =
                open_file(&t, "npy", write_file("flip.npy", bytes, n), "", 0, &d, &err);
            ck_assert(status == FM_OK || status == FM_ERROR_NO_INPUT);
            test_plugin_close(&t);
            bytes[at] ^= (unsigned char)(1 << flip);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("files");
    TCase *csv = tcase_create("csv"), *npy = tcase_create("npy");
    tcase_add_test(csv, csv_is_read_in_its_dialects);
    tcase_add_test(csv, csv_errors_have_line_and_column);
    tcase_add_test(csv, csv_lines_may_be_long);
    tcase_add_test(csv, a_constant_column_is_not_standardised);
    tcase_add_test(csv, standardised_columns_keep_shift_and_scale);
    tcase_add_test(npy, npy_numbers_of_all_types_are_read);
    tcase_add_test(npy, npy_of_other_kinds_is_an_error);
    tcase_add_test(npy, damaged_npy_is_read_or_an_error);
    suite_add_tcase(suite, csv);
    suite_add_tcase(suite, npy);
    return test_main(suite);
}
