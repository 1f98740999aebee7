/* basin config: the resolved configuration. */
#include "cli/cli.h"

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    struct basin_target target;
    int ret = basin_target_load(&target, arguments, arguments->operand[0], diag);
    if (ret != 0) {
        return ret;
    }
    struct basin_str out = {0};
    ret = basin_plan_print(&target.plan, true, &out, diag);
    if (ret == 0) {
        ret = basin_text_write(&out, NULL, diag);
    }
    basin_str_free(&out);
    basin_target_free(&target);
    return ret;
}

const struct basin_verb basin_verb_config = {
    .name = "config",
    .operands = "CONFIG",
    .summary = "print the resolved configuration; what differs from a default is marked",
    .options = "set|only",
    .help =
        "Prints the configuration with every default filled in. It can be run as it is.",
    .least = 1,
    .most = 1,
    .run = run,
};
