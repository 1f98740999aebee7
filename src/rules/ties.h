/* What a threshold unit does when its field is exactly zero. Theory needs "keep": the
 * unit stays as it is, so that equal energies end the iteration. */
#ifndef BASIN_RULES_TIES_H
#define BASIN_RULES_TIES_H

/* As in the field "ties": keep|plus|minus. */
enum basin_ties { BASIN_TIES_KEEP, BASIN_TIES_PLUS, BASIN_TIES_MINUS };

/* sgn(h) of a unit that is xi now. */
static inline double basin_sign(double h, double xi, enum basin_ties ties)
{
    if (h != 0) {
        return h > 0 ? 1 : -1;
    }
    return ties == BASIN_TIES_KEEP ? xi : ties == BASIN_TIES_PLUS ? 1 : -1;
}

#endif
