/* Errors: codes, their texts, and the diagnostic sentence. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *basin_error_text(int code)
{
    switch (code) {
    case BASIN_OK:
        return "success";
#define BASIN_ERROR_TEXT(name, value, exit_code, text)                                   \
    case BASIN_ERR_##name:                                                               \
        return text;
        BASIN_ERRORS(BASIN_ERROR_TEXT)
#undef BASIN_ERROR_TEXT
    default:
        return "unknown error";
    }
}

int basin_error_exit(int code)
{
    switch (code) {
    case BASIN_OK:
        return 0;
#define BASIN_ERROR_EXIT(name, value, exit_code, text)                                   \
    case BASIN_ERR_##name:                                                               \
        return exit_code;
        BASIN_ERRORS(BASIN_ERROR_EXIT)
#undef BASIN_ERROR_EXIT
    default:
        return 4;
    }
}

int(basin_fail)(struct basin_diag *diag, int code, const char *format, ...)
{
    if (diag != NULL) {
        va_list args;
        va_start(args, format);
        vsnprintf(diag->text, sizeof(diag->text), format, args);
        va_end(args);
    }
    return code;
}

int basin_fail_in(struct basin_diag *diag, int code, const char *format, ...)
{
    if (diag != NULL) {
        char prefix[512];
        va_list args;
        va_start(args, format);
        vsnprintf(prefix, sizeof(prefix) - 2, format, args);
        va_end(args);
        strcat(prefix, ": ");
        size_t length = strlen(prefix);
        memmove(diag->text + length, diag->text, sizeof(diag->text) - length - 1);
        memcpy(diag->text, prefix, length);
    }
    return code;
}
