/* Two threads that each read headers and a kernel tree, write BTF and C of them, read that BTF and
 * compare, a few times over: for ThreadSanitizer.   threads HEADER TREE READER */
#include <hdrgen/diff.h>
#include <hdrgen/read.h>
#include <hdrgen/select.h>
#include <hdrgen/tree.h>
#include <hdrgen/write.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 2, TIMES = 2 };

static const char *header, *tree, *reader;

static void must(enum hg_status status)
{
    if (status != HG_OK)
        abort();
}

static struct hg_model *read_header(void)
{
    struct hg_diagnostics diagnostics = {0};
    HG_OPTIONS(hg_header_options, options, .headers = &header, .header_count = 1);
    struct hg_model *model = NULL;
    must(hg_read_headers(&options, &diagnostics, &model));
    return model;
}

static void count_progress(void *user, unsigned done, unsigned total)
{
    if (done <= total)
        (*(size_t *)user)++;
}

/* The number of models that it made. */
static size_t read_kernel(void)
{
    struct hg_diagnostics diagnostics = {0};
    struct hg_kernel *kernel = NULL;
    struct hg_model *model = NULL;
    struct hg_tree_summary *report = NULL;
    size_t calls = 0;
    HG_OPTIONS(hg_kernel_options, directory, .directory = tree, .arch = "arm64");
    HG_OPTIONS(hg_tree_options, options, .scope = HG_TREE_EVERY_HEADER, .reader = reader,
               .progress = count_progress, .progress_user = &calls);
    must(hg_kernel_open(&directory, &diagnostics, &kernel));
    must(hg_read_tree(kernel, &options, &diagnostics, &model, &report));
    if (calls == 0 || report->parsed_count == 0)
        abort();
    hg_tree_summary_destroy(report);
    hg_kernel_destroy(kernel);
    hg_model_destroy(model);
    return 1;
}

/* The number of models that it made. */
static size_t round_trip(struct hg_model *model)
{
    struct hg_diagnostics diagnostics = {0};
    struct hg_selection *selection = NULL;
    must(hg_select(model, NULL, &diagnostics, &selection));
    struct hg_output output = {0};
    must(hg_write_rust(model, selection, NULL, &diagnostics, &output));
    hg_output_deinit(&output);
    must(hg_write_c(model, selection, NULL, &diagnostics, &output));
    hg_output_deinit(&output);
    must(hg_write_json(model, selection, &diagnostics, &output));
    hg_output_deinit(&output);
    must(hg_write_btf(model, selection, NULL, &diagnostics, &output));
    struct hg_btf_bytes bytes = {.name = "b", .data = output.data, .size = output.size};
    struct hg_model *again = NULL;
    must(hg_read_btf_bytes(&bytes, NULL, NULL, &diagnostics, &again));
    struct hg_diff *diff = NULL;
    must(hg_diff_models(model, again, NULL, &diagnostics, &diff));
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
        *(size_t *)made += round_trip(read_header()) + read_kernel();
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    header = argv[1];
    tree = argv[2];
    reader = argv[3];
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
