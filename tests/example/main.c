/* A basin of one's own: all verbs, all that is built in, and one rule and one experiment
 * from outside the tree. */
#include "cli/cli.h"
#include "rules/rule.h"

extern const struct basin_rule rule_nearest;
extern const struct basin_experiment experiment_coin;

int main(int argc, char **argv)
{
    if (!basin_kind_add(basin_rules, &rule_nearest.kind) ||
        !basin_kind_add(basin_experiments, &experiment_coin.kind)) {
        return 4;
    }
    return basin_main(argc, argv);
}
