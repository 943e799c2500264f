/* dopri5 with its rows of weights in each other's place: it goes on with order 4. */
#include "dopri5.h"

DOPRI5("swapped_pair", "dopri5, its two rows swapped", 9017.0 / 3168, 1, dopri5_b_embedded,
       dopri5_b);
