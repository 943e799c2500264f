/* Euler and Maruyama's method with the same noise in each step. */
#include "maruyama.h"

MARUYAMA("noise_of_steps", "Euler-Maruyama with the same noise in each step", 1,
         SAME_STEPS);
