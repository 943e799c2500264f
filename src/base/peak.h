/* The machine's peak rates, to which `fmrun bench` and `make bench` compare. */
#ifndef FM_BASE_PEAK_H
#define FM_BASE_PEAK_H

#include <fmrun/status.h>
#include <stddef.h>

/* Floating-point operations per second on float, n_threads threads at once: independent
 * chains of multiply-add in registers, in the instruction set in use (base/isa.h).  A
 * multiply-add is two operations; the portable set of x86-64 has no fused one, so a product
 * and a sum take its place.  The best of several tries of a few milliseconds, about
 * `seconds` in all, since other work on the machine only makes it slower. */
double fm_peak_flops(size_t n_threads, double seconds);

/* Bytes per second of a_i = b_i + s c_i in arrays too large for caches, counted as two
 * reads and one write.  The best of several tries, about `seconds` in all.  FM_ERROR_MEMORY
 * (needs 192 MB).
 * Source: McCalpin 1995, STREAM, "triad". */
FM_MUST_USE enum fm_status fm_peak_triad(size_t n_threads, double seconds,
                                         double *bytes_per_second, struct fm_error *err);

#endif
