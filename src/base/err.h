/* Errors: one list of codes, and a diagnostic that carries the sentence for the person.
 *
 * Every function that can fail returns 0 for success or one of the negative codes
 * below. The library never prints and never exits; the command line prints the
 * diagnostic and turns the code into an exit code. */
#ifndef BASIN_BASE_ERR_H
#define BASIN_BASE_ERR_H

#include <stddef.h>

/* name, value, exit code of the command line, what it means */
#define BASIN_ERRORS(X)                                                                  \
    X(NOMEM, -1, 4, "out of memory")                                                     \
    X(USAGE, -2, 2, "the command line is wrong")                                         \
    X(CONFIG, -3, 2, "the configuration is wrong")                                       \
    X(PLAN, -4, 2, "the stored results belong to another plan")                          \
    X(IO, -5, 4, "reading or writing a file failed")                                     \
    X(FORMAT, -6, 4, "a file is not what it should be")                                  \
    X(HDF5, -7, 4, "the HDF5 library reported an error")                                 \
    X(TOOL, -8, 4, "an external program failed")                                         \
    X(DOMAIN, -9, 3, "a value is outside what the computation is defined for")           \
    X(NUMERIC, -10, 3, "a computation gave no finite result")                            \
    X(FAILED, -11, 3, "some cells failed")                                               \
    X(VERDICT, -12, 1, "a claim or a comparison says no")                                \
    X(INTERRUPTED, -13, 130, "interrupted")

enum basin_error {
    BASIN_OK = 0,
#define BASIN_ERROR_CODE(name, value, exit_code, text) BASIN_ERR_##name = (value),
    BASIN_ERRORS(BASIN_ERROR_CODE)
#undef BASIN_ERROR_CODE
};

enum { BASIN_DIAG_SIZE = 2048 };

/* What went wrong, where, and what would be right: one or more lines without a final
 * newline. Start it as {{0}}. */
struct basin_diag {
    char text[BASIN_DIAG_SIZE];
};

#if defined(__GNUC__)
#define BASIN_PRINTF(format_at, args_at)                                                 \
    __attribute__((format(printf, format_at, args_at)))
#define BASIN_CHECKED __attribute__((warn_unused_result))
#else
#define BASIN_PRINTF(format_at, args_at)
#define BASIN_CHECKED
#endif

/* The meaning of a code, never NULL or empty. */
const char *basin_error_text(int code);

/* The exit code of the command line for a code; 0 for success. */
int basin_error_exit(int code);

/* Writes the sentence into diag (which may be NULL) and returns code, so that a failure
 * reads `return basin_fail(diag, BASIN_ERR_IO, "cannot open %s", path);`. */
int basin_fail(struct basin_diag *diag, int code, const char *format, ...)
    BASIN_PRINTF(3, 4);

#ifdef __clang_analyzer__
/* The analyser would follow a failure that returns 0. */
#define basin_fail(diag, code, ...) (basin_fail(diag, code, __VA_ARGS__), (code))
#endif

/* Puts "prefix: " before the sentence that diag already holds, and returns code. */
int basin_fail_in(struct basin_diag *diag, int code, const char *format, ...)
    BASIN_PRINTF(3, 4);

#endif
