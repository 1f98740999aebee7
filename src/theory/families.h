/* Every theory, by the file of the family that defines it. */
#ifndef BASIN_THEORY_FAMILIES_H
#define BASIN_THEORY_FAMILIES_H

#include "theory/theory.h"

/* ags.c: the classical network at zero temperature, many updates */
extern const struct basin_theory basin_theory_ags_overlap;
extern const struct basin_theory basin_theory_ags_capacity;
extern const struct basin_theory basin_theory_ags_critical_overlap;

/* gaussian.c: the classical network, one update */
extern const struct basin_theory basin_theory_one_step_error;
extern const struct basin_theory basin_theory_one_step_error_kept;
extern const struct basin_theory basin_theory_pattern_exact;
extern const struct basin_theory basin_theory_all_exact;
extern const struct basin_theory basin_theory_mceliece_patterns;
extern const struct basin_theory basin_theory_mceliece_patterns_all;

/* signs.c: the same without approximation */
extern const struct basin_theory basin_theory_one_step_error_exact;

/* dense.c: dense associative memories */
extern const struct basin_theory basin_theory_dense_error;
extern const struct basin_theory basin_theory_dense_exact;
extern const struct basin_theory basin_theory_dense_load;
extern const struct basin_theory basin_theory_dense_patterns;
extern const struct basin_theory basin_theory_exponential_rate;
extern const struct basin_theory basin_theory_exponential_patterns;

/* sparse.c: the covariance rule */
extern const struct basin_theory basin_theory_sparse_capacity;
extern const struct basin_theory basin_theory_sparse_overlap;
extern const struct basin_theory basin_theory_sparse_threshold;
extern const struct basin_theory basin_theory_sparse_asymptote;
extern const struct basin_theory basin_theory_sparse_information;
extern const struct basin_theory basin_theory_sparse_retrieval;
extern const struct basin_theory basin_theory_sparse_miss;
extern const struct basin_theory basin_theory_sparse_false_alarm;
extern const struct basin_theory basin_theory_sparse_error;

/* willshaw.c: binary synapses */
extern const struct basin_theory basin_theory_willshaw_fill;
extern const struct basin_theory basin_theory_willshaw_false_positives;
extern const struct basin_theory basin_theory_willshaw_error;
extern const struct basin_theory basin_theory_willshaw_error_exact;
extern const struct basin_theory basin_theory_willshaw_exact;
extern const struct basin_theory basin_theory_willshaw_information;
extern const struct basin_theory basin_theory_willshaw_patterns;

/* modern.c: the modern continuous network */
extern const struct basin_theory basin_theory_modern_base;
extern const struct basin_theory basin_theory_modern_base_bound;
extern const struct basin_theory basin_theory_modern_base_needed;
extern const struct basin_theory basin_theory_modern_guarantee;
extern const struct basin_theory basin_theory_modern_expected_margin;
extern const struct basin_theory basin_theory_pair_point;
extern const struct basin_theory basin_theory_pair_rate;
extern const struct basin_theory basin_theory_pair_energy_rate;
extern const struct basin_theory basin_theory_softmax_jacobian;
extern const struct basin_theory basin_theory_uniform_k;

/* lemmas.c: bounds of the modern network */
extern const struct basin_theory basin_theory_modern_energy_bound;
extern const struct basin_theory basin_theory_modern_jacobian_bound_weights;
extern const struct basin_theory basin_theory_modern_jacobian_bound;
extern const struct basin_theory basin_theory_modern_update_bound;
extern const struct basin_theory basin_theory_modern_separation_needed;
extern const struct basin_theory basin_theory_modern_contraction_bound;
extern const struct basin_theory basin_theory_modern_error_bound;
extern const struct basin_theory basin_theory_modern_retrieval_bound;
extern const struct basin_theory basin_theory_modern_cluster_separation_needed;

/* layer.c: values of attention */
extern const struct basin_theory basin_theory_free_values;

/* packing.c: points of a sphere that are far apart */
extern const struct basin_theory basin_theory_packing_claimed;
extern const struct basin_theory basin_theory_packing_bound;

/* features.c: random features of the softmax kernel */
extern const struct basin_theory basin_theory_trigonometric_mse;
extern const struct basin_theory basin_theory_positive_mse;
extern const struct basin_theory basin_theory_hyperbolic_mse;
extern const struct basin_theory basin_theory_equal_angle;
extern const struct basin_theory basin_theory_orthogonal_gain;
extern const struct basin_theory basin_theory_regularised_kernel;
extern const struct basin_theory basin_theory_relu_kernel;

/* bert.c: what was published of BERT's attention */
extern const struct basin_theory basin_theory_bert_k;
extern const struct basin_theory basin_theory_bert_layer_k;
extern const struct basin_theory basin_theory_bert_averaged;

#endif
