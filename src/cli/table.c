/* Commands and options: see table.h. */
#include "table.h"

#include <string.h>

const char program_summary[] = "exact bindings for kernel types, from kernel headers and from BTF";

enum {
    GENERATE = 1u << COMMAND_GENERATE,
    SHOW = 1u << COMMAND_SHOW,
    LIST = 1u << COMMAND_LIST,
    FLAGS = 1u << COMMAND_FLAGS,
    CHECK = 1u << COMMAND_CHECK,
    LINK = 1u << COMMAND_LINK,
    DIFF = 1u << COMMAND_DIFF,
    WRITERS = GENERATE | SHOW | LIST,
    ALL = WRITERS | CHECK | DIFF,
};

/* clang-format off */
const struct option_spec option_table[] = {
    {OPTION_HEADER, "header", "H", ALL, GROUP_SOURCE,
     "a path, an include name (linux/sched.h), - (standard input), or a .c "
     "file of the --kernel; repeatable"},
    {OPTION_KERNEL, "kernel", "DIR", ALL | FLAGS, GROUP_SOURCE,
     "a kernel's build tree, or its installed headers"},
    {OPTION_ARCH, "arch", "ARCH", ALL | FLAGS, GROUP_SOURCE,
     "the architecture, if the tree has several: x86, arm64"},
    {OPTION_FORCE_RANDSTRUCT, "force-randstruct", NULL, ALL | FLAGS, GROUP_SOURCE,
     "read a kernel whose structures have random layouts"},
    {OPTION_SOURCES, "sources", NULL, ALL | FLAGS, GROUP_SOURCE,
     "read the source files that the kernel is built from"},
    {OPTION_FAST, "fast", NULL, ALL, GROUP_SOURCE,
     "skip the bodies of functions; halves the time"},
    {OPTION_COMMANDS, "commands", "FILE", ALL | FLAGS, GROUP_SOURCE,
     "lists the sources: make -n, or compile_commands.json"},
    {OPTION_BTF, "btf", "FILE", ALL, GROUP_SOURCE,
     "BTF, an ELF file or a kernel image that holds it"},
    {OPTION_BASE_BTF, "base-btf", "FILE", ALL, GROUP_SOURCE,
     "the BTF that the split BTF of a module continues"},
    {OPTION_FUNCTIONS, "functions", "FILE", GENERATE | CHECK, GROUP_SOURCE,
     "the kernel's functions: System.map, kallsyms, vmlinux"},
    {OPTION_TRACEABLE, "traceable", "FILE", CHECK, GROUP_SOURCE,
     "the kernel's available_filter_functions, of tracefs"},
    {OPTION_EVENTS, "events", "FILE", CHECK, GROUP_SOURCE,
     "the kernel's available_events, of tracefs"},
    {OPTION_CONFIG, "config", "FILE", CHECK, GROUP_SOURCE,
     "the .config of the kernel named before it"},
    {OPTION_RELEASE, "release", "X.Y.Z", CHECK, GROUP_SOURCE,
     "the kernel's release, which programs may ask for"},
    {OPTION_TARGET, "target", "TRIPLE", ALL, GROUP_SOURCE,
     "the target of the layouts: s390x-linux-gnu, ..."},
    {OPTION_KEEP_GOING, "keep-going", NULL, ALL, GROUP_SOURCE,
     "leave out what has errors, or is missing for --for"},

    {'o', "output", "FILE", ALL | FLAGS | LINK, GROUP_OUTPUT,
     "replaced only on success; default: standard output, for link the object itself"},
    {OPTION_WRAP, "wrap", "LINKER", LINK, GROUP_OUTPUT,
     "run this linker with what follows --, then link the object that it made"},
    {'e', "emit", "FORMAT", GENERATE, GROUP_OUTPUT,
     "rust, c, btf, json; default: by -o's suffix, else rust"},
    {OPTION_FORMAT, "format", "FORMAT", SHOW | LIST | CHECK | DIFF | FLAGS, GROUP_OUTPUT,
     "text (default), json, html (diff, and check of several kernels); by -o's suffix"},
    {OPTION_DEPFILE, "depfile", "FILE", WRITERS | CHECK, GROUP_OUTPUT,
     "make or ninja dependencies of the output"},
    {OPTION_RAW_LINE, "raw-line", "LINE", GENERATE, GROUP_OUTPUT,
     "a line to write at the start of the Rust or C; repeatable"},

    {OPTION_FOR, "for", "FILE", GENERATE | DIFF, GROUP_TYPES,
     "the types that a BPF object's relocations need; repeatable\n"
     "BTF has only the members that the object accesses; diff: which of its programs differ"},
    {OPTION_LOADER, "loader", "WHOSE", CHECK | GENERATE, GROUP_TYPES,
     "the loader whose rules apply: libbpf (default), aya, cilium, both (the first two) or all"},
    {OPTION_FLEET, "fleet", "DIR", GENERATE | CHECK, GROUP_SOURCE,
     "every kernel (BTF or image) below DIR, or in an index"},
    {OPTION_ATTACH, "attach", "PROG=TARGET", CHECK, GROUP_TYPES,
     "the target that user space attaches a program to, such as read_entry=vfs_read"},
    {OPTION_WITHOUT, "without", "PROG", CHECK, GROUP_TYPES,
     "a program that user space does not load; repeatable"},
    {OPTION_LOAD, "load", NULL, CHECK, GROUP_TYPES,
     "also load the programs on the running kernel (as root), and report its verifier's answer"},
    {OPTION_POINTERS, "pointers", "HOW", WRITERS, GROUP_TYPES,
     "opaque (default): records that only pointers refer to are declared\n"
     "follow[=N]: they are defined, through N pointers in a row or all"},
    {OPTION_ARRAYS, "arrays", "HOW", GENERATE | CHECK, GROUP_TYPES,
     "int m[2][3]: nested, as in C, or flat, as in a kernel's own BTF\n"
     "default: flat to write or check BTF of --kernel"},
    {OPTION_FIELDS, "fields", "REC=F,...", GENERATE | SHOW, GROUP_TYPES,
     "only the members F of the record REC, at their offsets; repeatable"},
    {OPTION_OPAQUE_TYPE, "opaque-type", "PATTERN", GENERATE, GROUP_TYPES,
     "records without their members: bytes of their size and alignment"},
    {OPTION_BLOCKLIST_TYPE, "blocklist-type", "PATTERN", GENERATE, GROUP_TYPES,
     "types to leave out, because you define them (Rust, C); repeatable"},
    {OPTION_MACROS, "macros", "PATTERN", GENERATE, GROUP_TYPES,
     "also constant macros that match, such as 'ETH_P_*'; repeatable"},

    {OPTION_SURFACE, "surface", NULL, DIFF, GROUP_TYPES,
     "compare what BPF programs attach to and call, not types: functions, tracepoints, helpers"},
    {OPTION_STAT, "stat", NULL, DIFF, GROUP_TYPES,
     "only the numbers of types, members ... that changed"},
    {OPTION_AGAINST, "against", NULL, DIFF, GROUP_TYPES,
     "the options after it are the right side: its source, --target and clang's flags;\n"
     "without a source, the left source with more flags"},
    {OPTION_COMMON, "common", NULL, DIFF, GROUP_TYPES,
     "leave out the types that only one side has"},

    {'E', "expand", NULL, SHOW, GROUP_LAYOUT,
     "show records within records, at offsets from the outermost"},
    {OPTION_OFFSET, "offset", "N", SHOW, GROUP_LAYOUT,
     "which members are at byte N, down to the innermost; also NAME+N"},
    {OPTION_HEX, "hex", NULL, SHOW, GROUP_LAYOUT,
     "offsets and sizes of members in hexadecimal"},
    {OPTION_CACHELINE, "cacheline", "N", SHOW, GROUP_LAYOUT,
     "bytes of a cache line (64)"},
    {OPTION_REORGANIZE, "reorganize", NULL, SHOW, GROUP_LAYOUT,
     "an order of the members with fewer holes, and the bytes it saves"},
    {OPTION_COMPILE, "compile", NULL, SHOW, GROUP_LAYOUT,
     "write C that compiles: the types and all that they need, as generate -e c"},
    {OPTION_CONTAINS, "contains", "TYPE", LIST, GROUP_LAYOUT,
     "records that hold TYPE by value, and the members; repeatable"},
    {OPTION_SORT, "sort", "KEY", LIST, GROUP_LAYOUT,
     "size, holes or padding: the largest first"},
    {OPTION_HOLES, "holes", "N", LIST, GROUP_LAYOUT,
     "records with N holes or more"},

    {OPTION_CTYPES_PREFIX, "ctypes-prefix", "PATH", GENERATE, GROUP_RUST,
     "the module with c_int and C's other types (core::ffi)"},
    {OPTION_ENUM_STYLE, "enum-style", "STYLE", GENERATE, GROUP_RUST,
     "consts (default), module, newtype or rust"},
    {OPTION_DERIVE, "derive", "TRAIT,...", GENERATE, GROUP_RUST,
     "traits besides Clone and Copy: Debug (default), Default, PartialEq, Eq, Hash, "
     "PartialOrd, Ord, or none; a record that cannot have one does not get it"},
    {OPTION_MODULE, "module", "NAME", GENERATE, GROUP_RUST,
     "everything in pub mod NAME { }"},
    {OPTION_ACCESSORS, "accessors", "HOW", GENERATE, GROUP_RUST,
     "also functions that read kernel memory: probe-read, at the input's offsets; "
     "core, at the running kernel's offsets, by CO-RE, after `hdrgen link`"},
    {OPTION_PROBE_READ_FN, "probe-read-fn", "PATH", GENERATE, GROUP_RUST,
     "what accessors call: aya, or a function (dst, size, src) -> i64; "
     "default: BPF's helper bpf_probe_read_kernel itself"},

    {OPTION_GUARD, "guard", "NAME", GENERATE, GROUP_C,
     "the include guard (__VMLINUX_H__)"},
    {OPTION_FLAVOUR, "flavour", "___SUFFIX", GENERATE, GROUP_C,
     "a suffix for each name, so that types of several kernels go together"},
    {OPTION_NO_ACCESS_INDEX, "no-preserve-access-index", NULL, GENERATE, GROUP_C,
     "without CO-RE relocations of accesses"},

    {OPTION_ELF, "elf", NULL, GENERATE, GROUP_BTF,
     "within an ELF file, as section .BTF"},
    {OPTION_MODULES, "modules", "DIR", GENERATE, GROUP_BTF,
     "with --sources: DIR/vmlinux, and split BTF of each module, such as DIR/ext4"},
    {OPTION_SYMBOLS, "symbols", NULL, GENERATE, GROUP_BTF,
     "also functions and variables, if the source lists them"},
    {OPTION_BTF_COMPAT, "btf-compat", "VERSION", GENERATE, GROUP_BTF,
     "only BTF that kernels of that version understand"},

    {OPTION_STRICT, "strict", NULL, ALL, GROUP_RUN,
     "a warning is an error"},
    {'j', "jobs", "N", ALL, GROUP_RUN,
     "processes that read the headers of a whole kernel (one for each processor)"},
    {OPTION_PROGRESS, "progress", "WHEN", ALL, GROUP_RUN,
     "auto (a bar on a terminal after a second, else a line after 5 s, 10 s, 20 s ...), always or "
     "never"},
    {OPTION_COLOR, "color", "WHEN", ALL | FLAGS | LINK, GROUP_RUN,
     "auto (on a terminal, unless NO_COLOR or TERM=dumb is set), always or never"},
    {OPTION_NO_KERNEL, "no-kernel", NULL, ALL, GROUP_RUN,
     "read a --header in a kernel tree without that tree's flags"},
    {OPTION_NO_CACHE, "no-cache", NULL, ALL, GROUP_RUN,
     "read a kernel tree again, and keep nothing of it"},
    {'q', "quiet", NULL, ALL | FLAGS | LINK, GROUP_RUN,
     "no warnings"},
    {'v', "verbose", NULL, ALL | FLAGS | LINK, GROUP_RUN,
     "also clang's warnings; -vv: also what is tried"},
    {'h', "help", NULL, ALL | FLAGS | LINK, GROUP_RUN,
     "this text"},
    {'V', "version", NULL, ALL | FLAGS | LINK, GROUP_RUN,
     "the version, and libclang's"},
};
/* clang-format on */
const size_t option_count = sizeof option_table / sizeof *option_table;

const struct option_choices choices_table[] = {
    {'e', "rust c btf json"},
    {OPTION_FORMAT, "text json html"},
    {OPTION_LOADER, "libbpf aya cilium both all"},
    {OPTION_PROGRESS, "auto always never"},
    {OPTION_COLOR, "auto always never"},
    {OPTION_POINTERS, "opaque follow"},
    {OPTION_ARRAYS, "flat nested"},
    {OPTION_SORT, "size holes padding"},
    {OPTION_ENUM_STYLE, "consts module newtype rust"},
    {OPTION_DERIVE, "Debug Default PartialEq Eq Hash PartialOrd Ord none"},
    {OPTION_ACCESSORS, "probe-read core"},
    {OPTION_PROBE_READ_FN, "aya"},
    {OPTION_ARCH, "x86 arm64 arm riscv s390 powerpc mips loongarch"},
};
const size_t choices_count = sizeof choices_table / sizeof *choices_table;

const char *const option_groups[GROUPS] = {
    [GROUP_SOURCE] = "SOURCE (none: the running kernel's BTF)",
    [GROUP_OUTPUT] = "Output",
    [GROUP_TYPES] = "Types",
    [GROUP_LAYOUT] = "Layout",
    [GROUP_RUST] = "Rust",
    [GROUP_C] = "C",
    [GROUP_BTF] = "BTF",
    [GROUP_RUN] = "Other",
};

const struct command_spec command_table[COMMANDS] = {
    [COMMAND_GENERATE] =
        {
            .name = "generate",
            .run = run_writer,
            .usage = "[SOURCE] [NAME...] [OPTION...] [-- CLANG_ARGUMENT...]",
            .summary = "Rust, C, BTF or JSON of the named types (the default command)",
            .text =
                "Writes the named types and all they hold by value.  NAME is task_struct, 'struct "
                "task_struct', or a shell pattern in quotes; without a NAME, all types.  The words "
                "after -- are arguments of clang (-I, -D, -U, -include, -isystem and -std need no "
                "--).  With a second --, the words between the two are options of bindgen, as for "
                "aya-tool: -- BINDGEN_OPTION... -- CLANG_ARGUMENT...  @FILE stands for the words "
                "in FILE.\n",
            .manual =
                "The source is a kernel's headers (--kernel), other headers (--header), BTF "
                "(--btf), or the running kernel's BTF.  With --kernel, hdrgen finds the headers "
                "that define the names, or, in a source tree, the .c files; without names it reads "
                "all headers, which takes a while.\n\n"
                "Layouts come from the compiler or the BTF, and the output asserts every size, "
                "alignment and offset.  An error in a header ends the run, and nothing is "
                "written.\n\n"
                "For programs on a kernel without BTF, --emit btf writes BTF of its headers, which "
                "loaders use for CO-RE relocation (btf_custom_path of libbpf, EbpfLoader::btf of "
                "aya); with --for, only what a program needs.\n\n"
                "@FILE, in the place of an option or a NAME, stands for the words in FILE, as for "
                "gcc and clang.  Blanks and newlines separate words; quotes and backslashes work "
                "as in a shell; a line that begins with # is a comment.  FILE may contain another "
                "@FILE, nested up to eight deep.  Paths are relative to the current directory.\n\n"
                "Command lines of aya-tool work as they are: the words between two -- are options "
                "of bindgen; with BTF, which clang does not read, the second -- may be missing. "
                "For an option without a counterpart, a warning says what to do instead.  If it is "
                "called by the name bindgen (ln -s hdrgen bindgen), hdrgen takes bindgen's command "
                "lines: bindgen HEADER [BINDGEN_OPTION...] [-- CLANG_ARGUMENT...].\n",
            .examples =
                "hdrgen --kernel /usr/src/linux-headers-6.1.0-50-arm64 task_struct > task.rs\n"
                "hdrgen --btf vmlinux 'bpf_*' -o bpf.h\n"
                "hdrgen --header my.h --target s390x-linux-gnu -o my.btf\n"
                "hdrgen --btf vmlinux --for prog.bpf.o -o prog.btf\n"
                "hdrgen --fleet btfs --for prog.bpf.o -o btfs.tar\n",
        },
    [COMMAND_SHOW] =
        {
            .name = "show",
            .run = run_layout,
            .usage = "[SOURCE] NAME[.MEMBER][+OFFSET]... [OPTION...] [-- CLANG_ARG...]",
            .summary = "a type as a person reads it: offsets, holes, cache lines",
            .text = "Prints each named type with offsets, sizes, holes, bit-fields and cache-line "
                    "borders; for NAME.MEMBER, such as task_struct.se.load, offset, size and type; "
                    "for NAME+OFFSET the members at that byte.  A member is followed by its offset "
                    "and size in bytes, a bit-field by byte:bit of its start and the size of its "
                    "type.  XXX marks holes and padding.\n",
            .examples = "hdrgen show task_struct\n"
                        "hdrgen show task_struct+0x5a8 task_struct.se.load\n"
                        "hdrgen show --btf vmlinux sched_entity --expand --hex\n"
                        "hdrgen show --header my.h 'struct a' --target arm-linux-gnueabi\n",
            .finds = "No member is at the offset, or no order of the members is smaller.",
        },
    [COMMAND_LIST] =
        {
            .name = "list",
            .run = run_layout,
            .usage = "[SOURCE] [NAME...] [OPTION...] [-- CLANG_ARGUMENT...]",
            .summary = "every named type on a line: kind, name, size, location",
            .text = "Lists the named types, or all types, one on each line, in columns separated "
                    "by tabs: kind, name, size in bytes, file:line of the declaration (- if it is "
                    "not known).\n\n"
                    "With --holes, and --sort by holes or padding: only records, and three more "
                    "columns: number of holes, bytes in them, bytes of padding.  With --contains: "
                    "only records, and two more columns: direct, or nested in another record with "
                    "a name; and the members.\n",
            .examples = "hdrgen list --btf vmlinux 'bpf_*'\n"
                        "hdrgen list --sort size | head\n"
                        "hdrgen list --contains list_head --holes 2\n",
            .finds = "There is no such type.",
        },
    [COMMAND_DIFF] =
        {
            .name = "diff",
            .run = run_diff,
            .usage = "SOURCE [[--against] SOURCE] [NAME...] [OPTION...] [-- CLANG_ARG...]",
            .summary = "the differences between the types of two sources",
            .text =
                "Compares the named types, and all they hold by value, or every type.  The first "
                "source is the left; without a second one, the right is the running kernel's BTF. "
                "Two --header without another source are the two sources; with another source, "
                "all --header together are one.  --against separates the sides if each has its "
                "own flags.\n\n"
                "Offsets and sizes are in bytes; a bit-field has byte:bit and its width.  < and > "
                "mark what only one side has, | what changed, ~ different types of one name, "
                "which share no member.\n",
            .manual =
                "hdrgen compares sizes, offsets, widths, numbers of elements, the kinds of "
                "members, and enumerators; not the spelling of types, unnamed padding, or the "
                "nesting of records without a name.\n\n"
                "The output is JSON if -o ends in .json, a page for the browser if it ends in "
                ".html.\n\n"
                "With --for, hdrgen compares the values of the relocations of BPF objects, by "
                "libbpf's rules: which programs find another offset, size or value on the right, "
                "and which would not load there.\n",
            .examples = "hdrgen diff --kernel /lib/modules/$(uname -r)/build task_struct\n"
                        "hdrgen diff --btf vmlinux-6.1 --btf vmlinux-6.12 -o changes.html\n"
                        "hdrgen diff --header old.h --header new.h\n"
                        "hdrgen diff --header my.h -DOLD --against -UOLD\n"
                        "hdrgen diff --btf vmlinux-6.1 --btf vmlinux-6.12 --for prog.bpf.o\n"
                        "hdrgen diff --common --btf vmlinux --header linux/sched.h -- $FLAGS\n",
            .finds = "The sources differ.  (Types that share only a name count only if the user "
                     "named them.)",
        },
    [COMMAND_FLAGS] =
        {
            .name = "flags",
            .run = run_flags,
            .usage = "--kernel DIR [--sources [FILE...]] [OPTION...] [-- CLANG_ARG...]",
            .summary = "the clang flags for a kernel's headers or sources, one a line",
            .text = "Prints the arguments that --kernel passes to clang, for clang itself, bindgen "
                    "or an editor.  With --sources: the source files that the kernel is built "
                    "from, in columns separated by tabs: the object, the module that it is linked "
                    "into (- for vmlinux), the file; with a FILE, its flags.\n",
            .manual = "With --sources --format json: a compile_commands.json, for clangd.\n",
            .examples = "hdrgen flags --kernel /usr/src/linux-headers-6.1.0-50-arm64\n"
                        "hdrgen flags --kernel /lib/modules/$(uname -r)/build > "
                        "compile_flags.txt\n"
                        "hdrgen flags --kernel linux --sources kernel/sched/core.c\n"
                        "hdrgen flags --kernel linux --sources -o compile_commands.json "
                        "--format json\n",
        },
    [COMMAND_CHECK] =
        {
            .name = "check",
            .run = run_check,
            .usage = "OBJECT... [SOURCE] [OPTION...] [-- CLANG_ARGUMENT...]",
            .summary = "whether BPF objects load, attach and read the right data",
            .text =
                "Reports for each CO-RE relocation the value that a loader would put into the "
                "instruction on a kernel of these types, or why there is none, and whether the "
                "kernel has everything else that programs need.  A relocation's line has the "
                "instruction, the kind, the access, the value, and the location in the program's "
                "source.  For several kernels, or --fleet: each need that is not fine on all of "
                "them, and a line for each kernel; a page (-o X.html) has a column for each.  Exit "
                "status 1: a program would not load or attach, or would misread.\n",
            .manual =
                "A need that the source does not answer is unknown, never fine: headers list no "
                "functions.\n\n"
                "Each relocation is resolved, missing, or ambiguous.  A missing one is guarded if "
                "the program asks first, by another relocation, whether the member or type is "
                "there, and does without it.\n",
            .examples = "hdrgen check prog.bpf.o --btf vmlinux\n"
                        "hdrgen check prog.bpf.o --loader both --format json\n"
                        "hdrgen check build/*.bpf.o --fleet btfs -o fleet.html\n",
            .finds = "A program would not load or attach, or would misread.",
            .takes_objects = true,
        },
    [COMMAND_LINK] =
        {
            .name = "link",
            .run = run_link,
            .usage = "OBJECT... [-o FILE] | --wrap LINKER -- ARGUMENT...",
            .summary = "give a Rust BPF object its CO-RE relocations",
            .text = "Turns the records that the accessors of --accessors core leave in a BPF "
                    "object into CO-RE relocations, as clang writes them, so that libbpf, aya and "
                    "cilium/ebpf relocate it.  Objects are changed in place, or written to -o.\n",
            .manual =
                "An object that was not linked calls a function that does not exist, so no loader "
                "takes it.  An object that is linked already stays unchanged; one without records "
                "is an error.\n\n"
                "--wrap LINKER runs the linker with the arguments after --, and links the object "
                "that its -o names in place; an output that is no BPF object, or has no records, "
                "stays unchanged.  If the linker's exit status is not 0, it is hdrgen's, too.  If "
                "it is called by the name hdrgen-LINKER (ln -s hdrgen hdrgen-bpf-linker), hdrgen "
                "does this with all of its arguments, as for cargo's linker =.\n",
            .examples = "hdrgen link prog.o\n"
                        "hdrgen link prog.o -o prog.bpf.o\n"
                        "hdrgen link --wrap bpf-linker -- --target=bpfel a.o -o prog\n",
            .takes_objects = true,
        },
};

const struct option_spec *find_option(int code)
{
    for (size_t i = 0; i < option_count; i++)
        if (option_table[i].code == code)
            return &option_table[i];
    return NULL;
}

bool find_command(const char *word, enum command *ret)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(word, command_table[i].name) != 0)
            continue;
        *ret = (enum command)i;
        return true;
    }
    return false;
}
