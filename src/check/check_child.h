/* Messages of the child that checks a plugin to its parent: records of one size, in order. */
#ifndef FM_CHECK_CHECK_CHILD_H
#define FM_CHECK_CHECK_CHILD_H

#include "check/check.h"

enum fm_message_type {
    FM_MESSAGE_OPENED,  /* version; row.note: its options, "" for the defaults */
    FM_MESSAGE_REFUSED, /* version: an enum fm_status; row.note: why it can't be used */
    FM_MESSAGE_BEGIN,   /* row.note: what is measured from now on */
    FM_MESSAGE_ROW
};

struct fm_check_message {
    enum fm_message_type type;
    unsigned version;
    struct fm_check_row row;
};

/* Opens the plugin, binds its options and measures; sends messages to fd. */
void fm_check_in_child(struct fm_registry *registry, const struct fm_checked *checked,
                       int fd);

#endif
