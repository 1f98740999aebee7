/* Attention maps that another program wrote: an HDF5 file with a dataset "attentions"
 * (sequences x layers x heads x T x T, or without the first dimension; any type of
 * numbers) and, if sequences are padded, a dataset "mask" (sequences x T; 1 for a token,
 * 0 for padding). From Hugging Face's transformers, with tensors of PyTorch:
 *
 *   with torch.no_grad():
 *       out = model(**batch, output_attentions=True)
 *   with h5py.File("maps.h5", "w") as file:
 *       file["attentions"] = torch.stack(out.attentions, 1).numpy()
 *       file["mask"] = batch["attention_mask"].numpy()
 *
 * The model must be in eval() mode: dropout makes maps that are no attention. */
#ifndef BASIN_TRANSFORMER_MAPS_H
#define BASIN_TRANSFORMER_MAPS_H

#include "base/err.h"

#include <hdf5.h>
#include <stddef.h>

struct basin_maps {
    hid_t file, attentions;
    char *name; /* owned; for sentences */
    size_t sequences, layers, heads, length;
    int *mask;   /* owned; sequences x length; NULL: no padding */
    double *map; /* owned; one map, length x length */
};

/* On failure nothing is left to close. */
BASIN_CHECKED int basin_maps_open(
    struct basin_maps *self, const char *path, struct basin_diag *diag);
void basin_maps_close(struct basin_maps *self);

/* Reads one map and drops its padding: *n tokens, weights n x n in self->map. Refuses
 * what is no attention: weights that are negative or not finite, rows that do not sum
 * to 1. */
BASIN_CHECKED int basin_maps_read(struct basin_maps *self, size_t sequence, size_t layer,
    size_t head, size_t *n, struct basin_diag *diag);

#endif
