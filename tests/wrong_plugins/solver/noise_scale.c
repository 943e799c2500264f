/* Euler and Maruyama's method with noise too strong by a factor of sqrt(2). */
#include "maruyama.h"

MARUYAMA("noise_scale", "Euler-Maruyama with too much noise", 1.4142135623730951, RIGHT);
