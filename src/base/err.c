/* Errors: codes, their texts, and the diagnostic sentence. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct error {
    int code;
    int exit_code;
    const char *text;
} errors[] = {{BASIN_OK, 0, "success"},
#define BASIN_ERROR_ROW(name, value, exit_code, text) {BASIN_ERR_##name, exit_code, text},
    BASIN_ERRORS(BASIN_ERROR_ROW)
#undef BASIN_ERROR_ROW
};

static const struct error *find_error(int code)
{
    static const struct error unknown = {0, 4, "unknown error"};
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        if (errors[i].code == code) {
            return &errors[i];
        }
    }
    return &unknown;
}

const char *basin_error_text(int code)
{
    return find_error(code)->text;
}

int basin_error_exit(int code)
{
    return find_error(code)->exit_code;
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
