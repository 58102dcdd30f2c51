/*
 * The functions that a kernel has, by name.
 *
 *     ffffffff81000000 T vfs_read            System.map, /proc/kallsyms
 *     ffffffffc0401000 t nf_log [nf_tables]  the latter also lists modules'
 *     an ELF file                            its symbols of functions: vmlinux
 *
 * A name may be there several times; one that a compiler made of another follows it in order:
 * `vfs_read.part.0`.  Addresses are not looked at: to whom they are not shown, they are zero.
 */
#include "base/diag.h"
#include "base/text.h"
#include "surface/facts.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { TEXT_MAX = 128 * 1024 * 1024, SYMBOLS_MAX = 4 * 1024 * 1024, NAME_LENGTH_MAX = 512 };

/* --- files --- */

static enum hg_status io_error(const char *path, const char *why,
                               struct hg_diagnostics *diagnostics)
{
    hg_error(diagnostics, NULL, "cannot read '%s': %s", path, why);
    return HG_ERROR_IO;
}

static enum hg_status read_all(gzFile file, const char *path, size_t limit,
                               struct hg_diagnostics *diagnostics, struct hg_text *text)
{
    char buffer[65536];
    for (;;) {
        int got = gzread(file, buffer, sizeof buffer);
        if (got < 0) {
            int number = 0;
            const char *why = gzerror(file, &number);
            return io_error(path, number == Z_ERRNO ? strerror(errno) : why, diagnostics);
        }
        if (got == 0)
            return HG_OK;
        hg_text_bytes(text, buffer, (size_t)got);
        if (text->size > limit)
            return io_error(path, "it is too large for what it is taken for", diagnostics);
    }
}

enum hg_status hg_read_text(const char *path, size_t limit, struct hg_diagnostics *diagnostics,
                            char **ret, size_t *ret_size)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    gzFile file = descriptor < 0 ? NULL : gzdopen(descriptor, "rb");
    if (file == NULL) {
        enum hg_status status = io_error(path, strerror(errno), diagnostics);
        if (descriptor >= 0)
            close(descriptor);
        return status;
    }
    struct hg_text text = {0};
    enum hg_status status = read_all(file, path, limit, diagnostics, &text);
    gzclose(file);
    if (status != HG_OK) {
        hg_text_deinit(&text);
        return status;
    }
    hg_text_put(&text, "");
    *ret_size = text.size;
    *ret = text.data == NULL ? hg_calloc(1, 1) : text.data;
    return HG_OK;
}

/* --- text --- */

static bool is_function_type(char type)
{
    return type == 't' || type == 'T' || type == 'w' || type == 'W';
}

/* A word, ended by a NUL in place of what follows it; NULL = the line has no more. */
static char *take_word(char **line)
{
    char *word = *line + strspn(*line, " \t");
    size_t length = strcspn(word, " \t\r");
    if (length == 0)
        return NULL;
    *line = word + length + (word[length] != '\0');
    word[length] = '\0';
    return word;
}

static bool take_line(struct kernel_symbols *symbols, char *line)
{
    char *address = take_word(&line);
    if (address == NULL)
        return true;
    char *type = take_word(&line);
    char *name = take_word(&line);
    if (name == NULL || type[1] != '\0' ||
        strspn(address, "0123456789abcdefABCDEF") != strlen(address))
        return false;
    if (is_function_type(type[0]) && strlen(name) <= NAME_LENGTH_MAX)
        hg_names_add(&symbols->functions, name, 0);
    return symbols->functions.entries.count <= SYMBOLS_MAX;
}

static enum hg_status read_lines(const char *path, struct hg_diagnostics *diagnostics,
                                 struct kernel_symbols *symbols)
{
    unsigned number = 1;
    for (char *line = symbols->text; *line != '\0'; number++) {
        char *end = line + strcspn(line, "\n");
        bool is_last = *end == '\0';
        *end = '\0';
        if (!take_line(symbols, line)) {
            struct hg_location where = {.file = path, .line = number};
            hg_error(diagnostics, &where,
                     "this is no line of System.map or /proc/kallsyms: an address, a letter and a "
                     "name are expected");
            return HG_ERROR_INPUT;
        }
        line = is_last ? end : end + 1;
    }
    return HG_OK;
}

/* --- ELF --- */

static void take_elf_symbols(struct kernel_symbols *symbols, Elf *elf, Elf_Scn *section,
                             const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t size = gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT);
    size_t count = data == NULL || size == 0 ? 0 : data->d_size / size;
    for (size_t i = 0; i < count && i < SYMBOLS_MAX; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(data, (int)i, &symbol) == NULL)
            return;
        const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
        bool is_function = GELF_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_shndx != SHN_UNDEF;
        if (name != NULL && is_function && strlen(name) <= NAME_LENGTH_MAX)
            hg_names_add(&symbols->functions, hg_arena_string(&symbols->arena, name, strlen(name)),
                         0);
    }
}

static bool is_elf(const char *path)
{
    char magic[SELFMAG] = {0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return false;
    bool is = read(descriptor, magic, sizeof magic) == sizeof magic &&
              memcmp(magic, ELFMAG, SELFMAG) == 0;
    close(descriptor);
    return is;
}

static enum hg_status read_elf(const char *path, struct hg_diagnostics *diagnostics,
                               struct kernel_symbols *symbols)
{
    (void)elf_version(EV_CURRENT);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    Elf *elf = descriptor < 0 ? NULL : elf_begin(descriptor, ELF_C_READ, NULL);
    Elf_Scn *section = NULL;
    while (elf != NULL && (section = elf_nextscn(elf, section)) != NULL) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) != NULL && header.sh_type == SHT_SYMTAB)
            take_elf_symbols(symbols, elf, section, &header);
    }
    elf_end(elf);
    if (descriptor >= 0)
        close(descriptor);
    if (symbols->functions.entries.count > 0)
        return HG_OK;
    hg_error(diagnostics, NULL,
             "%s: this ELF file lists no functions; a vmlinux that is not stripped does, and "
             "System.map",
             path);
    return HG_ERROR_INPUT;
}

enum hg_status hg_facts_symbols_read(const char *path, struct hg_diagnostics *diagnostics,
                                     struct kernel_symbols *ret)
{
    hg_arena_init(&ret->arena);
    enum hg_status status = HG_OK;
    if (is_elf(path)) {
        status = read_elf(path, diagnostics, ret);
    } else {
        size_t size = 0;
        status = hg_read_text(path, TEXT_MAX, diagnostics, &ret->text, &size);
        if (status == HG_OK)
            status = read_lines(path, diagnostics, ret);
    }
    if (status == HG_OK && ret->functions.entries.count == 0) {
        hg_error(diagnostics, NULL, "%s: it lists no functions", path);
        status = HG_ERROR_INPUT;
    }
    if (status == HG_OK)
        hg_names_sort(&ret->functions);
    return status;
}

void hg_facts_symbols_deinit(struct kernel_symbols *symbols)
{
    hg_names_deinit(&symbols->functions);
    hg_arena_deinit(&symbols->arena);
    free(symbols->text);
}
