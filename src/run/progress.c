#include <config.h>

#include "run/progress.h"

#include "base/parallel.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const double PLAIN_EVERY = 10; /* seconds */

void fm_progress_init(struct fm_progress *p, bool is_quiet, size_t n_rows,
                      struct fm_progress_row *rows)
{
    const char *term = getenv("TERM");
    *p = (struct fm_progress){.is_quiet = is_quiet, .n_rows = n_rows, .rows = rows};
    p->is_terminal =
        !is_quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
    p->has_colour = p->is_terminal && !getenv("NO_COLOR");
}

void fm_progress_clear(struct fm_progress *p)
{
    if (p->n_drawn > 0)
        (void)fprintf(stderr, "\r\033[%zuA\033[J", p->n_drawn);
    p->n_drawn = 0;
}

void fm_progress_line(struct fm_progress *p, const char *format, ...)
{
    if (p->is_quiet)
        return;
    fm_progress_clear(p);
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("fmrun: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    p->last_drawn = 0;
}

static double steps_per_second(const struct fm_progress_row *row, double now)
{
    double seconds = now - row->started, steps = (double)row->step - row->steps_at_start;
    return seconds > 0.2 && steps > 0 ? steps / seconds : 0;
}

/* "step 1200/4000  loss 0.8123  950 steps/s  3.0 s left" */
static void add_numbers(struct fm_text *text, const struct fm_progress_row *row, double now)
{
    double speed = steps_per_second(row, now);
    fm_text_add(text, "step %zu/%zu  loss %.4g", row->step, row->n_steps, row->loss);
    if (speed > 0) {
        fm_text_add(text, "  %.0f steps/s  ", speed);
        fm_text_add_duration(text, (double)(row->n_steps - row->step) / speed);
        fm_text_add(text, " left");
    }
}

static size_t terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
        return size.ws_col;
    return 80;
}

static void draw_row(const struct fm_progress *p, const struct fm_progress_row *row,
                     double now, size_t width)
{
    struct fm_text text = {0};
    fm_text_add(&text, "%-8s ", row->name);
    if (row->n_steps > 0) {
        size_t filled = row->step * 16 / row->n_steps;
        for (size_t i = 0; i < 16; i++)
            fm_text_add(&text, "%s", i < filled ? "#" : "-");
        fm_text_add(&text, "  ");
        add_numbers(&text, row, now);
    } else {
        fm_text_add(&text, "%s", row->phase);
    }
    size_t n = text.length < width - 1 ? text.length : width - 1;
    (void)fprintf(stderr, "%s%.*s%s\n", p->has_colour ? "\033[36m" : "", (int)n,
                  fm_text_bytes(&text), p->has_colour ? "\033[0m" : "");
    fm_text_fini(&text);
}

static void draw_plain(struct fm_progress *p, double now)
{
    for (size_t i = 0; i < p->n_rows; i++) {
        struct fm_progress_row *row = &p->rows[i];
        if (!row->owner || now - row->last_line < PLAIN_EVERY)
            continue;
        row->last_line = now;
        struct fm_text text = {0};
        if (row->n_steps > 0)
            add_numbers(&text, row, now);
        else
            fm_text_add(&text, "%s", row->phase);
        (void)fprintf(stderr, "fmrun: %s: %s\n", row->name, fm_text_bytes(&text));
        fm_text_fini(&text);
    }
}

void fm_progress_draw(struct fm_progress *p)
{
    double now = fm_seconds();
    if (p->is_quiet || now - p->last_drawn < 0.1)
        return;
    p->last_drawn = now;
    if (!p->is_terminal) {
        draw_plain(p, now);
        return;
    }
    fm_progress_clear(p);
    size_t width = terminal_width();
    for (size_t i = 0; i < p->n_rows; i++)
        if (p->rows[i].owner) {
            draw_row(p, &p->rows[i], now, width);
            p->n_drawn++;
        }
    (void)fflush(stderr);
}
