/*
 * Directories of a kernel, as kbuild sees them: what scripts/Makefile.build and Makefile.lib do,
 * without make.
 *
 *     walk.c        from what vmlinux is linked from, through every directory
 *     directory.c   one directory: its lists of objects, composite objects, modules
 *     source.c      the source of an object: by kbuild's rules or the makefile's own
 *     options.c     the compiler's options of an object
 */
#ifndef HG_KBUILD_DIRECTORY_H
#define HG_KBUILD_DIRECTORY_H

#include "tree/kbuild/evaluator.h"

/* An object that kbuild compiles in a directory. */
struct hg_object {
    const char *name; /* relative to the directory: core.o, queue/queue.o */
    const char
        *owners; /* the composite objects it is part of, without .o, joined by `:`; or NULL */
    const char *module; /* the modules it is linked into, joined by `:`; NULL = none */
    bool is_built_in;   /* linked into vmlinux */
};

struct hg_directory {
    const char *path; /* relative to the object directory; `.` = the top */
    struct hg_scope scope;
    struct hg_arena arena; /* of this directory alone */
    struct hg_strings names;
    HG_ARRAY(struct hg_object) objects;
    HG_ARRAY(const char *) built_in_directories; /* of obj-y; paths as `path` */
    HG_ARRAY(const char *) module_directories;   /* of obj-m */
    HG_ARRAY(const char *) other_directories;    /* of subdir-y and subdir-m */
    bool has_unknown_flags;                      /* that was noted */
};

/* How a directory takes part. */
struct hg_directory_role {
    bool is_built_in;         /* its obj-y is linked into vmlinux */
    bool has_library;         /* so is its lib-y */
    const char *const *extra; /* objects that vmlinux is linked from by name */
    size_t extra_count;
};

/* A directory that is still to be read. */
struct hg_pending {
    const char *path;
    const struct hg_scope *outer;
    bool is_built_in;
    bool is_other; /* of subdir-y: only for its library */
};

/* An object that vmlinux is linked from by name. */
struct hg_head {
    const char *directory;
    const char *name;
    bool is_done;
};

/* What stays the same for the whole walk. */
struct hg_walk {
    struct hg_evaluator evaluator;
    struct hg_scope fixed;         /* the command line's variables and the configuration */
    const struct hg_scope *shared; /* that, and what the top Makefile exports */
    bool src_is_absolute;          /* $(src), from 6.10 on */
    bool stems_have_directories;   /* CFLAGS_dir/x.o and not CFLAGS_x.o, from 5.4 on */
    bool lacks_modfile;            /* KBUILD_MODFILE, before 5.4 */
    bool lacks_kmod_names;         /* __KBUILD_MODNAME, before 5.12 */
    struct hg_words include_flags; /* LINUXINCLUDE and what stands before it */
    struct hg_strings visited;     /* directory -> state */
    struct hg_strings done;        /* object -> state */
    HG_ARRAY(struct hg_pending) pending;
    struct hg_strings libraries; /* directories whose lib.a is linked */
    HG_ARRAY(struct hg_head) heads;
};

/* Reads a directory's makefile; false = the evaluation failed, as it does when there is none. */
bool hg_directory_open(struct hg_walk *walk, struct hg_directory *directory, const char *path,
                       const struct hg_scope *outer);
/* Fills the lists of objects and directories. */
void hg_directory_list(struct hg_walk *walk, struct hg_directory *directory,
                       const struct hg_directory_role *role);
void hg_directory_close(struct hg_walk *walk, struct hg_directory *directory);

/* Where an object comes from. */
struct hg_origin {
    enum { HG_FROM_C, HG_FROM_OTHER, HG_FROM_NOTHING } kind;
    struct hg_text source; /* absolute */
    bool is_generated;     /* it is not there, and a build makes it */
    bool is_by_own_rule;   /* not by kbuild's %.o: %.c, which knows what the object is part of */
};

/* Calls visit with each object that is compiled from C on the way to this one: usually itself; what
 * a rule of the makefile copies or links it from, otherwise.  Names are relative to the
 * directory. */
typedef void hg_origin_fn(void *user, const char *object, const struct hg_origin *origin);
void hg_find_origin(struct hg_walk *walk, const struct hg_directory *directory, const char *object,
                    hg_origin_fn *visit, void *user);

/* What vmlinux is linked from, as words: archives and objects, relative to the object directory. */
HG_MUST_CHECK enum hg_status hg_kbuild_roots(const struct hg_kbuild_place *place,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_text *roots);

/* Hands the object to the sink with its options. */
void hg_put_unit(struct hg_walk *walk, struct hg_directory *directory,
                 const struct hg_object *object, const char *compiled,
                 const struct hg_origin *origin);

#endif
