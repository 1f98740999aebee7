/* The first difference of two resolved configurations. Both write every field, in the
 * same order, so the first line that differs tells. */
#include "run/change.h"

#include "base/file.h"
#include "run/folder.h"

#include <stdlib.h>
#include <string.h>

/* Keys that decide no number; figures and claims stand last. */
static bool is_beside(const char *line)
{
    static const char *const keys[] = {"title:", "source:", "max_cells:"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strncmp(line, keys[i], strlen(keys[i])) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_end(const char *line)
{
    return line[0] == '\0' || strncmp(line, "figures:", 8) == 0 ||
           strncmp(line, "claims:", 7) == 0;
}

/* The next line without its end, and where the one after it starts. */
static const char *cut_line(const char *text, int *length)
{
    *length = (int)strcspn(text, "\n");
    text += *length;
    return *text == '\n' ? text + 1 : text;
}

static bool is_same(const char *a, int n, const char *b, int m)
{
    return (n == m && strncmp(a, b, (size_t)n) == 0) || (is_beside(a) && is_beside(b));
}

static void add_line(const char *line, int length, struct basin_str *out)
{
    enum { SHOWN = 200 };
    while (length > 0 && *line == ' ') {
        line++;
        length--;
    }
    if (is_end(line)) {
        basin_str_add(out, "(nothing)");
    } else {
        basin_str_add(out, "%.*s%s", length < SHOWN ? length : SHOWN, line,
            length < SHOWN ? "" : "...");
    }
}

static void compare(const char *before, const char *now, struct basin_str *out)
{
    for (unsigned long line = 1; !is_end(before) || !is_end(now); line++) {
        int n;
        int m;
        const char *next_before = cut_line(before, &n);
        const char *next_now = cut_line(now, &m);
        if (is_end(before) || is_end(now) || !is_same(before, n, now, m)) {
            bool read =
                strncmp(before, "# content", 9) == 0 || strncmp(now, "# content", 9) == 0;
            basin_str_add(out, "%s was changed since\n  config.yaml there, line %lu: ",
                read ? "what it reads" : "the configuration", line);
            add_line(before, n, out);
            basin_str_add(out, "\n  now: ");
            add_line(now, m, out);
            return;
        }
        before = next_before;
        now = next_now;
    }
    basin_str_add(out, "another version of the program made them");
}

void basin_change_add(const char *folder, const char *config, struct basin_str *out)
{
    enum { MOST = 1 << 24 }; /* no configuration is larger */
    char *path = basin_folder_path(folder, "config.yaml");
    struct basin_str before = {0};
    struct basin_diag unread = {{0}};
    int ret = path == NULL ? BASIN_ERR_NOMEM : basin_file_read(path, &before, &unread);
    if (ret != 0 || before.length == 0 || before.length > MOST) {
        basin_str_add(out, "the configuration was changed since");
    } else {
        compare(before.text, config, out);
    }
    basin_str_free(&before);
    free(path);
}
