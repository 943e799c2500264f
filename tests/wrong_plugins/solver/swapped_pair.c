/* dopri5 with its two rows of weights exchanged: it continues with order 4. */
#include "dopri5.h"

DOPRI5("swapped_pair", "dopri5, its two rows swapped", 9017.0 / 3168, 1, dopri5_b_embedded,
       dopri5_b);
