/* From blocks to cells: the product of each block, their union, the canonical order.
 *
 * The number of cells is known, and refused if too large, before any is made. Equal cells
 * meet in a hash table by their identity, so a million take seconds. */
#include "config/inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct maker {
    struct basin_plan *plan;
    const struct basin_sweep *sweep;
    size_t *slots; /* hash table: number of the cell + 1, or 0 */
    size_t mask;
    struct basin_str text; /* of the cell at hand */
    struct basin_diag *diag;
};

/* A value of an axis among all those met. */
struct met_value {
    double number;
    const char *text;
    size_t position;
};

static int compare_positions(const void *a, const void *b)
{
    const struct met_value *p = a;
    const struct met_value *q = b;
    return (p->position > q->position) - (p->position < q->position);
}

static int compare_texts(const void *a, const void *b)
{
    int order =
        strcmp(((const struct met_value *)a)->text, ((const struct met_value *)b)->text);
    return order != 0 ? order : compare_positions(a, b);
}

/* Ascending; a special value (NAN) is the last. */
static int compare_numbers(const void *a, const void *b)
{
    double p = ((const struct met_value *)a)->number;
    double q = ((const struct met_value *)b)->number;
    if (isnan(p) || isnan(q)) {
        return (isnan(p) != 0) - (isnan(q) != 0);
    }
    return (p > q) - (p < q);
}

/* Moves the first of all equal values to the front; leader[position] is the position of
 * the first one equal to it. Returns how many there are. */
static size_t gather_leaders(struct met_value *values, size_t n, size_t *leader)
{
    size_t leaders = 0;
    qsort(values, n, sizeof(*values), compare_texts);
    for (size_t i = 0; i < n; i++) {
        if (leaders == 0 || strcmp(values[leaders - 1].text, values[i].text) != 0) {
            values[leaders++] = values[i];
        }
        leader[values[i].position] = values[leaders - 1].position;
    }
    return leaders;
}

/* Sorts the values met into the plan's axis and remembers where each one went. */
static int rank_values(
    struct basin_axis *axis, struct basin_met *met, struct basin_diag *diag)
{
    struct met_value *values = malloc((met->n + 1) * sizeof(*values));
    size_t *leader = malloc((met->n + 1) * sizeof(*leader));
    met->rank = malloc((met->n + 1) * sizeof(*met->rank));
    axis->number = malloc((met->n + 1) * sizeof(*axis->number));
    axis->text = calloc(met->n + 1, sizeof(*axis->text));
    int code = 0;
    if (values == NULL || leader == NULL || met->rank == NULL || axis->number == NULL ||
        axis->text == NULL) {
        code = basin_fail_memory(diag);
        goto out;
    }
    for (size_t i = 0; i < met->n; i++) {
        values[i] = (struct met_value){met->number[i], met->text[i], i};
    }
    size_t n = gather_leaders(values, met->n, leader);
    bool numbers = axis->field->type == BASIN_INT || axis->field->type == BASIN_REAL;
    qsort(values, n, sizeof(*values), numbers ? compare_numbers : compare_positions);
    for (size_t i = 0; i < n; i++) {
        size_t from = values[i].position;
        met->rank[from] = (uint32_t)i;
        axis->number[i] = met->number[from];
        axis->text[i] = met->text[from];
        met->text[from] = NULL;
    }
    axis->n = n;
    for (size_t i = 0; i < met->n; i++) {
        met->rank[i] = met->rank[leader[i]];
    }
out:
    free(values);
    free(leader);
    return code;
}

static bool applies(const struct maker *m, size_t variant, size_t axis)
{
    const struct basin_axis *of = &m->plan->axes[axis];
    return basin_axis_applies(m->plan, variant, of->section, of->field->name);
}

/* Axes of a block that a variant has, and the rows of each group of them. */
struct product {
    size_t n;
    const struct basin_block_axis **axes;
    bool *leads; /* this axis is the first of its group */
    size_t *row;
};

static int product_start(struct product *self, const struct maker *m,
    const struct basin_block *block, size_t variant)
{
    *self = (struct product){
        .axes = malloc((block->n_axes + 1) * sizeof(struct basin_block_axis *)),
        .leads = malloc((block->n_axes + 1) * sizeof(*self->leads)),
        .row = calloc(block->n_axes + 1, sizeof(*self->row)),
    };
    if (self->axes == NULL || self->leads == NULL || self->row == NULL) {
        return basin_fail_memory(m->diag);
    }
    for (size_t i = 0; i < block->n_axes; i++) {
        if (applies(m, variant, block->axes[i].axis)) {
            self->axes[self->n] = &block->axes[i];
            self->leads[self->n] =
                self->n == 0 || self->axes[self->n - 1]->group != block->axes[i].group;
            self->n++;
        }
    }
    return 0;
}

static void product_free(struct product *self)
{
    free(self->axes);
    free(self->leads);
    free(self->row);
}

static double product_size(const struct product *self)
{
    double size = 1;
    for (size_t i = 0; i < self->n; i++) {
        size *= self->leads[i] ? (double)self->axes[i]->n : 1;
    }
    return size;
}

/* The next combination, the last group fastest; false after the last one. */
static bool product_next(struct product *self)
{
    for (size_t i = self->n; i-- > 0;) {
        self->row[i]++;
        if (self->leads[i]) {
            bool more = self->row[i] < self->axes[i]->n;
            for (size_t j = i;
                 !more && j < self->n && self->axes[j]->group == self->axes[i]->group;
                 j++) {
                self->row[j] = 0;
            }
            if (more) {
                return true;
            }
        }
    }
    return false;
}

static bool is_excluded(
    const struct maker *m, const struct basin_block *block, const struct basin_cell *cell)
{
    for (size_t e = 0; e < block->n_excludes; e++) {
        const struct basin_exclude *exclude = &block->excludes[e];
        size_t i = 0;
        while (i < exclude->n &&
               cell->value[exclude->axis[i]] ==
                   m->sweep->met[exclude->axis[i]].rank[exclude->value[i]]) {
            i++;
        }
        if (i == exclude->n) {
            return true;
        }
    }
    return false;
}

static int fail_twins(
    const struct maker *m, const struct basin_cell *a, const struct basin_cell *b)
{
    struct basin_str name = {0};
    size_t last = m->plan->n_cells;
    m->plan->cells[last] = *b;
    int code = basin_plan_cell_name(m->plan, last, &name);
    code = code != 0
               ? basin_fail_memory(m->diag)
               : basin_fail_at(m->diag, &m->plan->document,
                     basin_entry_of(m->plan, b->variant, basin_inside_of(m->plan)->list)
                         ->node,
                     "\"%s\" and \"%s\" are the same computation at %s: let one of them "
                     "leave "
                     "it out",
                     m->plan->variants[a->variant].label,
                     m->plan->variants[b->variant].label, name.text);
    basin_str_free(&name);
    return code;
}

/* Keeps the cell that stands after the last one, unless it is there already. */
static int keep(struct maker *m, struct basin_cell *cell)
{
    struct basin_plan *plan = m->plan;
    m->text.length = 0;
    basin_identity_text(plan, cell, true, &m->text);
    if (m->text.failed) {
        return basin_fail_memory(m->diag);
    }
    cell->id = basin_id_of(m->text.text, m->text.length);
    size_t slot = basin_id_number(&cell->id) & m->mask;
    for (; m->slots[slot] != 0; slot = (slot + 1) & m->mask) {
        const struct basin_cell *other = &plan->cells[m->slots[slot] - 1];
        if (basin_id_compare(&other->id, &cell->id) == 0) {
            plan->n_dropped++;
            return other->variant == cell->variant ? 0 : fail_twins(m, other, cell);
        }
    }
    plan->cells[plan->n_cells++] = *cell;
    m->slots[slot] = plan->n_cells;
    return 0;
}

/* The values of a variant's cell in a block at the product's present combination. */
static void fill(
    const struct maker *m, const struct product *product, size_t variant, uint32_t *value)
{
    const struct basin_plan *plan = m->plan;
    for (size_t a = 0; a < plan->n_axes; a++) {
        value[a] = BASIN_NO_VALUE;
    }
    for (size_t i = 0; i < plan->variants[variant].n_axes; i++) {
        size_t a = plan->variants[variant].axes[i];
        size_t fixed = m->sweep->fixed[variant * plan->n_axes + a];
        value[a] = m->sweep->met[a].rank[fixed];
    }
    for (size_t i = 0; i < product->n; i++) {
        const struct basin_block_axis *axis = product->axes[i];
        value[axis->axis] = m->sweep->met[axis->axis].rank[axis->first + product->row[i]];
    }
}

static int expand(struct maker *m, const struct basin_block *block, size_t variant)
{
    struct basin_plan *plan = m->plan;
    struct product product;
    int code = product_start(&product, m, block, variant);
    bool more = code == 0;
    while (more && code == 0) {
        struct basin_cell cell = {
            .variant = (uint32_t)variant,
            .value = basin_inside_of(plan)->values + plan->n_cells * plan->n_axes,
        };
        fill(m, &product, variant, cell.value);
        if (!is_excluded(m, block, &cell)) {
            code = keep(m, &cell);
        }
        more = product_next(&product);
    }
    product_free(&product);
    return code;
}

static int count_cells(const struct maker *m, double *count)
{
    *count = 0;
    for (size_t b = 0; b < m->sweep->n_blocks; b++) {
        for (size_t v = 0; v < m->plan->n_variants; v++) {
            struct product product;
            int code = product_start(&product, m, &m->sweep->blocks[b], v);
            *count += m->sweep->blocks[b].has[v] ? product_size(&product) : 0;
            product_free(&product);
            if (code != 0) {
                return code;
            }
        }
    }
    long most = basin_inside_of(m->plan)->head.max_cells;
    if (*count > (double)most) {
        const struct basin_node *sweep = basin_node_get(m->plan->document.root, "sweep");
        char text[32];
        return basin_fail_at(m->diag, &m->plan->document,
            sweep == NULL ? m->plan->document.root : sweep,
            "the sweep makes %s cells, more than max_cells (%ld)",
            basin_str_of_double(*count, text), most);
    }
    return 0;
}

/* Memory for a known number of cells, and one more in which the next is made. */
static int allocate(struct maker *m, size_t n)
{
    size_t slots = 16;
    while (slots < 2 * n) {
        slots *= 2;
    }
    m->mask = slots - 1;
    m->slots = calloc(slots, sizeof(*m->slots));
    m->plan->cells = malloc((n + 1) * sizeof(*m->plan->cells));
    uint32_t *values = malloc(((n + 1) * m->plan->n_axes + 1) * sizeof(*values));
    basin_inside_of(m->plan)->values = values;
    return m->slots == NULL || m->plan->cells == NULL || values == NULL
               ? basin_fail_memory(m->diag)
               : 0;
}

static int compare_cells(const void *a, const void *b, void *context)
{
    const struct basin_cell *p = a;
    const struct basin_cell *q = b;
    size_t n_axes = *(const size_t *)context;
    int order = (p->variant > q->variant) - (p->variant < q->variant);
    for (size_t i = 0; i < n_axes && order == 0; i++) {
        order = (p->value[i] > q->value[i]) - (p->value[i] < q->value[i]);
    }
    return order;
}

/* As the product of one block is. */
static bool is_sorted(struct basin_plan *plan)
{
    size_t i = 1;
    while (i < plan->n_cells &&
           compare_cells(&plan->cells[i - 1], &plan->cells[i], &plan->n_axes) <= 0) {
        i++;
    }
    return i >= plan->n_cells;
}

static int make(struct maker *m)
{
    struct basin_plan *plan = m->plan;
    double count;
    int code = count_cells(m, &count);
    if (code == 0) {
        code = allocate(m, (size_t)count);
    }
    for (size_t b = 0; b < m->sweep->n_blocks; b++) {
        for (size_t v = 0; code == 0 && v < plan->n_variants; v++) {
            if (m->sweep->blocks[b].has[v]) {
                code = expand(m, &m->sweep->blocks[b], v);
            }
        }
    }
    if (code == 0 && plan->n_cells == 0) {
        code = basin_fail_at(m->diag, &plan->document,
            basin_node_get(plan->document.root, "sweep"), "every cell is excluded");
    }
    if (code == 0 && !is_sorted(plan)) {
        qsort_r(plan->cells, plan->n_cells, sizeof(*plan->cells), compare_cells,
            &plan->n_axes);
    }
    return code;
}

int basin_cells_make(
    struct basin_plan *self, const struct basin_sweep *sweep, struct basin_diag *diag)
{
    struct maker m = {.plan = self, .sweep = sweep, .diag = diag};
    int code = 0;
    for (size_t a = 0; a < self->n_axes && code == 0; a++) {
        code = rank_values(&self->axes[a], &sweep->met[a], diag);
    }
    if (code == 0) {
        code = basin_identity_prepare(self, diag);
    }
    if (code == 0) {
        code = make(&m);
    }
    free(m.slots);
    basin_str_free(&m.text);
    return code;
}
