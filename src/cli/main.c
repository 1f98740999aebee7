/* basin: the command line is basin_main, of the library. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    return basin_main(argc, argv);
}
