/* What the machine can do at most: the yardstick of `fmrun bench` and `make bench`. */
#ifndef FM_BASE_PEAK_H
#define FM_BASE_PEAK_H

#include <fmrun/status.h>
#include <stddef.h>

/* Floating-point operations a second on float, n_threads threads at once: independent chains
 * of multiply-add in registers, in the instruction set in use (base/isa.h).  A multiply-add
 * is two operations; the portable set of x86-64 has no fused one and is measured with a
 * product and a sum.  The best of tries of a few milliseconds each, about `seconds` in all:
 * what disturbs the machine only makes it slower. */
double fm_peak_flops(size_t n_threads, double seconds);

/* Bytes a second of a_i = b_i + s c_i in arrays that no cache holds, counted as two reads and
 * one write.  The best of tries, about `seconds` in all.  FM_ERROR_MEMORY (needs 192 MB).
 * Source: McCalpin 1995, STREAM, "triad". */
FM_MUST_USE enum fm_status fm_peak_triad(size_t n_threads, double seconds,
                                         double *bytes_per_second, struct fm_error *err);

#endif
