/* Options of the command line, read by getopt_long. */
#include "cli/cli.h"
#include "cli/docs.h"

#include "base/str.h"
#include "run/alone.h"
#include "run/items.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct basin_option basin_options[] = {
    {"set", "PATH=VALUE", "change one value of the configuration, e.g. cue.flip=0.1"},
    {"only", "GLOB", "only cells whose name matches, e.g. '*dimension=500*'"},
    {"out", "PATH", "write there instead of the usual place"},
    {"format", "NAME", "how to print"},
    {"size", "SIZE", "of figures on paper: single, double (columns), or WxH in mm"},
    {"against", "FILE", "compare with a stored ledger"},
    {"jobs", "N", "number of threads; default: one per core"},
    {"shard", "I/N", "only the I-th of N parts, for `basin merge` to put together"},
    {"extend", NULL, "a changed plan keeps the finished cells that it shares"},
    {"replace", NULL, "set results of another plan aside and start anew"},
    {"retry-failed", NULL, "run failed cells again"},
    {"quiet", NULL, "no progress"},
    {"terminal", NULL, "draw in the terminal as well"},
    {"json", NULL, "print JSON, for programs"},
    {"significant", NULL, "only differences count whose interval excludes zero"},
    {"help", NULL, "this help"},
    {NULL, NULL, NULL},
};
enum { OPTIONS = sizeof(basin_options) / sizeof(basin_options[0]) - 1 };

bool basin_verb_takes(const struct basin_verb *verb, const char *option)
{
    return strcmp(option, "help") == 0 || basin_choice_index(verb->options, option) >= 0;
}

void basin_arguments_help(const struct basin_verb *verb)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct basin_option *o = &basin_options[i];
        if (basin_verb_takes(verb, o->name)) {
            char left[40];
            snprintf(left, sizeof(left), "--%s%s%s", o->name, o->value == NULL ? "" : " ",
                o->value == NULL ? "" : o->value);
            printf("  %-20s  %s\n", left, o->help);
        }
    }
}

void basin_arguments_free(struct basin_arguments *self)
{
    free(self->sets.text);
    free(self->onlys.text);
    free(self->operand);
    *self = (struct basin_arguments){0};
}

static int list_add(struct basin_text_list *list, char *text)
{
    char **grown = realloc(list->text, (list->n + 1) * sizeof(*grown));
    if (grown == NULL) {
        return BASIN_ERR_NOMEM;
    }
    grown[list->n++] = text;
    list->text = grown;
    return 0;
}

static int take_jobs(
    struct basin_arguments *self, const char *text, struct basin_diag *diag)
{
    char *end;
    self->jobs = strtol(text, &end, 10);
    if (*end != '\0' || end == text || self->jobs < 1 || self->jobs > 1024) {
        return basin_fail(diag, BASIN_ERR_USAGE,
            "--jobs takes a number from 1 to 1024, not \"%s\"", text);
    }
    return 0;
}

/* A number from 1 to BASIN_SHARDS_MOST that `after` follows, or 0; *text is set behind.
 */
static unsigned read_shard(const char **text, char after)
{
    char *end;
    long value = strtol(*text, &end, 10);
    bool good = end != *text && *end == after && value >= 1 && value <= BASIN_SHARDS_MOST;
    *text = good ? end + 1 : *text;
    return good ? (unsigned)value : 0;
}

static int take_shard(
    struct basin_arguments *self, const char *text, struct basin_diag *diag)
{
    const char *rest = text;
    self->shard = read_shard(&rest, '/');
    self->n_shards = read_shard(&rest, '\0');
    if (self->shard == 0 || self->n_shards == 0 || self->shard > self->n_shards) {
        return basin_fail(diag, BASIN_ERR_USAGE,
            "--shard takes I/N with I from 1 to N and N at most %d, such as 3/8, not "
            "\"%s\"",
            BASIN_SHARDS_MOST, text);
    }
    return 0;
}

static int take(
    struct basin_arguments *self, const char *name, char *value, struct basin_diag *diag)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {{"extend", &self->extend}, {"replace", &self->replace},
        {"retry-failed", &self->retry_failed}, {"quiet", &self->quiet},
        {"terminal", &self->terminal}, {"json", &self->json},
        {"significant", &self->significant}, {"help", &self->help}};
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (strcmp(name, flags[i].name) == 0) {
            *flags[i].flag = true;
            return 0;
        }
    }
    if (strcmp(name, "set") == 0) {
        return list_add(&self->sets, value);
    }
    if (strcmp(name, "only") == 0) {
        return list_add(&self->onlys, value);
    }
    if (strcmp(name, "jobs") == 0) {
        return take_jobs(self, value, diag);
    }
    if (strcmp(name, "shard") == 0) {
        return take_shard(self, value, diag);
    }
    const char **text = strcmp(name, "out") == 0       ? &self->out
                        : strcmp(name, "against") == 0 ? &self->against
                        : strcmp(name, "size") == 0    ? &self->size
                                                       : &self->format;
    *text = value;
    return 0;
}

static int unknown_option(
    const struct basin_verb *verb, const char *given, struct basin_diag *diag)
{
    const char *names[OPTIONS];
    size_t n = 0;
    struct basin_str allowed = {0};
    for (size_t i = 0; i < OPTIONS; i++) {
        if (basin_verb_takes(verb, basin_options[i].name)) {
            names[n++] = basin_options[i].name;
            basin_str_add(&allowed, " --%s", basin_options[i].name);
        }
    }
    const char *near = basin_str_nearest(given + strspn(given, "-"), names, n);
    basin_fail(diag, BASIN_ERR_USAGE,
        "\"%s\" is not an option of `basin %s`, or its value is missing%s%s%s; it "
        "takes%s",
        given, verb->name, near == NULL ? "" : "; did you mean --",
        near == NULL ? "" : near, near == NULL ? "" : "?",
        allowed.failed ? "" : allowed.text);
    basin_str_free(&allowed);
    return BASIN_ERR_USAGE;
}

static int check_operands(const struct basin_arguments *self,
    const struct basin_verb *verb, struct basin_diag *diag)
{
    if (self->help ||
        (self->n_operands >= verb->least && self->n_operands <= verb->most)) {
        return 0;
    }
    if (self->n_operands > verb->most) {
        return basin_fail(diag, BASIN_ERR_USAGE,
            "\"%s\" is too much; it is `basin %s %s`", self->operand[verb->most],
            verb->name, verb->operands);
    }
    return basin_fail(diag, BASIN_ERR_USAGE, "something is missing; it is `basin %s %s`",
        verb->name, verb->operands);
}

int basin_arguments_parse(struct basin_arguments *self, const struct basin_verb *verb,
    int argc, char **argv, struct basin_diag *diag)
{
    struct option options[OPTIONS + 1] = {{0}};
    size_t n = 0;
    for (size_t i = 0; i < OPTIONS; i++) {
        if (basin_verb_takes(verb, basin_options[i].name)) {
            options[n++] = (struct option){basin_options[i].name,
                basin_options[i].value == NULL ? no_argument : required_argument, NULL,
                1};
        }
    }
    *self = (struct basin_arguments){0};
    opterr = 0;
    optind = 1;
    int ret = 0;
    int found;
    int index = 0;
    while (ret == 0 && (found = getopt_long(argc, argv, ":", options, &index)) != -1) {
        ret = found == 1 ? take(self, options[index].name, optarg, diag)
                         : unknown_option(verb, argv[optind - 1], diag);
    }
    for (int i = optind; ret == 0 && i < argc; i++) {
        struct basin_text_list list = {self->n_operands, self->operand};
        ret = list_add(&list, argv[i]);
        self->n_operands = list.n;
        self->operand = list.text;
    }
    if (ret == 0) {
        ret = check_operands(self, verb, diag);
    }
    if (ret != 0) {
        basin_arguments_free(self);
    }
    return ret;
}

void basin_arguments_again(const struct basin_arguments *self, const char *verb,
    bool whole, struct basin_str *out)
{
    basin_str_add(out, "basin %s ", verb);
    basin_shell_word(out, self->operand[0]);
    for (size_t i = 0; i < self->sets.n; i++) {
        basin_str_add(out, " --set ");
        basin_shell_word(out, self->sets.text[i]);
    }
    for (size_t i = 0; whole && i < self->onlys.n; i++) {
        basin_str_add(out, " --only ");
        basin_shell_word(out, self->onlys.text[i]);
    }
    if (whole && self->out != NULL) {
        basin_str_add(out, " --out ");
        basin_shell_word(out, self->out);
    }
}
