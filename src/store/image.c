#include <config.h>

#include "store/image.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"

#include <math.h>
#include <png.h>
#include <string.h>

/* pixels: [height][width][n_channels] */
struct picture {
    size_t height, width;
    unsigned char *pixels;
};

static unsigned char to_byte(const struct fm_image_grid *grid, double value)
{
    double scaled = 255 * (value - grid->low) / (grid->high - grid->low);
    if (!(scaled > 0))
        return 0;
    return scaled >= 255 ? 255 : (unsigned char)lround(scaled);
}

/* Puts image i where it belongs in the grid. */
static void put(const struct fm_image_grid *grid, size_t n_columns, size_t i,
                const struct picture *picture)
{
    size_t top = i / n_columns * (grid->height + 1),
           left = i % n_columns * (grid->width + 1);
    const double *image = grid->images + i * grid->n_channels * grid->height * grid->width;
    for (size_t c = 0; c < grid->n_channels; c++)
        for (size_t y = 0; y < grid->height; y++)
            for (size_t x = 0; x < grid->width; x++) {
                size_t pixel = (top + y) * picture->width + left + x;
                picture->pixels[pixel * grid->n_channels + c] =
                    to_byte(grid, image[(c * grid->height + y) * grid->width + x]);
            }
}

static enum fm_status write_png(const char *path, const struct picture *picture,
                                size_t n_channels, struct fm_arena *arena,
                                struct fm_error *err)
{
    png_image png = {.version = PNG_IMAGE_VERSION,
                     .width = (png_uint_32)picture->width,
                     .height = (png_uint_32)picture->height,
                     .format = n_channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB};
    png_alloc_size_t n_bytes = PNG_IMAGE_PNG_SIZE_MAX(png);
    void *bytes = fm_arena_take(arena, n_bytes, 1);
    if (!bytes)
        return fm_out_of_memory(err);
    if (!png_image_write_to_memory(&png, bytes, &n_bytes, 0, picture->pixels, 0, NULL)) {
        enum fm_status status =
            fm_fail(err, FM_ERROR_IO, "can't make the image %s: %s", path, png.message);
        png_image_free(&png);
        return status;
    }
    return fm_file_write(path, bytes, n_bytes, err);
}

enum fm_status fm_image_write(const char *path, const struct fm_image_grid *grid,
                              struct fm_error *err)
{
    enum { MAX_SIDE = 1 << 15 };
    FM_ASSERT(grid->n > 0 && (grid->n_channels == 1 || grid->n_channels == 3));
    FM_ASSERT(grid->height > 0 && grid->width > 0 && grid->low < grid->high);
    size_t n_columns =
        grid->n_columns ? grid->n_columns : (size_t)ceil(sqrt((double)grid->n));
    size_t n_rows = (grid->n + n_columns - 1) / n_columns;
    if (grid->height >= MAX_SIDE / n_rows || grid->width >= MAX_SIDE / n_columns)
        return fm_fail(
            err, FM_ERROR_IO,
            "can't make the image %s: %zu by %zu images of %zu by %zu pixels are too "
            "many; the limit is %d pixels a side",
            path, n_rows, n_columns, grid->height, grid->width, MAX_SIDE);
    struct fm_arena arena = {0};
    struct picture picture = {.height = n_rows * (grid->height + 1) - 1,
                              .width = n_columns * (grid->width + 1) - 1};
    picture.pixels =
        fm_arena_take(&arena, picture.height * picture.width, grid->n_channels);
    enum fm_status status = FM_OK;
    if (!picture.pixels)
        status = fm_out_of_memory(err);
    for (size_t i = 0; i < grid->n && status == FM_OK; i++)
        put(grid, n_columns, i, &picture);
    if (status == FM_OK)
        status = write_png(path, &picture, grid->n_channels, &arena, err);
    fm_arena_fini(&arena);
    return status;
}
