/* Time that only goes forward, for intervals; never for anything in a result. */
#ifndef BASIN_BASE_CLOCK_H
#define BASIN_BASE_CLOCK_H

/* Seconds since some fixed moment. */
double basin_clock_seconds(void);

#endif
