#include <config.h>

#include "run/picture.h"

#include <math.h>

enum { SIDE = FM_PICTURE_SIDE, AREA = SIDE * SIDE };

double *fm_picture_planes(struct fm_arena *arena, const struct fm_dataset *set, size_t n,
                          const double *rows)
{
    size_t area = set->height * set->width;
    double *planes = FM_NEW(arena, n * set->dim, double);
    if (!planes)
        return NULL;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < set->channels; c++)
            for (size_t p = 0; p < area; p++)
                planes[(i * set->channels + c) * area + p] =
                    rows[i * set->dim + p * set->channels + c];
    return planes;
}

/* Lower end of each coordinate and width of the frame, which is square and keeps shapes. */
static void find_frame(size_t n, const double *data, double low[2], double *width)
{
    double high[2];
    for (size_t j = 0; j < 2; j++) {
        low[j] = high[j] = data[j];
        for (size_t i = 1; i < n; i++) {
            low[j] = fmin(low[j], data[2 * i + j]);
            high[j] = fmax(high[j], data[2 * i + j]);
        }
    }
    *width = 1.2 * fmax(fmax(high[0] - low[0], high[1] - low[1]), 1e-300);
    for (size_t j = 0; j < 2; j++)
        low[j] = (low[j] + high[j] - *width) / 2;
}

/* Counts rows into cells; the second coordinate points up. */
static void count(size_t n, const double *rows, const double low[2], double width,
                  double *cells)
{
    for (size_t i = 0; i < n; i++) {
        double x = (rows[2 * i] - low[0]) / width, y = (rows[2 * i + 1] - low[1]) / width;
        if (x >= 0 && x < 1 && y >= 0 && y < 1)
            cells[(SIDE - 1 - (size_t)(y * SIDE)) * SIDE + (size_t)(x * SIDE)]++;
    }
}

double *fm_picture_densities(struct fm_arena *arena, size_t n, const double *data,
                             const double *samples)
{
    double low[2], width, most = 1;
    double *cells = FM_NEW(arena, 2 * AREA, double);
    if (!cells)
        return NULL;
    find_frame(n, data, low, &width);
    count(n, data, low, width, cells);
    count(n, samples, low, width, cells + AREA);
    for (size_t i = 0; i < AREA; i++)
        most = fmax(most, cells[i]);
    for (size_t i = 0; i < 2 * AREA; i++)
        cells[i] = 2 * fmin(sqrt(cells[i] / most), 1) - 1;
    return cells;
}
