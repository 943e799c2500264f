/* Images from idx files, plain and compressed. */
#include <config.h>

#include "plugin_support.h"
#include "support.h"

#include <string.h>
#include <zlib.h>

enum {
    ROWS = 3,
    HEIGHT = 2,
    WIDTH = 4,
    PIXELS = ROWS * HEIGHT * WIDTH,
    BYTES = 16 + PIXELS
};

/* A valid file of 3 images of 2 x 4; pixel p, counted through all images, is 11 p mod
 * 256. */
static void fill_idx(unsigned char *bytes)
{
    const unsigned char header[16] = {0, 0, 8, 3,      0, 0, 0, ROWS,
                                      0, 0, 0, HEIGHT, 0, 0, 0, WIDTH};
    memcpy(bytes, header, sizeof header);
    for (size_t i = 0; i < PIXELS; i++)
        bytes[16 + i] = (unsigned char)(11 * i);
}

static const char *write_idx(const char *name, const unsigned char *bytes, unsigned n,
                             const char *mode)
{
    static char path[5000];
    (void)snprintf(path, sizeof path, "%s/%s", test_scratch_folder("idx"), name);
    gzFile file = gzopen(path, mode);
    ck_assert_ptr_nonnull(file);
    if (n > 0)
        ck_assert_int_eq(gzwrite(file, bytes, n), (int)n);
    ck_assert_int_eq(gzclose(file), Z_OK);
    return path;
}

static const char *idx_yaml(const char *path, int limit)
{
    static char yaml[6000];
    (void)snprintf(yaml, sizeof yaml, "{file: '%s', limit: %d}", path, limit);
    return yaml;
}

START_TEST(idx_files_are_read_plain_and_gzipped)
{
    unsigned char bytes[BYTES];
    const char *modes[] = {"wbT", "wb"};
    fill_idx(bytes);
    for (size_t k = 0; k < 2; k++)
        for (int limit = 0; limit <= ROWS; limit++) {
            struct test_plugin t;
            struct fm_dataset d;
            double x[HEIGHT * WIDTH];
            struct fm_error err = {0};
            test_plugin_open(&t, FM_DATASET, "idx",
                             idx_yaml(write_idx("images", bytes, BYTES, modes[k]), limit));
            ck_ok(test_dataset_open(&t, limit == 1 ? HEIGHT * WIDTH : 0, &d, &err));
            ck_assert_uint_eq(d.n_rows, limit ? (size_t)limit : ROWS);
            ck_assert_uint_eq(d.dim, HEIGHT * WIDTH);
            ck_assert_uint_eq(d.height, HEIGHT);
            ck_assert_uint_eq(d.width, WIDTH);
            ck_assert_uint_eq(d.channels, 1);
            for (size_t i = d.n_rows; i-- > 0;) {
                t.plugin->dataset->read(t.options, &d, i, x);
                for (size_t j = 0; j < d.dim; j++)
                    ck_near(x[j], (double)(11 * (i * d.dim + j) % 256) / 255 * 2 - 1,
                            1e-15);
            }
            test_plugin_close(&t);
        }
}
END_TEST

static void check_idx_refused(const char *path, int limit, size_t dim,
                              enum fm_status expected, const char *fragment)
{
    struct fm_error err = {0};
    struct test_plugin t;
    struct fm_dataset d;
    test_plugin_open(&t, FM_DATASET, "idx", idx_yaml(path, limit));
    ck_fails(test_dataset_open(&t, dim, &d, &err), expected, fragment);
    ck_assert_msg(strstr(err.message, "images") != NULL, "no file name: %s", err.message);
    test_plugin_close(&t);
}

START_TEST(broken_idx_files_are_an_error)
{
    const char *modes[] = {"wbT", "wb"};
    unsigned char bytes[BYTES + 1] = {0};
    for (size_t k = 0; k < 2; k++) {
        fill_idx(bytes);
        check_idx_refused(write_idx("images", bytes, 0, modes[k]), 0, 0, FM_ERROR_NO_INPUT,
                          "truncated");
        check_idx_refused(write_idx("images", bytes, 9, modes[k]), 0, 0, FM_ERROR_NO_INPUT,
                          "truncated");
        check_idx_refused(write_idx("images", bytes, BYTES - 1, modes[k]), 0, 0,
                          FM_ERROR_NO_INPUT, "only 23");
        check_idx_refused(write_idx("images", bytes, BYTES + 1, modes[k]), 0, 0,
                          FM_ERROR_NO_INPUT, "at least 25");
        check_idx_refused(write_idx("images", bytes, BYTES, modes[k]), ROWS + 1, 0,
                          FM_ERROR_CONFIG, "has 3 images");
        check_idx_refused(write_idx("images", bytes, BYTES, modes[k]), 0, 5,
                          FM_ERROR_CONFIG, "5 are needed");
        const struct {
            size_t at;
            unsigned char value;
            const char *fragment;
        } changes[] = {{0, 'P', "not an idx file"}, {2, 13, "type 0x0d"}, {3, 1, "labels"},
                       {3, 4, "4 dimensions"},      {7, 0, "0 images"},   {11, 0, "0 x 4"},
                       {12, 255, "x 4278190084"},   {4, 255, "must have"}};
        for (size_t c = 0; c < sizeof changes / sizeof *changes; c++) {
            fill_idx(bytes);
            bytes[changes[c].at] = changes[c].value;
            check_idx_refused(write_idx("images", bytes, BYTES, modes[k]), 0, 0,
                              FM_ERROR_NO_INPUT, changes[c].fragment);
        }
    }
}
END_TEST

/* The compressed file itself is cut short or has a wrong byte. */
START_TEST(damaged_gzip_is_an_error)
{
    unsigned char bytes[BYTES], packed[4096];
    fill_idx(bytes);
    const char *path = write_idx("images", bytes, BYTES, "wb");
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    size_t n = fread(packed, 1, sizeof packed, file);
    (void)fclose(file);
    for (size_t cut = 1; cut < n; cut++) {
        check_idx_refused(write_idx("images", packed, (unsigned)cut, "wbT"), 0, 0,
                          FM_ERROR_NO_INPUT, "idx");
    }
    packed[n - 6] ^= 0x55; /* in the checksum */
    check_idx_refused(write_idx("images", packed, (unsigned)n, "wbT"), 0, 0,
                      FM_ERROR_NO_INPUT, "data check");
}
END_TEST

START_TEST(an_idx_file_must_exist)
{
    struct fm_error err = {0};
    struct test_plugin t;
    struct fm_dataset d;
    unsigned char bytes[BYTES];
    fill_idx(bytes);
    const char *path = write_idx("images", bytes, BYTES, "wb");
    test_plugin_open(&t, FM_DATASET, "idx", idx_yaml(path, 0));
    ck_assert_int_eq(remove(path), 0); /* removed after the config was read */
    ck_fails(test_dataset_open(&t, 0, &d, &err), FM_ERROR_NO_INPUT, path);
    test_plugin_close(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("idx");
    TCase *idx = tcase_create("idx");
    tcase_add_test(idx, idx_files_are_read_plain_and_gzipped);
    tcase_add_test(idx, broken_idx_files_are_an_error);
    tcase_add_test(idx, damaged_gzip_is_an_error);
    tcase_add_test(idx, an_idx_file_must_exist);
    suite_add_tcase(suite, idx);
    return test_main(suite);
}
