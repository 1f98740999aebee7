/* Writing a tree of nodes as YAML that people like to read. */
#include "config/node.h"

#include <string.h>

enum { LINE = 90 };

/* May stand without quotes anywhere, inside [ ] and { } too. */
static bool is_bare(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || length > 1000 || text[0] == ' ' || text[length - 1] == ' ' ||
        strncmp(text, "---", 3) == 0 || strncmp(text, "...", 3) == 0) {
        return false;
    }
    if (strchr("-?:&*!|>'\"%@`", text[0]) != NULL &&
        !(text[0] == '-' && strspn(text + 1, ".0123456789") > 0)) {
        return false;
    }
    for (const char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || (unsigned char)*c > '~' ||
            strchr(",[]{}#:\"", *c) != NULL) {
            return false;
        }
    }
    return true;
}

/* The code point that starts here and the number of its bytes; the text is valid UTF-8.
 */
static unsigned long decode(const char *text, size_t *length)
{
    const unsigned char *c = (const unsigned char *)text;
    *length = c[0] < 0x80 ? 1 : c[0] < 0xE0 ? 2 : c[0] < 0xF0 ? 3 : 4;
    unsigned long point = *length == 1 ? c[0] : c[0] & (0x7FU >> *length);
    for (size_t i = 1; i < *length; i++) {
        point = point << 6 | (c[i] & 0x3F);
    }
    return point;
}

/* YAML would refuse such a character as it is, or fold it into a blank. */
static bool needs_escape(unsigned long point)
{
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 ||
           point == 0x2029 || point == 0xFEFF || point == 0xFFFE || point == 0xFFFF;
}

static void print_quoted(const char *text, struct basin_str *out)
{
    basin_str_add(out, "\"");
    size_t length;
    for (; *text != '\0'; text += length) {
        unsigned long point = decode(text, &length);
        if (point == '"' || point == '\\') {
            basin_str_add(out, "\\%c", *text);
        } else if (point == '\n') {
            basin_str_add(out, "\\n");
        } else if (needs_escape(point)) {
            basin_str_add(out, "\\u%04lx", point);
        } else {
            basin_str_add_bytes(out, text, length);
        }
    }
    basin_str_add(out, "\"");
}

void basin_scalar_print(const char *text, struct basin_str *out)
{
    if (is_bare(text)) {
        basin_str_add_bytes(out, text, strlen(text));
    } else {
        print_quoted(text, out);
    }
}

/* Without quotes it could be taken for a number or a boolean. */
static bool looks_typed(const char *text)
{
    return strchr("+-.0123456789", text[0]) != NULL || strcmp(text, "true") == 0 ||
           strcmp(text, "false") == 0;
}

/* A bare scalar without text ("key:") stays as empty as it is. */
static void print_scalar(const struct basin_node *node, struct basin_str *out)
{
    if (!node->plain && looks_typed(node->text)) {
        print_quoted(node->text, out);
    } else if (!node->plain || *node->text != '\0') {
        basin_scalar_print(node->text, out);
    }
}

static bool is_empty_scalar(const struct basin_node *node)
{
    return node->kind == BASIN_SCALAR && node->plain && *node->text == '\0';
}

/* A list of scalars on the line of its key, if it fits; else nothing is added. */
static bool print_flow(const struct basin_node *list, int indent, struct basin_str *out)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->items[i]->kind != BASIN_SCALAR || is_empty_scalar(list->items[i])) {
            return false;
        }
    }
    struct basin_str line = {0};
    basin_str_add(&line, " [");
    for (size_t i = 0; i < list->n; i++) {
        basin_str_add(&line, "%s", i == 0 ? "" : ", ");
        print_scalar(list->items[i], &line);
    }
    basin_str_add(&line, "]\n");
    bool fits = !line.failed && line.length + (size_t)indent <= LINE;
    if (fits) {
        basin_str_add_bytes(out, line.text, line.length);
    }
    out->failed |= line.failed;
    basin_str_free(&line);
    return fits;
}

static void print_lines(
    const struct basin_node *node, int indent, bool started, struct basin_str *out);

/* What follows "key:" or "-": on the same line if it is short. */
static void print_value(
    const struct basin_node *node, int indent, bool in_list, struct basin_str *out)
{
    if (is_empty_scalar(node)) {
        basin_str_add(out, "\n");
    } else if (node->kind == BASIN_SCALAR) {
        basin_str_add(out, " ");
        print_scalar(node, out);
        basin_str_add(out, "\n");
    } else if (node->n == 0) {
        basin_str_add(out, node->kind == BASIN_SEQUENCE ? " []\n" : " {}\n");
    } else if (node->kind == BASIN_MAPPING && in_list) {
        basin_str_add(out, " ");
        print_lines(node, indent + 2, true, out);
    } else if (node->kind == BASIN_MAPPING || !print_flow(node, indent + 16, out)) {
        basin_str_add(out, "\n");
        print_lines(node, indent + 2, false, out);
    }
}

/* The entries of a mapping or list, one under the other; started: the first line's
 * indentation stands already. */
static void print_lines(
    const struct basin_node *node, int indent, bool started, struct basin_str *out)
{
    for (size_t i = 0; i < node->n; i++) {
        basin_str_add(out, "%*s", started && i == 0 ? 0 : indent, "");
        if (node->kind == BASIN_MAPPING) {
            basin_scalar_print(node->keys[i], out);
            basin_str_add(out, ":");
        } else {
            basin_str_add(out, "-");
        }
        print_value(node->items[i], indent, node->kind == BASIN_SEQUENCE, out);
    }
}

void basin_node_print(const struct basin_node *node, int indent, struct basin_str *out)
{
    if (node->kind != BASIN_SCALAR && node->n > 0) {
        print_lines(node, indent, false, out);
    } else {
        basin_str_add(out, "%*s", indent > 0 ? indent - 1 : 0, "");
        print_value(node, indent, false, out);
    }
}
