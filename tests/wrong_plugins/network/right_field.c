/* Right. */
#include "field.h"

RIGHT_PREPARE(0)
RIGHT_EVALUATE
RIGHT_JVP
FIELD("right_field");
