/* How far a run is, for another terminal. */
#include "run/state.h"

#include "base/clock.h"
#include "base/str.h"
#include "run/folder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void basin_state_write(const char *folder, const struct basin_progress *progress)
{
    char *path = basin_folder_path(folder, "running");
    char *beside = basin_folder_path(folder, "running.tmp");
    FILE *file = path == NULL || beside == NULL ? NULL : fopen(beside, "w");
    if (file != NULL) {
        fprintf(file, "seconds %.17g\ndone %zu\nleft %.17g\n",
            basin_clock_seconds() - progress->start, progress->done,
            basin_progress_left(progress));
        if (fclose(file) != 0 || rename(beside, path) != 0) {
            unlink(beside);
        }
    }
    free(path);
    free(beside);
}

void basin_state_remove(const char *folder)
{
    char *path = basin_folder_path(folder, "running");
    if (path != NULL) {
        unlink(path);
    }
    free(path);
}

bool basin_state_read(const char *folder, struct basin_state *state)
{
    char *path = basin_folder_path(folder, "running");
    FILE *file = path == NULL ? NULL : fopen(path, "r");
    struct stat status;
    bool found = false;
    *state = (struct basin_state){0};
    if (file != NULL && fstat(fileno(file), &status) == 0) {
        state->age = difftime(time(NULL), status.st_mtime);
        found = fscanf(file, "seconds %lf done %lf left %lf", &state->seconds,
                    &state->done, &state->left) == 3 &&
                state->age < 10 * BASIN_STATE_SECONDS;
    }
    if (file != NULL) {
        fclose(file);
    }
    free(path);
    return found;
}
