/*
 * The source of an object.
 *
 *     x.o            x.c, x.S, x.rs in the directory, or what a rule says:
 *     $(obj)/%.nvhe.o: $(src)/%.c FORCE            compiled from another name
 *     $(obj)/%.pi.o: $(obj)/%.o FORCE              copied from another object
 *     $(obj)/kvm.o: $(obj)/a.o $(obj)/b.o          linked from others
 *     relo_core.o: $(srctree)/tools/lib/bpf/relo_core.c
 *     $(obj)/table.c: $(src)/table.txt             generated: not there before a build
 */
#include "tree/kbuild/directory.h"

#include <sys/stat.h>
#include <unistd.h>

enum {
    STEPS = 16, /* from an object to what it is made from */
    /* against a byte of an expansion: */
    RULE_COST = 256,   /* to compare a name with a rule */
    OBJECT_COST = 4096 /* to look for an object's source */
};

struct search {
    struct hg_walk *walk;
    const struct hg_directory *directory;
    hg_origin_fn *visit;
    void *user;
    unsigned depth;
};

static struct hg_slice slice_of(const struct hg_text *text)
{
    return (struct hg_slice){hg_text_string(text), text->size};
}

static bool is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* A name that stands in a makefile, where it is: in the object or in the source directory.  Without
 * it: where a build would put it. */
static bool find_file(const struct search *search, struct hg_slice name, struct hg_text *path)
{
    const struct hg_kbuild_place *place = search->walk->evaluator.place;
    const char *const roots[] = {place->object, place->source};
    struct hg_text whole = {0};
    bool found = false;
    for (size_t i = 2; i-- > 0 && !found;) {
        hg_text_truncate(&whole, 0);
        if (name.size == 0 || name.data[0] != '/')
            hg_text_printf(&whole, "%s/", roots[i]);
        hg_text_bytes(&whole, name.data, name.size);
        hg_normalise_path(path, slice_of(&whole));
        found = is_file(path->data);
    }
    hg_text_deinit(&whole);
    return found;
}

/* `directory/stem` + end. */
static struct hg_text in_directory(const struct search *search, struct hg_slice stem,
                                   const char *end)
{
    struct hg_text name = {0};
    hg_text_printf(&name, "%s/", search->directory->path);
    hg_text_bytes(&name, stem.data, stem.size);
    hg_text_put(&name, end);
    return name;
}

static bool has_file(const struct search *search, struct hg_slice stem, const char *end,
                     struct hg_text *path)
{
    struct hg_text name = in_directory(search, stem, end);
    bool found = find_file(search, slice_of(&name), path);
    hg_text_deinit(&name);
    return found;
}

/* --- rules --- */

/* Whether one of a rule's targets is the name; a target without a directory counts as it is. */
static bool makes(const struct hg_rule *rule, struct hg_slice name, struct hg_slice *stem,
                  bool *is_pattern)
{
    struct hg_slice rest = rule->targets;
    struct hg_slice target;
    struct hg_text path = {0};
    bool found = false;
    while (!found && hg_make_word(&rest, &target)) {
        *is_pattern = memchr(target.data, '%', target.size) != NULL;
        if (!*is_pattern && target.size > 0) {
            hg_normalise_path(&path, target);
            target = slice_of(&path);
        }
        found = hg_make_match(target, name, stem);
    }
    hg_text_deinit(&path);
    return found;
}

/* The prerequisites of a rule for the name, with % replaced, that end in `end`. */
static void put_prerequisites(const struct hg_rule *rule, struct hg_slice stem, bool is_pattern,
                              const char *end, struct hg_text *out)
{
    struct hg_slice rest = rule->prerequisites;
    struct hg_slice word, first;
    const char *colon = rest.size == 0 ? NULL : memchr(rest.data, ':', rest.size);
    if (colon != NULL) { /* targets: pattern: prerequisites */
        first = (struct hg_slice){rest.data, (size_t)(colon - rest.data)};
        rest = (struct hg_slice){colon + 1, rest.size - first.size - 1};
    }
    while (hg_make_word(&rest, &word)) {
        if (!hg_slice_ends(word, end))
            continue;
        const char *percent = is_pattern ? memchr(word.data, '%', word.size) : NULL;
        size_t before = percent == NULL ? word.size : (size_t)(percent - word.data);
        hg_put_word(out, 0, (struct hg_slice){word.data, before});
        if (percent != NULL) {
            hg_text_bytes(out, stem.data, stem.size);
            hg_text_bytes(out, percent + 1, word.size - before - 1);
        }
    }
}

/* The prerequisites with this end of every rule that makes the name. */
static struct hg_text prerequisites(const struct search *search, struct hg_slice name,
                                    const char *end)
{
    struct hg_evaluator *evaluator = &search->walk->evaluator;
    struct hg_text found = {0};
    hg_evaluator_spend(evaluator, evaluator->rules.count * RULE_COST);
    for (size_t i = 0; i < evaluator->rules.count && !evaluator->has_failed; i++) {
        struct hg_slice stem;
        bool is_pattern = false;
        if (makes(&evaluator->rules.items[i], name, &stem, &is_pattern))
            put_prerequisites(&evaluator->rules.items[i], stem, is_pattern, end, &found);
    }
    return found;
}

static bool is_made(const struct search *search, struct hg_slice stem, const char *end)
{
    struct hg_text name = in_directory(search, stem, end);
    struct hg_text path = {0};
    hg_normalise_path(&path, slice_of(&name));
    bool found = false;
    struct hg_evaluator *evaluator = &search->walk->evaluator;
    hg_evaluator_spend(evaluator, evaluator->rules.count * RULE_COST);
    for (size_t i = 0; i < evaluator->rules.count && !found && !evaluator->has_failed; i++) {
        struct hg_slice ignored;
        bool is_pattern = false;
        found = makes(&evaluator->rules.items[i], slice_of(&path), &ignored, &is_pattern);
    }
    hg_text_deinit(&name);
    hg_text_deinit(&path);
    return found;
}

/* --- sources --- */

static bool from_vpath(const struct search *search, struct hg_slice stem, struct hg_text *path)
{
    const struct hg_evaluator *evaluator = &search->walk->evaluator;
    struct hg_text name = {0};
    hg_text_bytes(&name, stem.data, stem.size);
    hg_text_put(&name, ".c");
    bool found = false;
    for (size_t i = 0; i < evaluator->vpaths.count && !found; i++) {
        struct hg_slice ignored, directory;
        struct hg_slice rest = evaluator->vpaths.items[i].prerequisites;
        if (!hg_make_match(evaluator->vpaths.items[i].targets, slice_of(&name), &ignored))
            continue;
        while (!found && hg_make_word(&rest, &directory)) {
            struct hg_text whole = {0};
            hg_text_bytes(&whole, directory.data, directory.size);
            hg_text_printf(&whole, "/%s", name.data);
            found = find_file(search, slice_of(&whole), path);
            hg_text_deinit(&whole);
        }
    }
    hg_text_deinit(&name);
    return found;
}

/* What a build generates: by a rule, by copying x.c_shipped, or from x.asn1.  path: where it puts
 * the file; where the file should be, if a build does not. */
static bool is_generated_c(const struct search *search, struct hg_slice stem, struct hg_text *path)
{
    bool found = has_file(search, stem, ".c_shipped", path) || has_file(search, stem, "", path) ||
                 is_made(search, stem, ".c");
    struct hg_text name = in_directory(search, stem, ".c");
    const struct hg_kbuild_place *place = search->walk->evaluator.place;
    struct hg_text whole = {0};
    hg_text_printf(&whole, "%s/%s", found ? place->object : place->source, name.data);
    hg_normalise_path(path, slice_of(&whole));
    hg_text_deinit(&name);
    hg_text_deinit(&whole);
    return found;
}

static void find_origin(struct search *search, struct hg_slice object);

/* The name of an object relative to the directory, or NULL when it is outside. */
static bool relative_to(const struct search *search, struct hg_slice name, struct hg_text *out)
{
    struct hg_text path = {0};
    hg_normalise_path(&path, name);
    size_t size = strlen(search->directory->path);
    bool is_top = strcmp(search->directory->path, ".") == 0;
    hg_text_truncate(out, 0);
    if (is_top ||
        (strncmp(path.data, search->directory->path, size) == 0 && path.data[size] == '/'))
        hg_text_put(out, path.data + (is_top ? 0 : size + 1));
    else /* dir/../x.o: keep it as the makefile has it */
        hg_text_bytes(out, name.data + (name.size > size ? size + 1 : 0),
                      name.size > size ? name.size - size - 1 : name.size);
    hg_text_deinit(&path);
    return out->size > 0;
}

/* Follows a rule that makes the object from other objects. */
static bool follow_objects(struct search *search, struct hg_slice name)
{
    struct hg_text objects = prerequisites(search, name, ".o");
    struct hg_slice rest = slice_of(&objects);
    struct hg_slice object;
    bool any = false;
    struct hg_text relative = {0};
    if (search->depth++ < STEPS)
        while (hg_make_word(&rest, &object))
            if (!hg_slice_equals(object, name) && relative_to(search, object, &relative)) {
                any = true;
                struct hg_text own = {0};
                hg_text_put(&own, relative.data);
                find_origin(search, slice_of(&own));
                hg_text_deinit(&own);
            }
    search->depth--;
    hg_text_deinit(&relative);
    hg_text_deinit(&objects);
    return any;
}

/* A rule of the makefile that makes the object, or the same object by its normalised name, from a
 * file with that end. */
static bool from_rule_for(struct search *search, struct hg_slice name, const char *end,
                          struct hg_text *path)
{
    struct hg_text sources = prerequisites(search, name, end);
    struct hg_slice rest = slice_of(&sources);
    struct hg_slice source;
    bool found = false;
    while (!found && hg_make_word(&rest, &source))
        found = find_file(search, source, path);
    hg_text_deinit(&sources);
    return found;
}

static bool from_own_rule(struct search *search, const struct hg_text *name,
                          const struct hg_text *normal, const char *end, struct hg_text *path)
{
    return from_rule_for(search, slice_of(name), end, path) ||
           from_rule_for(search, slice_of(normal), end, path);
}

static void find_origin(struct search *search, struct hg_slice object)
{
    hg_evaluator_spend(&search->walk->evaluator, OBJECT_COST);
    struct hg_slice stem = {object.data, object.size - 2};
    struct hg_origin origin = {.kind = HG_FROM_C};
    struct hg_text name = in_directory(search, object, "");
    struct hg_text normal = {0}, path = {0}, kept = {0};
    hg_text_bytes(&kept, object.data, object.size);
    hg_normalise_path(&normal, slice_of(&name));
    if (has_file(search, stem, ".c", &path) ||
        (origin.is_by_own_rule = from_own_rule(search, &name, &normal, ".c", &path)) ||
        from_vpath(search, stem, &path)) {
        origin.source = path;
        search->visit(search->user, kept.data, &origin);
    } else if (has_file(search, stem, ".S", &path) || has_file(search, stem, ".rs", &path) ||
               is_made(search, stem, ".S") || hg_slice_ends(stem, ".dtb") ||
               hg_slice_ends(stem, ".dtbo") || from_own_rule(search, &name, &normal, ".S", &path)) {
        origin.kind = HG_FROM_OTHER;
        search->visit(search->user, kept.data, &origin);
    } else if (is_made(search, stem, ".c") || (!follow_objects(search, slice_of(&name)) &&
                                               !follow_objects(search, slice_of(&normal)))) {
        /* an object that nothing is known of is no less part of the kernel */
        origin.is_generated = is_generated_c(search, stem, &path);
        bool is_c = origin.is_generated || !is_made(search, stem, ".o");
        origin.kind = is_c ? HG_FROM_C : HG_FROM_NOTHING;
        origin.source = path;
        search->visit(search->user, kept.data, &origin);
    }
    hg_text_deinit(&kept);
    hg_text_deinit(&name);
    hg_text_deinit(&normal);
    hg_text_deinit(&path);
}

void hg_find_origin(struct hg_walk *walk, const struct hg_directory *directory, const char *object,
                    hg_origin_fn *visit, void *user)
{
    struct search search = {.walk = walk, .directory = directory, .visit = visit, .user = user};
    find_origin(&search, hg_slice_of(object));
}
