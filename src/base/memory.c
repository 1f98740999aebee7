/* The memory that the process holds: /proc/self (see proc(5)). */
#include "base/memory.h"

#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A line "Name:   123 kB" of /proc/self/status, in bytes. */
static double status_of(const char *name)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    double bytes = NAN;
    while (file != NULL && isnan(bytes) && fgets(line, sizeof(line), file) != NULL) {
        size_t length = strlen(name);
        if (strncmp(line, name, length) == 0 && line[length] == ':') {
            bytes = 1024 * strtod(line + length + 1, NULL);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return bytes;
}

double basin_memory_mark(void)
{
    malloc_trim(0);
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (file == NULL) {
        return NAN;
    }
    int put = fputs("5", file);
    return fclose(file) == 0 && put >= 0 ? status_of("VmRSS") : NAN;
}

double basin_memory_peak(void)
{
    return status_of("VmHWM");
}
