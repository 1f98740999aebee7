/* Running gnuplot on a script, without a shell: a folder or a name with blanks, quotes or
 * semicolons stays a name. What it prints goes to temporary files, which, unlike pipes,
 * cannot fill up while it runs. */
#include "plot/gnuplot.h"

#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void read_back(FILE *file, struct basin_str *text)
{
    char buffer[4096];
    size_t length;
    rewind(file);
    while ((length = fread(buffer, 1, sizeof(buffer), file)) > 0) {
        basin_str_add_bytes(text, buffer, length);
    }
}

/* Starts gnuplot and waits for it; 0, or the error number of the start. -d: a person's
 * ~/.gnuplot must not change figures. */
static int run(
    const char *folder, char *const arguments[], FILE *out, FILE *err, int *status)
{
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        return error;
    }
    error = posix_spawn_file_actions_addchdir_np(&actions, folder);
    if (error == 0) {
        error = posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
    }
    if (error == 0) {
        error = posix_spawn_file_actions_adddup2(&actions, fileno(err), STDERR_FILENO);
    }
    if (error == 0) {
        error = posix_spawnp(&pid, arguments[0], &actions, NULL, arguments, environ);
    }
    posix_spawn_file_actions_destroy(&actions);
    while (error == 0 && waitpid(pid, status, 0) < 0) {
        error = errno == EINTR ? 0 : errno;
    }
    return error;
}

/* Width of a text drawing: that of the terminal if the shell says it. */
static void text_columns(char columns[16])
{
    const char *given = getenv("COLUMNS");
    long width = given != NULL ? strtol(given, NULL, 10) : 0;
    snprintf(columns, 16, "%ld", width >= 40 && width <= 400 ? width : 79);
}

static int judge(int error, int status, const char *script, struct basin_str *complaint,
    struct basin_diag *diag)
{
    if (error == ENOENT) {
        return basin_fail(diag, BASIN_ERR_TOOL,
            "gnuplot is needed to draw %s; make setup installs it", script);
    }
    if (error != 0) {
        return basin_fail(
            diag, BASIN_ERR_TOOL, "cannot start gnuplot: %s", strerror(error));
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        const char *words = complaint->text != NULL ? complaint->text : "";
        return basin_fail(diag, BASIN_ERR_TOOL, "gnuplot failed on %s: %s", script,
            words + strspn(words, " \n"));
    }
    return 0;
}

int basin_gnuplot_run(const char *folder, const char *name, const char *format,
    struct basin_str *printed, struct basin_diag *diag)
{
    char columns[16];
    text_columns(columns);
    struct basin_str script = {0};
    struct basin_str complaint = {0};
    FILE *out = tmpfile();
    FILE *err = tmpfile();
    int ret = 0;
    basin_str_add(&script, "%s.gp", name);
    if (out == NULL || err == NULL || script.failed) {
        ret = basin_fail(
            diag, BASIN_ERR_IO, "cannot make a temporary file: %s", strerror(errno));
        goto out;
    }
    char *const arguments[] = {(char[]){"gnuplot"}, (char[]){"-d"}, (char[]){"-c"},
        script.text, (char *)(uintptr_t)format, columns, NULL};
    int status = 0;
    int error = run(folder, arguments, out, err, &status);
    read_back(err, &complaint);
    ret = judge(error, status, script.text, &complaint, diag);
    if (ret == 0 && printed != NULL) {
        read_back(out, printed);
    }
out:
    if (out != NULL) {
        fclose(out);
    }
    if (err != NULL) {
        fclose(err);
    }
    basin_str_free(&script);
    basin_str_free(&complaint);
    return ret;
}
