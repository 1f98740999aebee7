/* Products of row-major matrices of floats: packing, and tiles among threads. */
#include "kernels/gemm.h"

#include "kernels/gemm_work.h"

#include <math.h>

/* Products of fewer terms take less time than it takes to wake a thread. */
static const double WORTH_THREADS = 1e6;

void basin_gemm_work_free(struct basin_gemm_work *work)
{
    free(work->packed);
    *work = (struct basin_gemm_work){0};
}

/* Room for n lines of k numbers. */
static int reserve(
    struct basin_gemm_work *work, size_t n, size_t k, struct basin_diag *diag)
{
    size_t size = n > SIZE_MAX / k ? SIZE_MAX : n * k;
    if (size <= work->size) {
        return 0;
    }
    basin_gemm_work_free(work);
    work->packed = basin_aligned(size, sizeof(*work->packed));
    if (work->packed == NULL) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory to pack two matrices of %zu numbers", size);
    }
    work->size = size;
    return 0;
}

size_t basin_gemm_packed_size(size_t n, size_t k)
{
    return (n + WIDE - 1) / WIDE * WIDE * k;
}

void basin_gemm_pack(enum basin_isa isa, const struct basin_gemm *self, float *packed)
{
    size_t panels = (self->n + WIDE - 1) / WIDE;
    struct gemm_packed to = {.b = packed, .columns = panels * WIDE};
    for (size_t p = 0; p < panels; p++) {
        BASIN_CODE(isa, basin_gemm)->pack_b(self, &to, p);
    }
}

int basin_gemm_run(enum basin_isa isa, const struct basin_gemm *self,
    struct basin_gemm_work *work, struct basin_diag *diag)
{
    const struct gemm_code *code = BASIN_CODE(isa, basin_gemm);
    size_t direct = self->a_transposed || self->n > DIRECT ? 0 : self->m / HIGH * HIGH;
    size_t a_panels = (self->m - direct + HIGH - 1) / HIGH;
    size_t columns = (self->n + WIDE - 1) / WIDE * WIDE;
    size_t b_panels = self->b_packed == NULL ? columns / WIDE : 0;
    struct gemm_packed packed = {
        .direct = direct, .rows = a_panels * HIGH, .columns = columns};
    int ret = reserve(work, packed.rows + b_panels * WIDE, self->k, diag);
    if (ret != 0) {
        return ret;
    }
    packed.a = work->packed;
    packed.b = self->b_packed;
    if (packed.b == NULL) {
        packed.b = work->packed;
        packed.a += columns * self->k;
    }
    size_t high = (self->m + TILE_HIGH - 1) / TILE_HIGH;
    size_t wide = (columns + TILE_WIDE - 1) / TILE_WIDE;
    bool many = (double)self->m * (double)self->n * (double)self->k > WORTH_THREADS;
#pragma omp parallel if (many)
    {
#pragma omp for schedule(dynamic, 4)
        for (size_t p = 0; p < a_panels + b_panels; p++) {
            if (p < b_panels) {
                code->pack_b(self, &packed, p);
            } else {
                code->pack_a(self, &packed, p - b_panels);
            }
        }
#pragma omp for schedule(dynamic)
        for (size_t t = 0; t < high * wide; t++) {
            code->tile(self, &packed, t / wide * TILE_HIGH, t % wide * TILE_WIDE);
        }
    }
    return 0;
}

static double activated(enum basin_gemm_activation activation, double x)
{
    switch (activation) {
    case BASIN_GEMM_GELU:
        return x / 2 * (1 + erf(x / sqrt(2)));
    case BASIN_GEMM_GELU_TANH:
        return x / 2 *
               (1 + tanh(sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
    case BASIN_GEMM_RELU:
        return fmax(x, 0);
    default:
        return x;
    }
}

void basin_gemm_plain(const struct basin_gemm *self)
{
    for (size_t i = 0; i < self->m; i++) {
        for (size_t j = 0; j < self->n; j++) {
            float *c = self->c + i * self->c_stride + j;
            double sum = self->add ? (double)*c : 0;
            for (size_t k = 0; k < self->k; k++) {
                sum += (double)self->a[self->a_transposed ? k * self->a_stride + i
                                                          : i * self->a_stride + k] *
                       (double)self->b[self->b_transposed ? j * self->b_stride + k
                                                          : k * self->b_stride + j];
            }
            sum += self->bias == NULL ? 0 : (double)self->bias[j];
            if (self->before != NULL) {
                self->before[i * self->c_stride + j] = (float)sum;
            }
            *c = (float)activated(self->activation, sum);
        }
    }
}
