/* Refuses without a message. */
#include "field.h"

static PREPARE
{
    (void)options, (void)services, (void)err;
    *form = (struct fm_closed_form){.state = problem};
    return problem->is_independent ? FM_OK : FM_ERROR_CONFIG;
}
RIGHT_EVALUATE
RIGHT_JVP
FIELD("silent_refusal");
