/* The memory that the process holds, for measurements of algorithms; Linux only. All
 * threads count: it tells about one of them only where it runs alone. */
#ifndef BASIN_BASE_MEMORY_H
#define BASIN_BASE_MEMORY_H

/* Gives back what is free, forgets the peak so far and returns the bytes now resident;
 * NAN where the system does not tell. */
double basin_memory_mark(void);

/* The greatest number of bytes resident since the last mark; NAN likewise. */
double basin_memory_peak(void);

#endif
