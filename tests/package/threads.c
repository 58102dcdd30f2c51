/* Two threads that each read headers, write BTF and C of them, read that BTF and compare, a few times over: for
 * ThreadSanitizer. */
#include <hdrgen/diff.h>
#include <hdrgen/read.h>
#include <hdrgen/select.h>
#include <hdrgen/write.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 2, TIMES = 2 };

static const char *header;

static void must(enum hg_status status)
{
    if (status != HG_OK)
        abort();
}

/* The number of models that it made. */
static size_t round_trip(void)
{
    struct hg_diagnostics diagnostics = {0};
    struct hg_header_options options = {.headers = &header, .header_count = 1};
    struct hg_model *model = NULL;
    must(hg_read_headers(&options, &diagnostics, &model));
    struct hg_selection *selection = NULL;
    must(hg_select(model, &(struct hg_select_options){0}, &diagnostics, &selection));
    hg_write_fn *const writers[] = {hg_write_rust, hg_write_c, hg_write_json, hg_write_btf};
    struct hg_output output = {0};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        hg_output_deinit(&output);
        output = (struct hg_output){0};
        must(writers[i](model, selection, &(struct hg_write_options){0}, &diagnostics, &output));
    }
    struct hg_btf_bytes bytes = {.name = "b", .data = output.data, .size = output.size};
    struct hg_model *again = NULL;
    must(hg_read_btf_bytes(&bytes, NULL, NULL, &diagnostics, &again));
    struct hg_diff *diff = NULL;
    must(hg_diff_models(model, again, &(struct hg_diff_options){0}, &diagnostics, &diff));
    if (diff->is_different)
        abort();
    hg_diff_destroy(diff);
    hg_output_deinit(&output);
    hg_selection_destroy(selection);
    hg_model_destroy(again);
    hg_model_destroy(model);
    return 2;
}

static void *work(void *made)
{
    for (int i = 0; i < TIMES; i++)
        *(size_t *)made += round_trip();
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    header = argv[1];
    pthread_t threads[THREADS];
    size_t made[THREADS] = {0};
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, &made[i]) != 0)
            return 2;
    size_t sum = 0;
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        sum += made[i];
    }
    printf("%zu models\n", sum);
    return 0;
}
