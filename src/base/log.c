#include <config.h>

#include "base/log.h"

#include <string.h>

static const struct {
    const char *name, *help;
} categories[] = {
#define LOG_ROW(id, name, help) [FM_LOG_##id] = {name, help},
    FM_LOG_LIST(LOG_ROW)
#undef LOG_ROW
};

static bool is_on[FM_N_LOGS], is_muted;

enum fm_status fm_log_enable(const char *list, struct fm_error *err)
{
    while (*list) {
        size_t n = strcspn(list, ","), i;
        for (i = 0; i < FM_N_LOGS; i++)
            if (strlen(categories[i].name) == n
                && strncmp(categories[i].name, list, n) == 0)
                break;
        if (n == 3 && strncmp(list, "all", 3) == 0)
            memset(is_on, true, sizeof is_on);
        else if (i < FM_N_LOGS)
            is_on[i] = true;
        else
            return fm_fail(err, FM_ERROR_USAGE,
                           "unknown debug category \"%.*s\"; --debug=help lists them",
                           (int)n, list);
        list += n + (list[n] == ',');
    }
    return FM_OK;
}

void fm_log_mute(bool is_mute)
{
    is_muted = is_mute;
}

bool fm_log_is_on(enum fm_log category)
{
    return is_on[category] && !is_muted;
}

static void print(const char *head, const char *format, va_list arguments)
{
    char line[1024];
    (void)vsnprintf(line, sizeof line, format, arguments);
    (void)fprintf(stderr, "fmrun: %s: %s\n", head, line);
}

void fm_log(enum fm_log category, const char *format, ...)
{
    if (!fm_log_is_on(category))
        return;
    va_list arguments;
    va_start(arguments, format);
    print(categories[category].name, format, arguments);
    va_end(arguments);
}

void fm_warn(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print("warning", format, arguments);
    va_end(arguments);
}

void fm_log_help(void)
{
    for (size_t i = 0; i < FM_N_LOGS; i++)
        (void)printf("%-8s %s\n", categories[i].name, categories[i].help);
}
