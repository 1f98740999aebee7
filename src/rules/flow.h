/* Continuous time: the flow d xi / dt = f(xi) - xi of an update rule xi' = f(xi).
 *
 * For the modern memory it is the gradient flow of E, because grad E = xi - f(xi)
 * (Ramsauer et al. 2021, eq. 23). For xi' = f(W xi - b) with increasing f it descends
 * Hopfield's energy for any symmetric W: dE/dt = -(f^-1(f(xi)) - f^-1(xi)).(f(xi) - xi)
 * <= 0 (Hopfield 1984; Koiran 1994). */
#ifndef BASIN_RULES_FLOW_H
#define BASIN_RULES_FLOW_H

#include "rules/rule.h"

/* Moves every row of states (M x d, real-valued) along the flow for a duration > 0, by
 * GSL's embedded Runge-Kutta-Fehlberg method with the given absolute and relative error
 * per step. */
BASIN_CHECKED int basin_flow(const struct basin_rule *rule, void *memory, double duration,
    double accuracy, gsl_matrix *states, struct basin_diag *diag);

#endif
