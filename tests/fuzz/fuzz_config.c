/* Fuzzes configurations: any text as a document, printed and read again, and as a plan of
 * the toy experiment whose resolved form must load to the same plan. */
#include "config/node.h"
#include "config/plan.h"
#include "tests/unit/toy.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int truth)
{
    if (!truth) {
        abort();
    }
}

static void fuzz_document(const char *text, size_t size)
{
    struct basin_document document;
    struct basin_diag diag = {{0}};
    if (basin_document_parse(&document, "fuzz", text, size, &diag) != 0) {
        expect(diag.text[0] != '\0' && strchr(diag.text, '\n') == NULL);
        return;
    }
    struct basin_document again;
    struct basin_str once = {0};
    struct basin_str twice = {0};
    basin_node_print(document.root, 0, &once);
    /* Printing spells out aliases, so only then may the text become too large. */
    if (once.length <= BASIN_DOCUMENT_BYTES) {
        expect(basin_document_parse(&again, "again", once.text, once.length, &diag) == 0);
        basin_node_print(again.root, 0, &twice);
        expect(once.length == twice.length &&
               memcmp(once.text, twice.text, once.length) == 0);
        basin_document_free(&again);
    }
    basin_str_free(&once);
    basin_str_free(&twice);
    basin_document_free(&document);
}

static void fuzz_plan(const char *text, size_t size)
{
    char most[] = "max_cells=2000";
    char *sets[] = {most};
    struct basin_text_list list = {1, sets};
    struct basin_overrides overrides = {&list, NULL};
    struct basin_plan plan;
    struct basin_plan again;
    struct basin_params params = {0};
    struct basin_diag diag = {{0}};
    if (basin_plan_parse(&plan, "fuzz", text, size, &toy_registry, &overrides, &diag) !=
        0) {
        expect(diag.text[0] != '\0' && strchr(diag.text, '\n') == NULL);
        return;
    }
    struct basin_str resolved = {0};
    expect(plan.n_cells > 0 && plan.n_cells <= 2000);
    expect(basin_plan_params(&plan, plan.n_cells - 1, &params, &diag) == 0);
    expect(basin_plan_print(&plan, true, &resolved, &diag) == 0);
    if (resolved.length <= BASIN_DOCUMENT_BYTES) {
        expect(basin_plan_parse(&again, "fuzz", resolved.text, resolved.length,
                   &toy_registry, NULL, &diag) == 0);
        expect(basin_id_compare(&plan.id, &again.id) == 0);
        basin_plan_free(&again);
    }
    basin_params_free(&params);
    basin_str_free(&resolved);
    basin_plan_free(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = size == 0 ? "" : (const char *)data;
    fuzz_document(text, size);
    fuzz_plan(text, size);
    return 0;
}
