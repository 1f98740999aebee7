/* The journal: what is written comes back, whatever cut or harmed the file. */
#include "suite.h"

#include "store/journal.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];
static char path[96];
static struct basin_diag diag;
static const struct basin_journal_head head = {{{1, 2, 3}}, 1982};

static void set_up(void)
{
    strcpy(folder, "/tmp/basin-journal-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/journal.bin", folder);
    diag = (struct basin_diag){{0}};
}

static void tear_down(void)
{
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

/* ---- What is put in: record i is a function of i alone -------------------------- */

static void make_record(
    uint32_t i, struct basin_id *cell, struct basin_record *record, double values[8])
{
    char text[16];
    snprintf(text, sizeof(text), "cell %u", i / 3);
    *cell = basin_id_of(text, strlen(text));
    *record = (struct basin_record){.status = BASIN_STATUS_OK, .values = values};
    if (i % 7 == 3) {
        record->status = BASIN_STATUS_FAILED;
        snprintf(record->reason, sizeof(record->reason), "reason %u", i);
        return;
    }
    record->n = i % 8;
    for (size_t k = 0; k < record->n; k++) {
        values[k] = k == 2 ? NAN : (double)i + 0.1 * (double)k;
    }
}

static int try_add(struct basin_journal *journal, uint32_t from, uint32_t to)
{
    int ret = 0;
    for (uint32_t i = from; ret == 0 && i < to; i++) {
        struct basin_id cell;
        struct basin_record record;
        double values[8];
        make_record(i, &cell, &record, values);
        ret = basin_journal_add(journal, &cell, i % 3, &record, &diag);
    }
    return ret;
}

static void add(struct basin_journal *journal, uint32_t from, uint32_t to)
{
    ck_assert_msg(try_add(journal, from, to) == 0, "%s", diag.text);
}

/* Checks that records come back one after another. */
static int expect_next(void *context, const struct basin_id *cell, uint32_t replicate,
    const struct basin_record *found, struct basin_diag *unused)
{
    (void)unused;
    uint32_t *next = context;
    struct basin_id wanted_cell;
    struct basin_record wanted;
    double values[8];
    make_record(*next, &wanted_cell, &wanted, values);
    ck_assert_int_eq(basin_id_compare(cell, &wanted_cell), 0);
    ck_assert_uint_eq(replicate, *next % 3);
    ck_assert_int_eq(found->status, wanted.status);
    ck_assert_str_eq(found->reason, wanted.reason);
    ck_assert_uint_eq(found->n, wanted.n);
    ck_assert(memcmp(found->values, values, wanted.n * sizeof(double)) == 0);
    (*next)++;
    return 0;
}

/* Opens; records 0 to the returned number must be there. */
static uint32_t open_journal(struct basin_journal *journal, size_t *torn)
{
    uint32_t n = 0;
    int ret = basin_journal_open(journal, path, &head, expect_next, &n, torn, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    return n;
}

static void close_journal(struct basin_journal *journal)
{
    ck_assert_msg(basin_journal_close(journal, &diag) == 0, "%s", diag.text);
}

/* A journal of n records; returns its bytes. */
static off_t write_journal(uint32_t n)
{
    struct basin_journal journal;
    size_t torn;
    ck_assert_uint_eq(open_journal(&journal, &torn), 0);
    add(&journal, 0, n);
    close_journal(&journal);
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    return status.st_size;
}

static void read_file(char *bytes, size_t n)
{
    FILE *file = fopen(path, "rb");
    ck_assert_uint_eq(fread(bytes, 1, n, file), n);
    fclose(file);
}

static void write_file(const char *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    ck_assert_uint_eq(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

static void flip_byte(off_t at)
{
    FILE *file = fopen(path, "r+b");
    fseeko(file, at, SEEK_SET);
    int byte = getc(file);
    fseeko(file, at, SEEK_SET);
    putc(byte ^ 0x10, file);
    fclose(file);
}

static int open_fails(const struct basin_journal_head *as)
{
    struct basin_journal journal;
    uint32_t n = 0;
    size_t torn;
    int ret = basin_journal_open(&journal, path, as, expect_next, &n, &torn, &diag);
    ck_assert_int_lt(ret, 0);
    ck_assert_int_eq(journal.file, -1);
    return ret;
}

/* ---- Tests ---------------------------------------------------------------------- */

START_TEST(records_come_back_and_more_can_follow)
{
    struct basin_journal journal;
    size_t torn;
    write_journal(2500);
    ck_assert_uint_eq(open_journal(&journal, &torn), 2500);
    ck_assert_uint_eq(torn, 0);
    add(&journal, 2500, 2600);
    close_journal(&journal);
    ck_assert_uint_eq(open_journal(&journal, &torn), 2600);
    close_journal(&journal);

    struct basin_journal_head found;
    uint32_t n = 0;
    ck_assert_int_eq(basin_journal_read(path, &found, expect_next, &n, &diag), 0);
    ck_assert_uint_eq(n, 2600);
    ck_assert_int_eq(basin_id_compare(&found.plan, &head.plan), 0);
    ck_assert_uint_eq(found.seed, head.seed);
    ck_assert_int_eq(basin_journal_read(path, &found, NULL, NULL, &diag), 0);
}
END_TEST

static uint32_t records_in_file(void)
{
    struct basin_journal_head found;
    uint32_t n = 0;
    ck_assert_int_eq(basin_journal_read(path, &found, expect_next, &n, &diag), 0);
    return n;
}

START_TEST(a_record_is_in_the_file_at_once)
{
    struct basin_journal journal;
    size_t torn;
    open_journal(&journal, &torn);
    for (uint32_t i = 0; i < BASIN_JOURNAL_WRITES; i++) {
        add(&journal, i, i + 1);
        ck_assert_uint_eq(records_in_file(), i + 1);
    }
    close_journal(&journal);
}
END_TEST

START_TEST(a_flood_waits_for_the_end_of_its_window_or_a_tick)
{
    struct basin_journal journal;
    size_t torn;
    open_journal(&journal, &torn);
    journal.window = HUGE_VAL; /* a window that does not end */
    journal.last_sync = HUGE_VAL;
    add(&journal, 0, BASIN_JOURNAL_WRITES + 50);
    ck_assert_uint_eq(records_in_file(), BASIN_JOURNAL_WRITES);
    ck_assert_int_eq(basin_journal_tick(&journal, &diag), 0);
    ck_assert_uint_eq(records_in_file(), BASIN_JOURNAL_WRITES + 50);
    ck_assert_uint_eq(journal.unsynced, BASIN_JOURNAL_WRITES + 50);

    add(&journal, BASIN_JOURNAL_WRITES + 50, BASIN_JOURNAL_BATCH + 5);
    ck_assert_uint_eq(records_in_file(), BASIN_JOURNAL_BATCH);
    ck_assert_uint_eq(journal.unsynced, 5);
    journal.window = 0;
    add(&journal, BASIN_JOURNAL_BATCH + 5, BASIN_JOURNAL_BATCH + 6);
    ck_assert_uint_eq(records_in_file(), BASIN_JOURNAL_BATCH + 6);
    close_journal(&journal);
}
END_TEST

START_TEST(records_are_synced_when_they_are_old)
{
    struct basin_journal journal;
    size_t torn;
    open_journal(&journal, &torn);
    add(&journal, 0, 5);
    ck_assert_uint_eq(journal.unsynced, 5);
    journal.last_sync -= BASIN_JOURNAL_SECONDS;
    ck_assert_int_eq(basin_journal_tick(&journal, &diag), 0);
    ck_assert_uint_eq(journal.unsynced, 0);
    close_journal(&journal);
}
END_TEST

/* Cut at every byte: all records that are whole come back, and the run goes on. */
START_TEST(a_torn_tail_is_cut_wherever_it_was_torn)
{
    enum { RECORDS = 6 };
    char bytes[2048];
    off_t size = write_journal(RECORDS);
    read_file(bytes, (size_t)size);
    uint32_t last = 0;
    for (off_t cut = 40; cut <= size; cut++) {
        write_file(bytes, (size_t)cut);
        struct basin_journal_head found;
        uint32_t n = 0;
        ck_assert_int_eq(basin_journal_read(path, &found, expect_next, &n, &diag), 0);
        struct basin_journal journal;
        size_t torn;
        ck_assert_uint_eq(open_journal(&journal, &torn), n);
        ck_assert_uint_ge(n, last);
        add(&journal, n, RECORDS);
        close_journal(&journal);
        struct stat status;
        ck_assert_int_eq(stat(path, &status), 0);
        ck_assert_int_eq(status.st_size, size);
        last = n;
    }
    ck_assert_uint_eq(last, RECORDS);
}
END_TEST

START_TEST(a_tail_of_zeros_is_torn)
{
    off_t size = write_journal(20);
    ck_assert_int_eq(truncate(path, size + 5000), 0);
    struct basin_journal journal;
    size_t torn;
    ck_assert_uint_eq(open_journal(&journal, &torn), 20);
    ck_assert_uint_eq(torn, 5000);
    close_journal(&journal);
}
END_TEST

/* Any flipped byte is noticed; the file stays as it is. */
START_TEST(damage_within_is_an_error_that_says_where)
{
    enum { RECORDS = 10 };
    off_t size = write_journal(RECORDS);
    off_t last = size - 40 - (off_t)sizeof(double) * ((RECORDS - 1) % 8);
    for (off_t at = 0; at < last; at++) {
        flip_byte(at);
        ck_assert_int_eq(open_fails(&head), BASIN_ERR_FORMAT);
        struct stat status;
        ck_assert_int_eq(stat(path, &status), 0);
        ck_assert_int_eq(status.st_size, size);
        if (at >= 40) {
            ck_assert_ptr_nonnull(strstr(diag.text, "the record at byte "));
            ck_assert_ptr_nonnull(strstr(diag.text, "truncate -s "));
        }
        flip_byte(at);
    }
}
END_TEST

START_TEST(the_advice_for_a_damaged_journal_works)
{
    write_journal(30);
    flip_byte(500);
    ck_assert_int_eq(open_fails(&head), BASIN_ERR_FORMAT);
    const char *advice = strstr(diag.text, "`truncate -s ");
    ck_assert_ptr_nonnull(advice);
    ck_assert_int_eq(truncate(path, strtol(advice + 13, NULL, 10)), 0);
    struct basin_journal journal;
    size_t torn;
    uint32_t n = open_journal(&journal, &torn);
    ck_assert_uint_gt(n, 3);
    ck_assert_uint_eq(torn, 0);
    close_journal(&journal);
}
END_TEST

START_TEST(journals_of_another_plan_or_seed_are_refused)
{
    off_t size = write_journal(5);
    struct basin_journal_head other = head;
    other.plan.byte[15] = 1;
    ck_assert_int_eq(open_fails(&other), BASIN_ERR_PLAN);
    other = head;
    other.seed++;
    ck_assert_int_eq(open_fails(&other), BASIN_ERR_PLAN);
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq(status.st_size, size);
}
END_TEST

START_TEST(foreign_files_are_refused)
{
    FILE *file = fopen(path, "w");
    fprintf(file, "a letter to somebody, longer than the header of a journal\n");
    fclose(file);
    ck_assert_int_eq(open_fails(&head), BASIN_ERR_FORMAT);
    char expected[160];
    snprintf(expected, sizeof(expected), "%s is not a journal of basin", path);
    ck_assert_str_eq(diag.text, expected);

    file = fopen(path, "w");
    fprintf(file, "short");
    fclose(file);
    ck_assert_int_eq(open_fails(&head), BASIN_ERR_FORMAT);
}
END_TEST

START_TEST(a_second_run_is_kept_out)
{
    struct basin_journal journal;
    size_t torn;
    open_journal(&journal, &torn);
    ck_assert_int_eq(open_fails(&head), BASIN_ERR_IO);
    char expected[200];
    snprintf(expected, sizeof(expected),
        "another run is writing %s\nwait until it has finished, or stop it", path);
    ck_assert_str_eq(diag.text, expected);
    close_journal(&journal);
    open_journal(&journal, &torn);
    close_journal(&journal);
}
END_TEST

START_TEST(a_missing_folder_is_named)
{
    strcpy(path, "/tmp/no/such/folder/journal.bin");
    ck_assert_int_eq(open_fails(&head), BASIN_ERR_IO);
    ck_assert_str_eq(diag.text,
        "cannot open /tmp/no/such/folder/journal.bin: No such file or directory\n"
        "check that the folder exists and was not moved meanwhile");
    snprintf(path, sizeof(path), "%s/journal.bin", folder);
}
END_TEST

static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

/* A limit on the file's size makes write() come up short, as a full disc does. */
START_TEST(after_a_short_write_the_same_flush_goes_on)
{
    struct basin_journal journal;
    size_t torn;
    signal(SIGXFSZ, SIG_IGN);
    open_journal(&journal, &torn);
    limit_file_size(1000);
    uint32_t n = 0;
    int ret;
    do {
        ret = try_add(&journal, n, n + 1);
        n++;
    } while (ret == 0);
    ck_assert_int_eq(ret, BASIN_ERR_IO);
    ck_assert_ptr_nonnull(strstr(diag.text, "cannot write "));
    ck_assert_uint_eq(journal.waiting, 1);
    ck_assert_int_eq(basin_journal_flush(&journal, &diag), BASIN_ERR_IO);
    ck_assert_int_eq(try_add(&journal, n, n + 1), BASIN_ERR_IO);
    n++;
    limit_file_size(RLIM_INFINITY);
    add(&journal, n, 110);
    close_journal(&journal);
    ck_assert_uint_eq(open_journal(&journal, &torn), 110);
    ck_assert_uint_eq(torn, 0);
    close_journal(&journal);
}
END_TEST

static int stop_at_three(void *context, const struct basin_id *cell, uint32_t replicate,
    const struct basin_record *record, struct basin_diag *unused)
{
    (void)cell;
    (void)replicate;
    (void)record;
    (void)unused;
    return ++*(int *)context == 3 ? BASIN_ERR_NOMEM : 0;
}

START_TEST(a_visitor_can_stop_the_reading)
{
    write_journal(10);
    struct basin_journal_head found;
    int seen = 0;
    ck_assert_int_eq(
        basin_journal_read(path, &found, stop_at_three, &seen, &diag), BASIN_ERR_NOMEM);
    ck_assert_int_eq(seen, 3);
}
END_TEST

static int count(void *context, const struct basin_id *cell, uint32_t replicate,
    const struct basin_record *record, struct basin_diag *unused)
{
    (void)cell;
    (void)replicate;
    (void)record;
    (void)unused;
    ++*(uint32_t *)context;
    return 0;
}

/* Goes on until it is killed. No assertions: this is another process. */
static void write_for_ever(void)
{
    struct basin_journal journal;
    size_t torn;
    uint32_t n = 0;
    if (basin_journal_open(&journal, path, &head, count, &n, &torn, &diag) == 0 &&
        try_add(&journal, n, UINT32_MAX) == 0) {
        _exit(0);
    }
    _exit(1);
}

/* Children write as fast as they can and are killed at different moments. */
START_TEST(a_killed_writer_leaves_only_whole_records)
{
    uint32_t last = 0;
    for (int round = 0; round < 20; round++) {
        pid_t child = fork();
        if (child == 0) {
            write_for_ever();
        }
        usleep((useconds_t)(2000 + 1100 * round));
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        ck_assert(WIFSIGNALED(status));
        struct basin_journal journal;
        size_t torn;
        uint32_t n = open_journal(&journal, &torn);
        close_journal(&journal);
        ck_assert_uint_ge(n, last);
        last = n;
    }
    ck_assert_uint_gt(last, BASIN_JOURNAL_BATCH);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("journal");
    TCase *c = tcase_create("journal");
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, records_come_back_and_more_can_follow);
    tcase_add_test(c, a_record_is_in_the_file_at_once);
    tcase_add_test(c, a_flood_waits_for_the_end_of_its_window_or_a_tick);
    tcase_add_test(c, records_are_synced_when_they_are_old);
    tcase_add_test(c, a_torn_tail_is_cut_wherever_it_was_torn);
    tcase_add_test(c, a_tail_of_zeros_is_torn);
    tcase_add_test(c, damage_within_is_an_error_that_says_where);
    tcase_add_test(c, the_advice_for_a_damaged_journal_works);
    tcase_add_test(c, journals_of_another_plan_or_seed_are_refused);
    tcase_add_test(c, foreign_files_are_refused);
    tcase_add_test(c, a_second_run_is_kept_out);
    tcase_add_test(c, a_missing_folder_is_named);
    tcase_add_test(c, after_a_short_write_the_same_flush_goes_on);
    tcase_add_test(c, a_visitor_can_stop_the_reading);
    tcase_add_test(c, a_killed_writer_leaves_only_whole_records);
    suite_add_tcase(s, c);
    return s;
}
