/* The loaders: libbpf with `btf_custom_path`, as a program does it that ships its BTF.  The other,
 * aya, is in aya/lib.rs. */
#include "guest.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char messages[4096];

const char *load_messages(void)
{
    return messages;
}

/* Keeps the first warnings. */
static int keep_message(enum libbpf_print_level level, const char *format, va_list arguments)
{
    size_t used = strlen(messages);
    if (level == LIBBPF_WARN && used < sizeof messages - 1)
        vsnprintf(messages + used, sizeof messages - used, format, arguments);
    return 0;
}

/* Sets the program off and takes what it read. */
static int run(struct bpf_object *object, struct field_io *live, struct outcome *ret)
{
    struct bpf_program *program = bpf_object__next_program(object, NULL);
    struct bpf_map *map = bpf_object__find_map_by_name(object, ".data.io");
    const __u32 key = 0;
    if (!program || !map || bpf_map__value_size(map) != sizeof *live)
        return -ENOENT;
    if (bpf_map_update_elem(bpf_map__fd(map), &key, live, BPF_ANY) < 0)
        return -errno;

    struct bpf_link *link = bpf_program__attach_raw_tracepoint(program, "sys_enter");
    if (!link)
        return -errno;
    truth_trigger();
    bpf_link__destroy(link);
    if (bpf_map_lookup_elem(bpf_map__fd(map), &key, live) < 0)
        return -errno;
    ret->hits = live->hits;
    ret->values = live->values;
    return 0;
}

static void load_by_libbpf(const char *object, const char *btf, struct field_io *live,
                           struct outcome *ret)
{
    LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = btf);

    libbpf_set_print(keep_message);
    struct bpf_object *opened = bpf_object__open_file(object, &options);
    if (!opened) {
        ret->error = -errno;
        return;
    }
    ret->error = bpf_object__load(opened);
    if (ret->error == 0)
        ret->error = run(opened, live, ret);
    bpf_object__close(opened);
}

/* Of aya/lib.rs: -1 and words, or 0. */
int aya_load_and_run(const char *object, const char *btf, struct field_io *live, char *text,
                     size_t size);

void load_and_run(enum loader loader, const char *object, const char *btf,
                  const struct field_io *io, struct outcome *ret)
{
    struct field_io live = *io;
    live.hits = 0;
    memset(&live.values, (int)(FIELDS_POISON & 0xff), sizeof live.values);
    messages[0] = '\0';
    memset(ret, 0, sizeof *ret);
    if (loader == LOADER_LIBBPF) {
        load_by_libbpf(object, btf, &live, ret);
    } else {
        ret->error = aya_load_and_run(object, btf, &live, messages, sizeof messages);
        ret->hits = live.hits;
        ret->values = live.values;
    }
}
