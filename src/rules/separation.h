/* Separation functions: from logits z to association weights p on the simplex.
 *
 *   p = argmax_q q.z - Omega(q),   Omega*(z) = p.z - Omega(p),
 *
 * softmax: Omega = sum q ln q. sparsemax (Martins & Astudillo 2016): (|q|^2 - 1)/2, so
 * p = max(z - tau, 0). entmax15 (Peters, Niculae & Martins 2019): 4/3 (sum q^(3/2) - 1),
 * p = max(z/2 - tau, 0)^2. tau is such that the weights sum to 1. topk: softmax over
 * the k largest logits, Omega that of softmax where at most k weights are not 0. */
#ifndef BASIN_RULES_SEPARATION_H
#define BASIN_RULES_SEPARATION_H

#include <stddef.h>

enum basin_separation {
    BASIN_SOFTMAX,
    BASIN_SPARSEMAX,
    BASIN_ENTMAX15,
    BASIN_TOPK,
};

#define BASIN_SEPARATION_CHOICES "softmax|sparsemax|entmax15|topk"

/* Turns n logits into weights, in place. k: of topk, 1 to n; among equal logits the
 * first ones are taken. scratch: n doubles. */
void basin_separate(
    enum basin_separation kind, size_t k, double *z, size_t n, double *scratch);

/* Omega(p) - min Omega >= 0: 0 for uniform weights, greatest for a single one. */
double basin_separation_cost(
    enum basin_separation kind, size_t k, const double *p, size_t n);

#endif
