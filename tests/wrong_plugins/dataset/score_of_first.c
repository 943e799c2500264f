/* Gives the score of the first point for all points. */
#include "pair.h"

RIGHT_OPEN
RIGHT_DRAW
RIGHT_LABELS
RIGHT_DENSITY
static SCORE(right_score(x + 0 * i, j)) RIGHT_ENTROPY DATASET("score_of_first");
