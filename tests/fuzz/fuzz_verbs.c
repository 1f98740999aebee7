/* The verbs that read results, on a file that is harmed (harm.h) or whose configuration
 * has figures and claims of any text: the first byte chooses the verb, the second how
 * much harm follows, and the rest is text. */
#include "tests/fuzz/harm.h"
#include "tests/fuzz/verbs.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The stored configuration ends with this text. */
static void put_config(hid_t file, const uint8_t *text, size_t size)
{
    hid_t type = basin_h5_text_type();
    hid_t space = H5Screate(H5S_SCALAR);
    char *config = malloc(sizeof(HEAD) + size);
    memcpy(config, HEAD, sizeof(HEAD) - 1);
    memcpy(config + sizeof(HEAD) - 1, text, size);
    config[sizeof(HEAD) - 1 + size] = '\0';
    const char *const value = config;
    H5Ldelete(file, "config/yaml", H5P_DEFAULT);
    hid_t made = H5Dcreate2(
        file, "config/yaml", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (made >= 0) {
        H5Dwrite(made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value);
        H5Dclose(made);
    }
    H5Sclose(space);
    H5Tclose(type);
    free(config);
}

static void work_on(uint8_t choice)
{
    static const char *const formats[] = {"text", "tsv", "json", "junit", "tap"};
    switch (choice % 8) {
    case 0:
        run_verb("plot", "y.h5", "--out", "plots", "--quiet", NULL);
        break;
    case 1:
        run_verb("diff", "y.h5", "x/x.h5", NULL);
        break;
    case 2:
        run_verb("diff", "x/x.h5", "y.h5", "--json", NULL);
        break;
    case 3:
        run_verb("report", "y.h5", "--out", "report.md", NULL);
        break;
    case 4:
        run_verb("export", "y.h5", "--format", "tsv", "--out", "y.tsv", NULL);
        break;
    case 5:
        run_verb("show", "y.h5", NULL);
        break;
    default:
        run_verb("check", "y.h5", "--format", formats[choice / 8 % 5], NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static unsigned char *image;
    static size_t image_size;
    enum { MOST = 8 };
    if (size < 2) {
        return 0;
    }
    if (image == NULL) {
        struct basin_target target;
        prepare(&target);
        basin_target_free(&target);
        image = get_file("x/x.h5", &image_size);
    }
    go(inside);
    uint8_t choice = bytes[0];
    size_t harms = bytes[1] % MOST;
    bytes += 2;
    size -= 2;
    put_file("y.h5", image, image_size);
    hid_t file = H5Fopen("y.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    for (; harms > 0 && size >= HARM; harms--, bytes += HARM, size -= HARM) {
        harm(file, bytes);
    }
    if (size > 0 && memchr(bytes, '\0', size) == NULL) {
        put_config(file, bytes, size);
    }
    H5Fclose(file);
    work_on(choice);
    go(outside);
    return 0;
}
