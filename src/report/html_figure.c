/* Figures within the page: SVG with ids of its own, or PNG as a data URL. */
#include "base/base64.h"
#include "base/quote.h"
#include "report/html.h"

#include <stdlib.h>
#include <string.h>

static bool starts(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

/* Many drawings on one page: every id, and every reference to one, gets a prefix. What
 * gnuplot says of itself is left out. */
static void add_svg(
    const struct basin_html_figure *figure, size_t number, struct basin_str *out)
{
    static const char *const marks[] = {
        " id='", " id=\"", "href='#", "href=\"#", "url(#"};
    const char *text = strstr(figure->bytes.text, "<svg");
    while (text != NULL && *text != '\0') {
        size_t length = 1;
        bool marked = false;
        if (starts(text, "<title>Gnuplot</title>") || starts(text, "<desc>")) {
            const char *end =
                strstr(text, starts(text, "<desc>") ? "</desc>" : "</title>");
            text = strchr(end == NULL ? text : end, '>') + 1;
            continue;
        }
        for (size_t i = 0; !marked && i < sizeof(marks) / sizeof(marks[0]); i++) {
            if (starts(text, marks[i])) {
                length = strlen(marks[i]);
                marked = true;
            }
        }
        basin_str_add_bytes(out, text, length);
        if (marked) {
            basin_str_add(out, "f%zu-", number);
        }
        text += length;
    }
}

void basin_html_figure_add(
    const struct basin_html_figure *figure, size_t number, struct basin_str *out)
{
    basin_str_add(out, "<figure>");
    if (figure->bytes.text == NULL) {
        basin_str_add(out, "not drawn");
    } else if (figure->png) {
        basin_str_add(out, "<img loading=\"lazy\" alt=\"");
        basin_quote_markup(figure->name, out);
        basin_str_add(out, "\" src=\"data:image/png;base64,");
        basin_base64_add(figure->bytes.text, figure->bytes.length, out);
        basin_str_add(out, "\"/>");
    } else {
        add_svg(figure, number, out);
    }
    basin_str_add(out, "<figcaption>");
    basin_quote_markup(figure->name, out);
    basin_str_add(out, "</figcaption></figure>\n");
}
