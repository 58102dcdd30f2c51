/* The messages between client and program: see remote.h. */
#include "remote/remote.h"

#include "model/pack.h"
#include "tree/read.h"
#include "tree/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* --- messages --- */

bool hg_remote_send(int socket, enum hg_message_kind kind, const struct hg_text *bytes)
{
    if (bytes->size > UINT32_MAX)
        return false;
    const uint32_t head[] = {kind, (uint32_t)bytes->size};
    struct hg_text message = {0};
    hg_text_bytes(&message, head, sizeof head);
    hg_text_bytes(&message, hg_text_string(bytes), bytes->size);
    size_t at = 0;
    while (at < message.size) {
        ssize_t sent = send(socket, message.data + at, message.size - at, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            break;
        at += (size_t)sent;
    }
    bool is_sent = at == message.size;
    hg_text_deinit(&message);
    return is_sent;
}

static bool receive(int socket, struct hg_text *bytes, size_t count)
{
    char part[1 << 16];
    while (count > 0) {
        ssize_t got = recv(socket, part, count < sizeof part ? count : sizeof part, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        hg_text_bytes(bytes, part, (size_t)got);
        count -= (size_t)got;
    }
    return true;
}

bool hg_remote_receive(int socket, enum hg_message_kind *kind, struct hg_text *bytes)
{
    uint32_t head[2];
    hg_text_truncate(bytes, 0);
    if (!receive(socket, bytes, sizeof head))
        return false;
    memcpy(head, bytes->data, sizeof head);
    *kind = (enum hg_message_kind)head[0];
    hg_text_truncate(bytes, 0);
    return receive(socket, bytes, head[1]);
}

static bool is_whole(const struct hg_wire *wire)
{
    return !wire->is_damaged && wire->at == wire->end;
}

/* --- the request --- */

static void put_headers(struct hg_text *bytes, const struct hg_header_options *headers)
{
    hg_wire_put_list(bytes, headers->headers, headers->header_count);
    hg_wire_put_list(bytes, headers->arguments, headers->argument_count);
    hg_wire_put_string(bytes, headers->target);
    hg_wire_put(bytes, headers->keep_going);
    hg_wire_put(bytes, headers->clang_warnings);
    hg_wire_put_list(bytes, headers->macros, headers->macro_count);
    hg_wire_put(bytes, headers->macros_are_optional);
}

static void take_headers(struct hg_wire *wire, struct hg_arena *arena,
                         struct hg_header_options *ret)
{
    ret->sz = sizeof *ret;
    ret->headers = hg_wire_take_list(wire, arena, &ret->header_count);
    ret->arguments = hg_wire_take_list(wire, arena, &ret->argument_count);
    ret->target = hg_wire_take_string(wire, arena);
    ret->keep_going = hg_wire_take(wire) != 0;
    ret->clang_warnings = hg_wire_take(wire) != 0;
    ret->macros = hg_wire_take_list(wire, arena, &ret->macro_count);
    ret->macros_are_optional = hg_wire_take(wire) != 0;
}

void hg_remote_put_request(struct hg_text *bytes, const struct hg_remote_request *request)
{
    const struct hg_tree_options *options = &request->options;
    hg_wire_put_string(bytes, HDRGEN_VERSION);
    hg_wire_put_string(bytes, request->kernel.directory);
    hg_wire_put_string(bytes, request->kernel.arch);
    hg_wire_put(bytes, request->kernel.force_randstruct);
    put_headers(bytes, &request->headers);
    hg_wire_put(bytes, options->scope);
    hg_wire_put_list(bytes, options->names, options->name_count);
    hg_wire_put(bytes, options->are_optional);
    hg_wire_put(bytes, options->are_pointees);
    hg_wire_put_string(bytes, options->cache_directory);
    hg_wire_put(bytes, options->jobs);
    hg_wire_put_long(bytes, options->memory_limit);
    hg_wire_put(bytes, options->cpu_limit);
    hg_wire_put(bytes, options->explain);
    hg_wire_put(bytes, request->has_progress);
}

bool hg_remote_take_request(const struct hg_text *bytes, struct hg_arena *arena,
                            struct hg_remote_request *ret)
{
    struct hg_wire wire = hg_wire_begin(hg_text_string(bytes), bytes->size);
    const char *version = hg_wire_take_string(&wire, arena);
    if (version == NULL || strcmp(version, HDRGEN_VERSION) != 0)
        return false;
    *ret = (struct hg_remote_request){.kernel.sz = sizeof ret->kernel};
    ret->kernel.directory = hg_wire_take_string(&wire, arena);
    ret->kernel.arch = hg_wire_take_string(&wire, arena);
    ret->kernel.force_randstruct = hg_wire_take(&wire) != 0;
    take_headers(&wire, arena, &ret->headers);
    struct hg_tree_options *options = &ret->options;
    options->sz = sizeof *options;
    options->headers = &ret->headers;
    options->scope = (enum hg_tree_scope)hg_wire_take(&wire);
    options->names = hg_wire_take_list(&wire, arena, &options->name_count);
    options->are_optional = hg_wire_take(&wire) != 0;
    options->are_pointees = hg_wire_take(&wire) != 0;
    options->cache_directory = hg_wire_take_string(&wire, arena);
    options->jobs = hg_wire_take(&wire);
    options->memory_limit = (size_t)hg_wire_take_long(&wire);
    options->cpu_limit = hg_wire_take(&wire);
    options->explain = hg_wire_take(&wire) != 0;
    ret->has_progress = hg_wire_take(&wire) != 0;
    return is_whole(&wire) && ret->kernel.directory != NULL;
}

/* --- the answer --- */

bool hg_remote_take_diagnostic(const struct hg_text *bytes, struct hg_arena *arena,
                               struct hg_diagnostic *ret)
{
    struct hg_wire wire = hg_wire_begin(hg_text_string(bytes), bytes->size);
    *ret = hg_wire_take_diagnostic(&wire, arena);
    return is_whole(&wire);
}

void hg_remote_put_end(struct hg_text *bytes, const struct hg_remote_end *end)
{
    struct hg_text model = {0}, report = {0};
    if (end->status == HG_OK)
        hg_model_pack(end->model, &model);
    if (end->report != NULL)
        hg_tree_summary_pack(end->report, &report);
    hg_wire_put(bytes, end->status);
    hg_wire_put_long(bytes, model.size);
    hg_text_bytes(bytes, hg_text_string(&model), model.size);
    hg_text_bytes(bytes, hg_text_string(&report), report.size);
    hg_text_deinit(&model);
    hg_text_deinit(&report);
}

bool hg_remote_take_end(const struct hg_text *bytes, struct hg_diagnostics *diagnostics,
                        struct hg_remote_end *ret)
{
    struct hg_wire wire = hg_wire_begin(hg_text_string(bytes), bytes->size);
    *ret = (struct hg_remote_end){.status = (enum hg_status)hg_wire_take(&wire)};
    uint64_t size = hg_wire_take_long(&wire);
    const void *model = hg_wire_take_bytes(&wire, (size_t)size);
    if (wire.is_damaged || (unsigned)ret->status > HG_ERROR_UNSUPPORTED)
        return false;
    if (ret->status == HG_OK &&
        hg_model_unpack(model, (size_t)size, diagnostics, &ret->model) != HG_OK)
        return false;
    if (wire.at < wire.end)
        ret->report = hg_tree_summary_unpack(wire.at, (size_t)(wire.end - wire.at));
    return true;
}
