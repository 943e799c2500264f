/* Files outside the database: safetensors, npy, png. */
#include <config.h>

#include "base/file.h"
#include "store/image.h"
#include "store/npy.h"
#include "store/tensor_read.h"
#include "store/tensor_write.h"
#include "support.h"

#include <math.h>
#include <png.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static struct fm_error err;
static struct fm_arena arena;

static const char *scratch(const char *name)
{
    static char path[4200];
    (void)snprintf(path, sizeof path, "%s/%s", test_scratch_folder("tensor"), name);
    return path;
}

static void tear_down(void)
{
    fm_arena_fini(&arena);
}

/* ---- safetensors --------------------------------------------------------------------- */

START_TEST(tensors_and_notes_read_back_unchanged)
{
    static const float weights[6] = {1, -2.5f, 3e-20f, 4, 5, (float)INFINITY};
    static const double moments[3] = {0.1, -1e300, 0};
    static const int64_t step = -1234567890123456789;
    const struct fm_tensor tensors[] = {
        {"layer.0 \"w\"\\\n\xc3\xa9", FM_TENSOR_F32, 2, {2, 3}, weights},
        {"m", FM_TENSOR_F64, 1, {3}, moments},
        {"step", FM_TENSOR_I64, 0, {0}, &step},
        {"empty", FM_TENSOR_F32, 2, {0, 7}, NULL}};
    const struct fm_tensor_note notes[] = {{"format", "pt"}, {"key \"\t", "a\nb"}};
    struct fm_tensor_file file;
    const char *path = scratch("a.safetensors");
    ck_ok(fm_tensor_write(path, &(struct fm_tensor_file){4, tensors, 2, notes}, &err));
    ck_ok(fm_tensor_read(&arena, path, &file, &err));
    ck_assert_uint_eq(file.n_tensors, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct fm_tensor *t = fm_tensor_find(&file, tensors[i].name);
        ck_assert_ptr_nonnull(t);
        ck_assert_int_eq(t->type, tensors[i].type);
        ck_assert_uint_eq(t->n_dims, tensors[i].n_dims);
        ck_assert_mem_eq(t->shape, tensors[i].shape, t->n_dims * sizeof *t->shape);
        size_t size = t->type == FM_TENSOR_F32 ? 4 : 8;
        ck_assert_uint_eq((uintptr_t)t->data % size, 0);
        if (fm_tensor_n_elements(t) > 0)
            ck_assert_mem_eq(t->data, tensors[i].data, size * fm_tensor_n_elements(t));
    }
    ck_assert_str_eq(fm_tensor_note_value(&file, "key \"\t"), "a\nb");
    ck_assert_ptr_null(fm_tensor_note_value(&file, "none"));
    ck_assert_ptr_null(fm_tensor_find(&file, "none"));
}
END_TEST

START_TEST(a_file_without_tensors_is_valid)
{
    struct fm_tensor_file file;
    const char *path = scratch("empty.safetensors");
    ck_ok(fm_tensor_write(path, &(struct fm_tensor_file){0, NULL, 0, NULL}, &err));
    ck_ok(fm_tensor_read(&arena, path, &file, &err));
    ck_assert_uint_eq(file.n_tensors + file.n_notes, 0);
}
END_TEST

/* Writes a header, preceded by its length or by `length` if that isn't 0, and n_data
 * bytes. */
static const char *raw(const char *header, uint64_t length, size_t n_data)
{
    static char bytes[4000];
    const char *path = scratch("raw.safetensors");
    size_t n = strlen(header);
    if (length == 0)
        length = n;
    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, header, n);
    memset(bytes + 8 + n, 0, n_data);
    ck_ok(fm_file_write(path, bytes, 8 + n + n_data, &err));
    return path;
}

START_TEST(files_of_other_writers_are_read)
{
    /* unpadded header (unaligned data), other key order, blanks, and data in another order
     * than the header */
    struct fm_tensor_file file;
    const char *path =
        raw("{ \"b\": {\"data_offsets\": [4, 12], \"shape\": [1], \"dtype\": \"F64\"},"
            "\"a\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]}}  ",
            0, 12);
    ck_ok(fm_tensor_read(&arena, path, &file, &err));
    ck_assert_uint_eq(file.n_tensors, 2);
    ck_assert_str_eq(file.tensors[0].name, "a");
    ck_assert_uint_eq((uintptr_t)file.tensors[1].data % 8, 0);
    ck_assert_double_eq(*(const double *)file.tensors[1].data, 0);
}
END_TEST

#define TENSOR(name, type, shape, begin, end)                                              \
    "\"" name "\":{\"dtype\":\"" type "\",\"shape\":[" shape "],\"data_offsets\":[" begin  \
    "," end "]}"

START_TEST(hostile_files_give_messages)
{
    static const struct {
        const char *header;
        uint64_t length;
        size_t n_data;
        const char *message;
    } cases[] = {
        {"", 100, 0, "its header would have 100 bytes"},
        {"{}", UINT64_MAX, 0, "its header would have 18446744073709551615 bytes"},
        {"{}", (uint64_t)1 << 40, 0, "its header would have"},
        {"{", 0, 0, "not JSON"},
        {"[]", 0, 0, "not a JSON object"},
        {"{} {}", 0, 0, "more text after the JSON"},
        {"{}", 0, 4, "4 bytes after the last tensor"},
        {"{" TENSOR("a", "F32", "1", "0", "4") "}", 0, 3, "outside the file"},
        {"{" TENSOR("a", "F32", "1", "4", "0") "}", 0, 8, "outside the file"},
        {"{" TENSOR("a", "F32", "1", "0", "1e300") "}", 0, 4, "wrong data_offsets"},
        {"{" TENSOR("a", "F32", "1", "-4", "0") "}", 0, 4, "wrong data_offsets"},
        {"{" TENSOR("a", "F32", "1", "0.5", "4.5") "}", 0, 8, "wrong data_offsets"},
        {"{" TENSOR("a", "F32", "2", "0", "4") "}", 0, 4,
         "has 4 bytes, its type and shape"},
        {"{" TENSOR("a", "F32", "4294967296,4294967296", "0", "0") "}", 0, 0,
         "wrong shape"},
        {"{" TENSOR("a", "F32", "1.5", "0", "4") "}", 0, 4, "wrong shape"},
        {"{" TENSOR("a", "F32", "1,1,1,1,1,1,1,1,1", "0", "4") "}", 0, 4, "dimensions"},
        {"{" TENSOR("a", "BF16", "2", "0", "4") "}", 0, 4, "type BF16"},
        {"{" TENSOR("", "F32", "1", "0", "4") "}", 0, 4, "not a tensor"},
        {"{" TENSOR("a", "F32", "1", "0", "4") "," TENSOR("b", "F32", "1", "0", "4") "}", 0,
         4, "overlaps"},
        {"{" TENSOR("a", "F32", "2", "0", "8") "," TENSOR("b", "F32", "1", "4", "8") "}", 0,
         8, "overlaps"},
        {"{" TENSOR("a", "F32", "1", "0", "4") "," TENSOR("b", "F32", "1", "8", "12") "}",
         0, 12, "gap"},
        {"{" TENSOR("a", "F32", "1", "0", "4") "," TENSOR("a", "F32", "1", "4", "8") "}", 0,
         8, "twice"},
        {"{\"a\":5}", 0, 0, "not a tensor"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[]}}", 0, 0, "not a tensor"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":7,\"data_offsets\":[0,4]}}", 0, 4,
         "no shape"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 0, 4,
         "wrong data_offsets"},
        {"{\"__metadata__\":{\"a\":1}}", 0, 0, "not a map of texts"},
        {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, 0, "not one map"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fm_tensor_file file = {77, NULL, 0, NULL};
        ck_fails(fm_tensor_read(&arena,
                                raw(cases[i].header, cases[i].length, cases[i].n_data),
                                &file, &err),
                 FM_ERROR_IO, cases[i].message);
        ck_assert_uint_eq(file.n_tensors, 77);
    }
}
END_TEST

START_TEST(cut_and_changed_files_never_crash_the_reader)
{
    /* every byte of a small file changed in eight ways, and every length */
    static const double values[2] = {1, 2};
    const struct fm_tensor tensor = {"a", FM_TENSOR_F64, 2, {1, 2}, values};
    const struct fm_tensor_note note = {"k", "v"};
    struct fm_tensor_file file;
    char *bytes;
    size_t n, n_accepted = 0;
    const char *path = scratch("fuzz.safetensors");
    ck_ok(fm_tensor_write(path, &(struct fm_tensor_file){1, &tensor, 1, &note}, &err));
    ck_ok(fm_file_read(&arena, path, 10000, &bytes, &n, &err));
    for (size_t i = 0; i < n; i++)
        for (int bit = -1; bit < 8; bit++) {
            FILE *out = fopen(path, "wb");
            ck_assert_ptr_nonnull(out);
            char old = bytes[i];
            if (bit >= 0)
                bytes[i] = (char)(bytes[i] ^ (1 << bit));
            (void)fwrite(bytes, 1, bit < 0 ? i : n, out);
            bytes[i] = old;
            ck_assert_int_eq(fclose(out), 0);
            enum fm_status status = fm_tensor_read(&arena, path, &file, &err);
            ck_assert(status == FM_OK || status == FM_ERROR_IO);
            n_accepted += status == FM_OK;
            ck_assert(bit >= 0 || status != FM_OK);
        }
    ck_assert_uint_ge(n_accepted, 128); /* the 16 bytes of the values may have any value */
    ck_fails(fm_tensor_read(&arena, "/nowhere", &file, &err), FM_ERROR_NO_INPUT,
             "/nowhere");
}
END_TEST

START_TEST(running_out_of_memory_is_an_error_at_every_allocation)
{
    static const double values[2] = {1, 2};
    const struct fm_tensor tensor = {"a", FM_TENSOR_F64, 1, {2}, values};
    const struct fm_tensor_note note = {"k", "v"};
    struct fm_tensor_file file = {.n_tensors = 7};
    struct fm_npy array = {.n_dims = 7};
    const char *path = scratch("memory");
    size_t n = 0;
    enum fm_status status = FM_ERROR_MEMORY;
    ck_ok(fm_tensor_write(path, &(struct fm_tensor_file){1, &tensor, 1, &note}, &err));
    while (status == FM_ERROR_MEMORY) {
        ck_assert_uint_eq(file.n_tensors, 7);
        fm_arena_fail_after(++n);
        status = fm_tensor_read(&arena, path, &file, &err);
    }
    ck_ok(status);
    ck_assert_uint_gt(n, 5);
    fm_arena_fail_after(0);
    ck_ok(fm_npy_write_rows(path, 1, 2, values, &err));
    for (n = 0, status = FM_ERROR_MEMORY; status == FM_ERROR_MEMORY;) {
        ck_assert_uint_eq(array.n_dims, 7);
        fm_arena_fail_after(++n);
        status = fm_npy_read(&arena, path, &array, &err);
    }
    ck_ok(status);
    ck_assert_uint_gt(n, 2);
    fm_arena_fail_after(0);
}
END_TEST

/* ---- npy ----------------------------------------------------------------------------- */

START_TEST(arrays_read_back_unchanged)
{
    static const float data[6] = {1, 2, 3, 4, 5, 6};
    static const double rows[4] = {0.1, 0.2, 0.3, 0.4};
    struct fm_npy found;
    const char *path = scratch("a.npy");
    for (size_t n_dims = 0; n_dims <= 3; n_dims++) {
        struct fm_npy array = {FM_NPY_F32, n_dims, {n_dims == 1 ? 6 : 2, 3, 1}, data};
        ck_ok(fm_npy_write(path, &array, &err));
        ck_ok(fm_npy_read(&arena, path, &found, &err));
        ck_assert_int_eq(found.type, FM_NPY_F32);
        ck_assert_uint_eq(found.n_dims, n_dims);
        ck_assert_mem_eq(found.shape, array.shape, n_dims * sizeof *found.shape);
        ck_assert_mem_eq(found.data, data, n_dims ? sizeof data : sizeof *data);
    }
    ck_ok(fm_npy_write_rows(path, 2, 2, rows, &err));
    ck_ok(fm_npy_read(&arena, path, &found, &err));
    ck_assert_int_eq(found.type, FM_NPY_F64);
    ck_assert_mem_eq(found.data, rows, sizeof rows);
    ck_ok(fm_npy_write_rows(path, 0, 2, NULL, &err));
    ck_ok(fm_npy_read(&arena, path, &found, &err));
    ck_assert_uint_eq(found.shape[0], 0);
}
END_TEST

START_TEST(the_header_is_the_one_numpy_writes)
{
    /* numpy.lib.format: magic, 1.0, header length 118, a dict that ends with blanks and \n
     * so that the data start at a multiple of 64 */
    static const double rows[6] = {0};
    char *bytes;
    size_t n;
    const char *path = scratch("a.npy");
    ck_ok(fm_npy_write_rows(path, 3, 2, rows, &err));
    ck_ok(fm_file_read(&arena, path, 10000, &bytes, &n, &err));
    ck_assert_uint_eq(n, 128 + sizeof rows);
    ck_assert_mem_eq(bytes, "\x93NUMPY\x01\x00\x76\x00", 10);
    ck_assert_mem_eq(bytes + 10,
                     "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), } ", 60);
    ck_assert_int_eq(bytes[127], '\n');
}
END_TEST

START_TEST(wrong_arrays_give_messages)
{
    static const struct {
        const char *header;
        size_t n_data;
        const char *message;
    } cases[] = {
        {"{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }", 8, "float32"},
        {"{'descr': '<f8', 'fortran_order': True, 'shape': (1,), }", 8, "Fortran"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", 8,
         "size doesn't fit"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", 8,
         "shape is wrong"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693952,), }", 0,
         "size doesn't fit"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }", 8,
         "shape is wrong"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1 1), }", 8, "not a tuple"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': 1, }", 8, "not a tuple"},
        {"{'descr': '<f8', 'fortran_order': False, }", 8, "incomplete"},
        {"{'descr': '<f8', 'other': 1}", 8, "unknown key"},
        {"{'descr': '<f8'", 8, "not a Python dict"},
        {"", 8, "not a Python dict"},
    };
    struct fm_npy array;
    char bytes[400];
    const char *path = scratch("wrong.npy");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint16_t n = (uint16_t)strlen(cases[i].header);
        memcpy(bytes, "\x93NUMPY\x01\x00", 8);
        memcpy(bytes + 8, &n, 2);
        memcpy(bytes + 10, cases[i].header, n);
        memset(bytes + 10 + n, 0, cases[i].n_data);
        ck_ok(fm_file_write(path, bytes, 10u + n + cases[i].n_data, &err));
        ck_fails(fm_npy_read(&arena, path, &array, &err), FM_ERROR_IO, cases[i].message);
    }
    ck_ok(fm_file_write(path, "\x93NUMPY\x01\x00\xff\x00", 10, &err));
    ck_fails(fm_npy_read(&arena, path, &array, &err), FM_ERROR_IO, "cut off");
    ck_ok(fm_file_write(path, "\x93NUMPY\x02\x00\x00\x00\x00\x00", 12, &err));
    ck_fails(fm_npy_read(&arena, path, &array, &err), FM_ERROR_IO, "version");
    ck_ok(fm_file_write(path, "hello world", 11, &err));
    ck_fails(fm_npy_read(&arena, path, &array, &err), FM_ERROR_IO, "not a .npy");
}
END_TEST

/* ---- png ----------------------------------------------------------------------------- */

/* Reads a PNG back through libpng as gray or RGB bytes. */
static unsigned char *read_png(const char *path, unsigned format, size_t *height,
                               size_t *width)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    ck_assert_int_ne(png_image_begin_read_from_file(&image, path), 0);
    ck_assert_uint_eq(image.format, format);
    *height = image.height;
    *width = image.width;
    unsigned char *pixels = fm_arena_take(&arena, PNG_IMAGE_SIZE(image), 1);
    ck_assert_ptr_nonnull(pixels);
    ck_assert_int_ne(png_image_finish_read(&image, NULL, pixels, 0, NULL), 0);
    return pixels;
}

START_TEST(gray_images_are_in_a_grid_with_gaps)
{
    /* three images of 1 by 2; two columns: width 2 + 1 + 2, height 1 + 1 + 1.  -1 .. 1
     * becomes 0 .. 255: 0 is 127.5, rounded up; 2 is clamped; NaN is black. */
    static const double images[] = {-1, 1, 0, 2, (double)NAN, -5};
    static const unsigned char expected[3][5] = {
        {0, 255, 0, 128, 255}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}};
    size_t height, width;
    const char *path = scratch("gray.png");
    struct fm_image_grid grid = {.n = 3,
                                 .n_channels = 1,
                                 .height = 1,
                                 .width = 2,
                                 .low = -1,
                                 .high = 1,
                                 .images = images};
    ck_ok(fm_image_write(path, &grid, &err));
    unsigned char *pixels = read_png(path, PNG_FORMAT_GRAY, &height, &width);
    ck_assert_uint_eq(height, 3);
    ck_assert_uint_eq(width, 5);
    ck_assert_mem_eq(pixels, expected, sizeof expected);
}
END_TEST

START_TEST(channels_become_the_colours_of_a_pixel)
{
    /* one image of 2 by 1, channel after channel: red 1 0, green 0 1, blue 0 0.2 (51) */
    static const double images[] = {1, 0, 0, 1, 0, 0.2};
    static const unsigned char expected[] = {255, 0, 0, 0, 255, 51};
    size_t height, width;
    const char *path = scratch("rgb.png");
    struct fm_image_grid grid = {.n = 1,
                                 .n_channels = 3,
                                 .height = 2,
                                 .width = 1,
                                 .low = 0,
                                 .high = 1,
                                 .images = images};
    ck_ok(fm_image_write(path, &grid, &err));
    unsigned char *pixels = read_png(path, PNG_FORMAT_RGB, &height, &width);
    ck_assert_uint_eq(height, 2);
    ck_assert_uint_eq(width, 1);
    ck_assert_mem_eq(pixels, expected, sizeof expected);
    grid.height = (size_t)1 << 40;
    ck_fails(fm_image_write(path, &grid, &err), FM_ERROR_IO, "too many");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tensor");
    TCase *tensor = tcase_create("safetensors"), *npy = tcase_create("npy"),
          *png = tcase_create("png");
    tcase_add_checked_fixture(tensor, NULL, tear_down);
    tcase_add_checked_fixture(npy, NULL, tear_down);
    tcase_add_checked_fixture(png, NULL, tear_down);
    tcase_add_test(tensor, tensors_and_notes_read_back_unchanged);
    tcase_add_test(tensor, a_file_without_tensors_is_valid);
    tcase_add_test(tensor, files_of_other_writers_are_read);
    tcase_add_test(tensor, hostile_files_give_messages);
    tcase_add_test(tensor, cut_and_changed_files_never_crash_the_reader);
    tcase_add_test(tensor, running_out_of_memory_is_an_error_at_every_allocation);
    tcase_add_test(npy, arrays_read_back_unchanged);
    tcase_add_test(npy, the_header_is_the_one_numpy_writes);
    tcase_add_test(npy, wrong_arrays_give_messages);
    tcase_add_test(png, gray_images_are_in_a_grid_with_gaps);
    tcase_add_test(png, channels_become_the_colours_of_a_pixel);
    suite_add_tcase(suite, tensor);
    suite_add_tcase(suite, npy);
    suite_add_tcase(suite, png);
    return test_main(suite);
}
