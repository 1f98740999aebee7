/* The inside of a plan: shared by the files that make and read one, and by no others.
 *
 *   plan.c         load, parse, free: the order of the steps
 *   entries.c      sections and variants: which kinds, with which values
 *   axis.c         what an axis may be called and which variants have it
 *   axis_values.c  the values it is given: lists and generators
 *   sweep.c        blocks: grid, zip, which variants; exclude.c: exclusions
 *   settle.c       which axes a variant has, and what it has where it lacks one
 *   cells.c        blocks to cells: product, union, order
 *   identity.c     a cell's canonical text, identity and name
 *   reads.c        what the files hold that fields name
 *   params.c       a cell's parameters as structs
 *   resolve.c      the resolved configuration */
#ifndef BASIN_CONFIG_INSIDE_H
#define BASIN_CONFIG_INSIDE_H

#include "config/plan.h"
#include "config/value.h"

#define BASIN_NONE ((size_t)-1)

enum { BASIN_LIST_MOST = 4096 }; /* variants, blocks: more are a mistake */

/* The keys at the top that every configuration has, besides `experiment`. */
struct basin_head {
    const char *title;
    const char *source;
    long seed;
    long replicates;
    long max_cells;
};

/* One section of one variant as it is configured. */
struct basin_entry {
    const struct basin_kind *kind;
    const struct basin_node *node; /* its mapping, or NULL if it is not written */
    void *own;                     /* structs with the values of fields not swept */
    void *common;                  /* NULL: the section has none */
};

/* One variant: its entries by section, and its cells' canonical text in pieces. */
struct basin_piece {
    char *text; /* NULL: the value of the axis stands here */
    size_t length;
    size_t axis;
    bool content; /* tells what files hold; NULL text: those that the axis names */
};

struct basin_part {
    struct basin_entry entries[BASIN_SECTIONS];
    struct basin_piece *pieces;
    size_t n_pieces;
    size_t first_piece[BASIN_SECTIONS]; /* of each section; its text ends */
    size_t last_piece[BASIN_SECTIONS];  /* before this one */
};

/* Files that a field names, and what they hold. */
struct basin_read {
    char *path;
    const char *reads; /* of the field */
    char content[BASIN_ID_TEXT];
};

struct basin_inside {
    const struct basin_registry *registry;
    bool blind;
    size_t n_reads; /* each path once, whatever names it */
    struct basin_read *reads;
    struct basin_head head;
    size_t list;              /* the section that is a list, or BASIN_NONE */
    struct basin_part *parts; /* by variant */
    bool *partly_swept;       /* by axis: some block leaves it to the sections */
    uint32_t *values;         /* of all cells: what cell.value points into */
};

/* Values of an axis in the order in which they were met, repeated or not. */
struct basin_met {
    size_t n, capacity;
    double *number;
    char **text;
    uint32_t *rank; /* the value's index among the plan's sorted ones */
};

/* An axis in a block. */
struct basin_block_axis {
    size_t axis;                   /* of the plan */
    size_t group;                  /* axes of a group advance together */
    size_t first, n;               /* its values, in the axis' basin_met */
    const struct basin_node *node; /* where they stand */
};

struct basin_exclude {
    size_t n;
    size_t *axis;  /* of the plan */
    size_t *value; /* position in the axis' basin_met */
};

struct basin_block {
    const struct basin_node *node; /* NULL: there is no sweep */
    bool *has;                     /* of each variant: is it in this block? */
    size_t n_axes;
    struct basin_block_axis *axes; /* groups ascend */
    size_t n_excludes;
    struct basin_exclude *excludes;
};

/* What is needed from reading the sweep until the cells are made. */
struct basin_sweep {
    size_t n_blocks;
    struct basin_block *blocks;
    size_t capacity;       /* of met and of the plan's axes */
    struct basin_met *met; /* by axis of the plan */
    size_t *fixed; /* [variant][axis]: position in met of the variant's value where
                    * a block does not sweep what another one does */
};

static inline struct basin_inside *basin_inside_of(const struct basin_plan *plan)
{
    return plan->internal;
}

static inline struct basin_entry *basin_entry_of(
    const struct basin_plan *plan, size_t variant, size_t section)
{
    return &basin_inside_of(plan)->parts[variant].entries[section];
}

static inline int basin_fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory while planning");
}

/* entries.c */

/* Reads the name of a kind, as a choice among all kinds of a registry. */
int basin_kind_read(const struct basin_plan *self, const struct basin_node *map,
    const char *key, const struct basin_kind *const *kinds,
    const struct basin_kind **kind, struct basin_diag *diag);
int basin_entries_read(struct basin_plan *self, struct basin_diag *diag);
void basin_entries_free(struct basin_plan *self);

/* The field of that name of an entry, own or common, and its struct; NULL if the kind
 * has no such field. params may be NULL. */
const struct basin_field *basin_entry_field(const struct basin_entry *entry,
    const struct basin_section *section, const char *name, void **params);

/* The i-th field of an entry, own ones first; NULL after the last. */
const struct basin_field *basin_entry_field_at(const struct basin_entry *entry,
    const struct basin_section *section, size_t i, void **params);

/* axis.c */

/* Whether a variant's cells can vary along a field: it has it and does not fix it. */
bool basin_axis_applies(const struct basin_plan *self, size_t variant, size_t section,
    const char *field_name);

/* What an axis of that section and field is called. */
void basin_axis_name(const struct basin_plan *self, size_t section,
    const char *field_name, struct basin_str *out);

/* The section and field that a name of an axis means. map and key are where it stands;
 * a NULL map: nobody is told. */
int basin_axis_resolve(const struct basin_plan *self, const char *name,
    const struct basin_node *map, size_t key, size_t *section, const char **field_name,
    struct basin_diag *diag);

/* The plan's axis of that section and field, or BASIN_NONE. */
size_t basin_axis_index(
    const struct basin_plan *self, size_t section, const char *field_name);

/* axis_values.c */

/* Reads the values that an axis has in a block, checked for each variant of the block. */
int basin_axis_read(const struct basin_plan *self, const struct basin_block *block,
    struct basin_block_axis *axis, struct basin_met *met, struct basin_diag *diag);

/* Adds the value of one scalar to those met. */
int basin_met_read(struct basin_met *self, const struct basin_document *document,
    const struct basin_node *node, const struct basin_field *field,
    struct basin_diag *diag);
void basin_met_free(struct basin_met *self);

/* Adds the value that a struct holds for a field to those met. */
int basin_met_add(struct basin_met *self, const struct basin_field *field,
    const void *params, struct basin_diag *diag);

/* exclude.c */
int basin_excludes_read(const struct basin_plan *self, const struct basin_sweep *sweep,
    struct basin_block *block, const struct basin_node *list, struct basin_diag *diag);

/* sweep.c */
int basin_sweep_read(
    struct basin_plan *self, struct basin_sweep *sweep, struct basin_diag *diag);
void basin_sweep_free(struct basin_sweep *sweep);

/* settle.c */
int basin_sweep_settle(
    struct basin_plan *self, struct basin_sweep *sweep, struct basin_diag *diag);

/* cells.c */
int basin_cells_make(
    struct basin_plan *self, const struct basin_sweep *sweep, struct basin_diag *diag);

/* identity.c */
int basin_identity_prepare(struct basin_plan *self, struct basin_diag *diag);
void basin_identity_free(struct basin_part *part);

/* Adds a cell's canonical text: of one section, or of all of them, with what files hold
 * or without. */
void basin_identity_section(const struct basin_plan *self, const struct basin_cell *cell,
    size_t section, struct basin_str *out);
void basin_identity_text(const struct basin_plan *self, const struct basin_cell *cell,
    bool content, struct basin_str *out);

/* reads.c */

/* What the files hold that a field's value names, read once for a plan. */
int basin_reads_add(struct basin_plan *self, const struct basin_field *field,
    const char *path, struct basin_diag *diag);
const char *basin_reads_content(
    const struct basin_plan *self, const struct basin_field *field, const char *path);
void basin_reads_free(struct basin_inside *inside);

#endif
