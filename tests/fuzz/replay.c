/*
 * Runs a fuzz target over files and directories of files, without a fuzzer: seeds and former
 * crashes as an ordinary test.  Exit status 1 when a file took longer than a second or there was
 * none; a crash speaks for itself.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned files;
static unsigned slow;

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(size + 1);
    bool fine = file != NULL && data != NULL && fread(data, 1, size, file) == size;
    if (file != NULL)
        fclose(file);
    if (!fine) {
        fprintf(stderr, "cannot read %s\n", path);
        free(data);
        return false;
    }
    fprintf(stderr, "%s\n", path);
    double before = seconds();
    LLVMFuzzerTestOneInput(data, size);
    double taken = seconds() - before;
    files++;
    if (taken > 1.0) {
        fprintf(stderr, "  took %.1f s\n", taken);
        slow++;
    }
    free(data);
    return true;
}

static bool replay(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0) {
        fprintf(stderr, "cannot find %s\n", path);
        return false;
    }
    if (!S_ISDIR(about.st_mode))
        return replay_file(path, (size_t)about.st_size);
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    bool fine = count >= 0;
    for (int i = 0; i < count; i++) {
        char inner[4096];
        int length = snprintf(inner, sizeof inner, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && length < (int)sizeof inner)
            fine = replay(inner) && fine;
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return fine;
}

int main(int argc, char **argv)
{
    bool fine = true;
    for (int i = 1; i < argc; i++)
        fine = replay(argv[i]) && fine;
    printf("%u files, %u slow\n", files, slow);
    return fine && files > 0 && slow == 0 ? 0 : 1;
}
