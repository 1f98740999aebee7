/* Checkpoints of training: head, the caller's numbers, weights and both moments, sum. */
#include "transformer/trainer_work.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/str.h"
#include "transformer/mapped.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct head {
    char magic[8];
    uint64_t identity, weights, numbers, done;
};

static const char magic[8] = "basinck1";

static size_t size_of(const struct head *head)
{
    return sizeof(*head) + head->numbers * sizeof(double) +
           3 * head->weights * sizeof(float);
}

int basin_trainer_save(const struct basin_trainer *self, const char *path,
    uint64_t identity, const double *numbers, size_t n, struct basin_diag *diag)
{
    struct head head = {.identity = identity,
        .weights = self->model->n,
        .numbers = n,
        .done = self->done};
    memcpy(head.magic, magic, sizeof(magic));
    size_t size = size_of(&head);
    size_t block = self->model->n * sizeof(float);
    struct basin_id sum;
    char *bytes = malloc(size + sizeof(sum));
    if (bytes == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for a checkpoint");
    }
    char *at = bytes;
    memcpy(at, &head, sizeof(head));
    at += sizeof(head);
    if (n > 0) {
        memcpy(at, numbers, n * sizeof(*numbers));
        at += n * sizeof(*numbers);
    }
    memcpy(at, self->model->block, block);
    memcpy(at + block, self->first, block);
    memcpy(at + 2 * block, self->second, block);
    sum = basin_id_of(bytes, size);
    memcpy(bytes + size, &sum, sizeof(sum));
    int ret = basin_file_replace(path, bytes, size + sizeof(sum), diag);
    free(bytes);
    return ret;
}

static int take_up(struct basin_trainer *self, const struct basin_mapped *file,
    const char *path, uint64_t identity, double *numbers, size_t n,
    struct basin_diag *diag)
{
    struct head head;
    struct basin_id sum;
    bool whole = file->size >= sizeof(head) + sizeof(sum);
    if (whole) {
        memcpy(&head, file->bytes, sizeof(head));
        sum = basin_id_of(file->bytes, file->size - sizeof(sum));
        whole = memcmp(head.magic, magic, sizeof(magic)) == 0 &&
                memcmp(file->bytes + file->size - sizeof(sum), &sum, sizeof(sum)) == 0;
    }
    if (!whole) {
        return basin_fail(diag, BASIN_ERR_FORMAT,
            "%s is no whole checkpoint: remove it to start anew", path);
    }
    if (head.identity != identity || head.weights != self->model->n ||
        head.numbers != n || file->size != size_of(&head) + sizeof(sum)) {
        return basin_fail(diag, BASIN_ERR_FORMAT,
            "%s is a checkpoint of another training: remove it to start anew", path);
    }
    size_t block = self->model->n * sizeof(float);
    const char *at = file->bytes + sizeof(head);
    if (n > 0) {
        memcpy(numbers, at, n * sizeof(*numbers));
        at += n * sizeof(*numbers);
    }
    memcpy(self->model->block, at, block);
    memcpy(self->first, at + block, block);
    memcpy(self->second, at + 2 * block, block);
    self->done = head.done;
    return 0;
}

int basin_trainer_resume(struct basin_trainer *self, const char *path, uint64_t identity,
    double *numbers, size_t n, bool *found, struct basin_diag *diag)
{
    struct basin_mapped file;
    *found = access(path, F_OK) == 0;
    if (!*found) {
        return 0;
    }
    int ret = basin_mapped_open(&file, path, diag);
    ret = ret != 0 ? ret : take_up(self, &file, path, identity, numbers, n, diag);
    basin_mapped_close(&file);
    return ret;
}
