/* The choices that papers leave out: one table, defaults and ranges by the descriptors.
 */
#include "report/conventions.h"

#include "experiments/experiment.h"
#include "patterns/cue.h"
#include "patterns/source.h"
#include "rules/rule.h"

#include <string.h>

static const struct basin_kind *const rule_options[] = {&basin_rule_options, NULL};
static const struct basin_kind *const pattern_options[] = {&basin_pattern_options, NULL};
static const struct basin_kind *const cues[] = {&basin_cue_kind, NULL};

const struct basin_convention basin_conventions[] = {
    {"Does a unit act on itself?", basin_rules, "classical", "diagonal",
        "with the diagonal kept a state beyond capacity looks stable and nothing is "
        "retrieved (capacity-diagonal.yaml)"},
    {"What is sgn(0)?", basin_rules, "classical", "ties",
        "even numbers of patterns have ties; always +1 pulls states to one side"},
    {"Are units updated at once or one by one?", basin_rules, "classical", "update",
        "at once, states can end on 2-cycles; one by one, energy never rises"},
    {"In which order, one by one?", basin_rules, "classical", "order",
        "a fresh permutation for each sweep, or first to last"},
    {"What divides the logits of the modern network?", basin_rules, "modern", "scale",
        "beta of two papers compare only after this; the result holds effective_beta"},
    {"What is beta?", basin_rules, "modern", "beta",
        "multiplies the scaled inner products"},
    {"Which components does a threshold remove?", basin_rules, "modern", "threshold_keep",
        "the blog sets > -0.5 to zero for one network and > 0.5 for another"},
    {"What is thresholded?", basin_rules, "modern", "threshold_on",
        "the state, the stored patterns or both; the read-out stays dense"},
    {"On which scale are thresholded vectors compared?", basin_rules, "modern",
        "threshold_scale",
        "sparse vectors have smaller products: without this beta is another"},
    {"Are patterns normalised?", pattern_options, "pattern options", "normalize",
        "norms differ between pictures and multiply beta"},
    {"When is an iteration over?", rule_options, "rule options", "steps",
        "one update, or until a fixed point, a cycle or max_steps"},
    {"When are two real states equal?", rule_options, "rule options", "tolerance",
        "floats that are compared for equality never rest"},
    {"When is a pattern recalled?", basin_experiments, "retrieval", "success",
        "overlap, cosine, bit error or exact"},
    {"How near must it be?", basin_experiments, "retrieval", "success_at",
        "a criterion of exact recall has a capacity that vanishes with d"},
    {"How large is a metastable state?", basin_experiments, "retrieval",
        "spread_quantile",
        "k: the least number of weights that sum to this; entropy, support and "
        "participation are stored beside it"},
    {"Which weights count as support?", basin_experiments, "retrieval", "support_cut",
        "another definition in use: weights above 0.01"},
    {"What do masked parts of a cue become?", cues, "cue", "fill",
        "a constant (0 for patterns in -1..1 is grey) or random values"},
    {"Are random directions orthogonal?", basin_rules, "performer", "directions",
        "in blocks of d; their variance is lower"},
    {"Is the sign of QR corrected?", basin_rules, "performer", "sign_correction",
        "published code does not, and its estimate is biased (kernel-bias.yaml)"},
    {"How long are the directions?", basin_rules, "performer", "norms",
        "of normal vectors (unbiased) or all sqrt(d)"},
    {"What is added to features?", basin_rules, "performer", "stabilizer",
        "1e-6 in one implementation, 1e-4 in another: a bias"},
    {"Is the largest feature divided out?", basin_rules, "performer", "subtract_max",
        "not in the paper; it keeps exponentials finite"},
    {NULL, NULL, NULL, NULL, NULL},
};

const struct basin_field *basin_convention_field(const struct basin_convention *self)
{
    const struct basin_kind *kind = basin_kind_find(self->kinds, self->kind);
    return kind == NULL ? NULL : basin_field_find(kind->fields, self->field);
}

/* In a table a bar would end the cell. */
static void add_choices(const char *choices, struct basin_str *out)
{
    char name[64];
    size_t n = choices == NULL ? 0 : basin_choice_count(choices);
    for (size_t i = 0; i < n; i++) {
        basin_str_add(
            out, "%s%s", i == 0 ? "" : ", ", basin_choice_name(choices, i, name));
    }
}

void basin_conventions_markdown(struct basin_str *out)
{
    basin_str_add(out, "| question | field | default | choices | why it matters |\n"
                       "|---|---|---|---|---|\n");
    for (const struct basin_convention *c = basin_conventions; c->question != NULL; c++) {
        const struct basin_field *field = basin_convention_field(c);
        if (field != NULL) {
            basin_str_add(out, "| %s | %s: `%s` | %s | ", c->question, c->kind, c->field,
                field->fallback == NULL ? "required" : field->fallback);
            add_choices(field->choices, out);
            basin_str_add(out, " | %s |\n", c->why);
        }
    }
}
