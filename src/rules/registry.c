/* All update rules, in the order of `basin list rules`. */
#include "rules/rule.h"

/* One line per rule: src/rules/<name>.c defines basin_rule_<name>. */
#define RULES(X)                                                                         \
    X(classical)                                                                         \
    X(continuous)                                                                        \
    X(covariance)                                                                        \
    X(dense)                                                                             \
    X(diluted)                                                                           \
    X(modern)                                                                            \
    X(performer)                                                                         \
    X(willshaw)

#define DECLARE(name) extern const struct basin_rule basin_rule_##name;
RULES(DECLARE)
#undef DECLARE

#define HEAD(name) &basin_rule_##name.kind,
const struct basin_kind *basin_rules[BASIN_REGISTRY_ROOM] = {RULES(HEAD) NULL};
#undef HEAD
