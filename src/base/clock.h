/* Time that only goes forward, for intervals. In results it stands in clocked metrics
 * only, which say that they differ from run to run. */
#ifndef BASIN_BASE_CLOCK_H
#define BASIN_BASE_CLOCK_H

/* Seconds since some fixed moment. */
double basin_clock_seconds(void);

/* Processor time that the calling thread has used, in seconds: what others do on the
 * machine counts less than with time on the wall. */
double basin_clock_thread(void);

#endif
