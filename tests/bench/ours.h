/* What the benchmark calls in one shared object: basin's work on plain arrays, row-major,
 * the batch shared out among threads as cells are in a run. Functions return 0, or a code
 * of base/err.h. */
#ifndef BASIN_TESTS_BENCH_OURS_H
#define BASIN_TESTS_BENCH_OURS_H

#include <stddef.h>
#include <stdint.h>

/* Of OpenBLAS as this object sees it. */
void bench_blas_threads(int n);

/* The next stretch of n things for a thread that comes for one: long ones first, for what
 * they share is then read seldom, short ones (`least`) last, so that no thread waits long
 * for another. Its length, 0 when nothing is left; *next starts at 0. */
size_t bench_take(size_t *next, size_t n, size_t least, int threads, size_t *first);

/* A rule of the registry by name, with n pairs of parameter and value, that stores N
 * patterns (N x d, kept by pointer) once for each thread. NULL when that fails. */
struct bench_rule;
struct bench_rule *bench_rule_new(const char *name, const char *const *pairs, size_t n,
    const double *patterns, size_t N, size_t d, size_t threads);
void bench_rule_free(struct bench_rule *self);

/* Iterates M states in place; *steps receives the sum of the updates made. */
int bench_rule_run(
    struct bench_rule *self, double *states, size_t M, int threads, size_t *steps);

/* Softmax attention of M queries to n keys (d) and values (v), in single precision. */
struct bench_softmax;
struct bench_softmax *bench_softmax_new(const double *keys, const double *values,
    size_t n, size_t d, size_t v, size_t threads);
void bench_softmax_free(struct bench_softmax *self);
void bench_softmax_run(struct bench_softmax *self, double beta, const double *queries,
    size_t M, double *out, int threads);

/* FAVOR+ attention with r positive features, in single precision: D^-1 A V. */
int bench_favor(const double *directions, size_t r, const double *queries,
    const double *keys, const double *values, size_t n, size_t d, double scale,
    double eps, double *out, int threads);

/* k(0.90) of every row of float weights. */
int bench_spread(const float *weights, size_t rows, size_t n, int32_t *k, int threads);

/* Normal numbers: ours, and GSL's ziggurat on its Mersenne twister. */
void bench_gaussians(uint64_t key, double *x, size_t n);
int bench_gsl_ziggurat(uint64_t seed, double *x, size_t n);

/* Rows of a sweep: n records of ten numbers into a journal; the same into an extendible
 * HDF5 dataset row by row, fsynced every so many rows unless that is 0. */
int bench_journal(const char *path, size_t n);
int bench_hdf5_rows(const char *path, size_t n, size_t every);

/* An encoder with a tied masked-word head for so many sequences of one length; random
 * weights of standard deviation 0.1. */
struct bench_bert;
struct bench_bert *bench_bert_new(size_t layers, size_t heads, size_t hidden,
    size_t vocab, size_t length, size_t sequences, size_t threads);
void bench_bert_free(struct bench_bert *self);

struct basin_bert *bench_bert_model(struct bench_bert *self);

/* The i-th tensor, or NULL behind the last: its name, rows and columns. */
const float *bench_bert_tensor(
    struct bench_bert *self, size_t i, char name[128], size_t *rows, size_t *columns);

/* Last hidden states of the sequences (tokens x hidden), and k(0.90) of every attention
 * row (sequence, layer, head, query), or k NULL. */
int bench_bert_run(struct bench_bert *self, const int32_t *id, size_t sequences,
    float *hidden, int32_t *k, int threads);

/* Trains its model on one batch (sequences x length, both kept by pointer; target: the
 * word that is asked for, or -1) by the trainer's usual options with a constant rate; a
 * step gives the mean loss before it. */
struct bench_trainer;
struct bench_trainer *bench_trainer_new(struct bench_bert *bert, const int32_t *id,
    const int32_t *target, size_t sequences, size_t length, double rate, int threads);
void bench_trainer_free(struct bench_trainer *self);
int bench_trainer_step(struct bench_trainer *self, double *loss);

/* The machine's limits: operations per second of fused multiply-adds in registers (single
 * precision), bytes per second of loads from the nearest cache, and of a triad. */
double bench_limit_fma(int threads);
double bench_limit_loads(int threads);
double bench_limit_triad(int threads);

/* Bytes resident at the most since the mark. */
double bench_memory_mark(void);
double bench_memory_peak(void);

#endif
