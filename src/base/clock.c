/* Time that only goes forward. */
#include "base/clock.h"

#include <time.h>

static double seconds_of(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double basin_clock_seconds(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

double basin_clock_thread(void)
{
    return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}
