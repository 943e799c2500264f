/* The labels of data sets belong to the rows that come with them. */
#include <config.h>

#include "base/error.h"
#include "host/data.h"
#include "plugin_support.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static const struct fm_stream stream = {42, 7, 3};
static const double pi = 3.14159265358979323846;

static void open_data(struct test_plugin *t, const char *name, const char *yaml,
                      struct fm_data *data)
{
    struct fm_error err = {0};
    test_plugin_open(t, FM_DATASET, name, yaml);
    ck_ok(fm_data_open(&t->arena, t->plugin, t->options, 0, false, data, &err));
}

/* ---- generated sets: which label a place in the plane belongs to; -1: can't be said ---- */

static int component(double x, double y)
{
    return y > 5 ? 2 : x > 0 ? 1 : 0;
}

static int moon(double x, double y)
{
    return y >= 0 && fabs(x * x + y * y - 1) < 1e-9 ? 0 : 1;
}

static int circle(double x, double y)
{
    return hypot(x, y) > 0.75 ? 0 : 1;
}

/* Whether (3 x, 3 y) is within the square of side 1/2 at (-t cos t, t sin t) for some t. */
static bool is_on_spiral(double x, double y)
{
    for (double t = 0; t < 3 * pi; t += 1e-3) {
        const double a = 3 * x + t * cos(t), b = 3 * y - t * sin(t);
        if (a > -0.01 && a < 0.51 && b > -0.01 && b < 0.51)
            return true;
    }
    return false;
}

static int spiral(double x, double y)
{
    const bool one = is_on_spiral(x, y), other = is_on_spiral(-x, -y);
    ck_assert(one || other);
    return one && other ? -1 : other;
}

/* (f1, f2) rotated clockwise by 2 pi k / 5 + e^f1 / 4, with small f2: near the middle of an
 * arm, f1 is nearly the distance. */
static int arm(double x, double y)
{
    const double turned = (-atan2(y, x) - exp(hypot(x, y)) / 4) / (2 * pi / 5);
    const double nearest = round(turned);
    return fabs(turned - nearest) > 0.25 ? -1 : (int)fmod(nearest + 100, 5);
}

static int dark_square(double x, double y)
{
    return 2 * (int)floor(x + 2) + (y >= 0 ? 1 : 0);
}

static const struct {
    const char *name, *yaml;
    size_t n_labels;
    int (*label)(double x, double y);
    double known; /* at least this share of the rows shows its label */
} sets[] = {
    {"gaussian_mixture", "{means: [[-3, 0], [3, 0], [0, 10]], sd: [[0.3]]}", 3, component,
     1},
    {"moons", "{noise: 0}", 2, moon, 1},
    {"circles", "{noise: 0.01}", 2, circle, 1},
    {"spirals", "{noise: 1e-6}", 2, spiral, 0.9},
    {"pinwheel", "{profile: ffjord}", 5, arm, 0.6},
    {"checkerboard", "{}", 8, dark_square, 1},
};
enum { N_SETS = sizeof sets / sizeof *sets };

START_TEST(generated_rows_are_where_their_label_is)
{
    enum { N = 4000 };
    static double x[2 * N];
    static uint32_t label[N];
    size_t n_known = 0, counts[8] = {0};
    struct test_plugin t;
    struct fm_data data;
    open_data(&t, sets[_i].name, sets[_i].yaml, &data);
    ck_assert_uint_eq(data.set.n_labels, sets[_i].n_labels);
    fm_data_rows(&data, stream, N, 0, N, x);
    fm_data_labels(&data, stream, N, 0, N, label);
    for (size_t i = 0; i < N; i++) {
        const double scale = strcmp(sets[_i].name, "pinwheel") == 0 ? 2 : 1;
        int expected = sets[_i].label(x[2 * i] / scale, x[2 * i + 1] / scale);
        counts[label[i]]++;
        n_known += expected >= 0;
        if (expected >= 0 && scale > 1 && (int)label[i] != expected)
            n_known -= 2; /* f2 is not always small: some labels are guessed wrongly */
        else if (expected >= 0)
            ck_assert_int_eq(label[i], expected);
    }
    ck_assert_double_ge((double)n_known, sets[_i].known * N);
    for (size_t k = 0; k < sets[_i].n_labels; k++) { /* all equally likely; 5 sigma */
        const double p = 1 / (double)sets[_i].n_labels;
        ck_near((double)counts[k], N * p, 5 * sqrt(N * p * (1 - p)));
    }
    test_plugin_close(&t);
}
END_TEST

START_TEST(labels_do_not_depend_on_how_a_batch_is_cut)
{
    enum { N = 200 };
    uint32_t whole[N], pieces[N];
    struct test_plugin t;
    struct fm_data data;
    open_data(&t, sets[_i].name, sets[_i].yaml, &data);
    fm_data_labels(&data, stream, N, 0, N, whole);
    fm_data_labels(&data, stream, N, 0, 3, pieces);
    fm_data_labels(&data, stream, N, 3, 130, pieces + 3);
    fm_data_labels(&data, stream, N, 133, N - 133, pieces + 133);
    ck_assert_mem_eq(whole, pieces, sizeof whole);
    test_plugin_close(&t);
}
END_TEST

START_TEST(weights_of_a_mixture_are_those_of_its_labels)
{
    enum { N = 20000 };
    static uint32_t label[N];
    size_t n = 0;
    struct test_plugin t;
    struct fm_data data;
    open_data(&t, "gaussian_mixture", "{weights: [1, 3], means: [[-2, 0], [2, 4]]}", &data);
    fm_data_labels(&data, stream, N, 0, N, label);
    for (size_t i = 0; i < N; i++)
        n += label[i];
    ck_near((double)n / N, 0.75, 5 * sqrt(0.25 * 0.75 / N));
    ck_assert_uint_eq(data.set.mixture->labels[0], 0);
    ck_assert_uint_eq(data.set.mixture->labels[1], 1);
    test_plugin_close(&t);
}
END_TEST

/* As in its code, rows 0 to 7, 8 to 15, ... have one row of each mode. */
START_TEST(modes_of_tong2023_have_equally_many_rows)
{
    struct test_plugin t;
    struct fm_data data;
    uint32_t label[64], count[8] = {0};
    open_data(&t, "gaussian_mixture", "{preset: 8gaussians_tong2023}", &data);
    fm_data_labels(&data, stream, 64, 0, 64, label);
    for (size_t i = 0; i < 64; i++)
        count[label[i]]++;
    for (size_t k = 0; k < 8; k++)
        ck_assert_uint_eq(count[k], 8);
    test_plugin_close(&t);
}
END_TEST

START_TEST(a_set_without_labels_has_none)
{
    struct test_plugin t;
    struct fm_data data;
    open_data(&t, "scurve", "{}", &data);
    ck_assert_uint_eq(data.set.n_labels, 0);
    test_plugin_close(&t);
}
END_TEST

/* ---- idx ---- */

enum { N_IMAGES = 7 };

static void put(const char *path, bool is_gzipped, const unsigned char *bytes, size_t n)
{
    gzFile file = gzopen(path, is_gzipped ? "wb" : "wbT");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, bytes, (unsigned)n), (int)n);
    ck_assert_int_eq(gzclose(file), Z_OK);
}

/* Image i has four pixels 20 i; its label is (3 i) mod 5. */
static const char *idx_files(bool is_gzipped, size_t n_labels, size_t n_extra,
                             const char *more)
{
    static char yaml[9000];
    char images[4300], labels[4300];
    unsigned char image_bytes[16 + 4 * N_IMAGES] = {0, 0, 8, 3, 0, 0, 0, N_IMAGES,
                                                    0, 0, 0, 2, 0, 0, 0, 2};
    unsigned char label_bytes[64] = {0, 0, 8, 1, 0, 0, 0, (unsigned char)n_labels};
    for (size_t i = 0; i < N_IMAGES; i++)
        memset(image_bytes + 16 + 4 * i, (int)(20 * i), 4);
    for (size_t i = 0; i < n_labels; i++)
        label_bytes[8 + i] = (unsigned char)(3 * i % 5);
    (void)snprintf(images, sizeof images, "%s/images", test_scratch_folder("labels"));
    (void)snprintf(labels, sizeof labels, "%s/labels", test_scratch_folder("labels"));
    put(images, is_gzipped, image_bytes, sizeof image_bytes);
    put(labels, is_gzipped, label_bytes, 8 + n_labels + n_extra);
    (void)snprintf(yaml, sizeof yaml, "{file: '%s', labels: '%s'%s}", images, labels, more);
    return yaml;
}

START_TEST(idx_labels_belong_to_their_images)
{
    struct test_plugin t;
    struct fm_data data;
    double x[4 * 3 * N_IMAGES];
    uint32_t label[3 * N_IMAGES];
    open_data(&t, "idx", idx_files(_i, N_IMAGES, 0, ""), &data);
    ck_assert_uint_eq(data.set.n_labels, 5);
    for (size_t i = 0; i < N_IMAGES; i++)
        ck_assert_uint_eq(data.ops->read_label(data.options, &data.set, i), 3 * i % 5);
    /* three shuffled epochs */
    fm_data_rows(&data, stream, 5, 0, 3 * N_IMAGES, x);
    fm_data_labels(&data, stream, 5, 0, 3 * N_IMAGES, label);
    for (size_t i = 0; i < 3 * N_IMAGES; i++) {
        const size_t image = (size_t)lround((x[4 * i] + 1) * 127.5 / 20);
        ck_assert_uint_eq(label[i], 3 * image % 5);
    }
    test_plugin_close(&t);
    open_data(&t, "idx", idx_files(_i, N_IMAGES, 0, ", limit: 2"), &data);
    ck_assert_uint_eq(data.set.n_labels, 4); /* 0 and 3 */
    test_plugin_close(&t);
}
END_TEST

START_TEST(gzipped_labels_that_are_cut_are_an_error)
{
    struct test_plugin t;
    struct fm_dataset d;
    struct fm_error err = {0};
    char labels[4300];
    struct stat status;
    const char *yaml = idx_files(true, N_IMAGES, 0, "");
    ck_assert_int_eq(sscanf(strstr(yaml, "labels: '"), "labels: '%4299[^']", labels), 1);
    test_plugin_open(&t, FM_DATASET, "idx", yaml);
    ck_assert_int_eq(stat(labels, &status), 0);
    ck_assert_int_eq(truncate(labels, status.st_size - 6), 0); /* checksum and size */
    ck_fails(test_dataset_open(&t, 0, &d, &err), FM_ERROR_NO_INPUT, "labels");
    test_plugin_close(&t);
}
END_TEST

START_TEST(idx_labels_of_another_number_are_an_error)
{
    static const struct {
        size_t n_labels, n_extra;
        const char *fragment;
    } cases[] = {{N_IMAGES - 1, 0, "labels has 6 labels for 7 images"},
                 {N_IMAGES + 1, 0, "labels has 8 labels for 7 images"},
                 {N_IMAGES, 1, "labels has more bytes than its 7 labels"}};
    struct fm_error err = {0};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct test_plugin t;
        struct fm_dataset d;
        test_plugin_open(&t, FM_DATASET, "idx",
                         idx_files(false, cases[k].n_labels, cases[k].n_extra, ""));
        ck_fails(test_dataset_open(&t, 0, &d, &err), FM_ERROR_NO_INPUT, cases[k].fragment);
        test_plugin_close(&t);
    }
    char yaml[9000];
    struct test_plugin t;
    struct fm_dataset d;
    const char *folder = test_scratch_folder("labels");
    (void)idx_files(false, N_IMAGES, 0, "");
    (void)snprintf(yaml, sizeof yaml, "{file: '%s/images', labels: '%s/images'}", folder,
                   folder);
    test_plugin_open(&t, FM_DATASET, "idx", yaml);
    ck_fails(test_dataset_open(&t, 0, &d, &err), FM_ERROR_NO_INPUT,
             "has 3 dimensions, labels have 1 (is it the file of images?)");
    test_plugin_close(&t);
}
END_TEST

/* ---- what the host asks of a plugin ---- */

static enum fm_status open_unable(const void *options, const struct fm_services *services,
                                  struct fm_dataset *d, struct fm_error *err)
{
    (void)options, (void)services, (void)err;
    *d = (struct fm_dataset){.dim = 2, .n_labels = 3};
    return FM_OK;
}

static void draw_nothing(const void *options, const struct fm_dataset *d,
                         struct fm_stream from, uint64_t first_row, size_t n, double *x)
{
    (void)options, (void)d, (void)from, (void)first_row, (void)n, (void)x;
}

START_TEST(labels_of_a_set_without_labels_are_an_error)
{
    static const struct fm_dataset_ops ops = {
        .size = sizeof ops, .open = open_unable, .draw = draw_nothing};
    const struct fm_plugin plugin = {.name = "unable", .dataset = &ops};
    struct fm_arena arena = {0};
    struct fm_data data;
    struct fm_error err = {0};
    ck_fails(fm_data_open(&arena, &plugin, NULL, 0, false, &data, &err), FM_ERROR_PLUGIN,
             "unable has labels, but neither draw_labels nor read_label");
    fm_arena_fini(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("labels");
    TCase *tc = tcase_create("labels");
    tcase_add_loop_test(tc, generated_rows_are_where_their_label_is, 0, N_SETS);
    tcase_add_loop_test(tc, labels_do_not_depend_on_how_a_batch_is_cut, 0, N_SETS);
    tcase_add_test(tc, weights_of_a_mixture_are_those_of_its_labels);
    tcase_add_test(tc, modes_of_tong2023_have_equally_many_rows);
    tcase_add_test(tc, a_set_without_labels_has_none);
    tcase_add_loop_test(tc, idx_labels_belong_to_their_images, 0, 2);
    tcase_add_test(tc, gzipped_labels_that_are_cut_are_an_error);
    tcase_add_test(tc, idx_labels_of_another_number_are_an_error);
    tcase_add_test(tc, labels_of_a_set_without_labels_are_an_error);
    suite_add_tcase(suite, tc);
    return test_main(suite);
}
