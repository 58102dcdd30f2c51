/*
 * Order: sorts the declarations so that each comes after those that it requires.
 *
 *     struct a { pair_t *p; struct b *q; struct c r; };
 *         ->  struct b;   typedef ... pair_t;   struct c { ... };   struct a { ... };
 *
 * The method: a depth-first walk over pairs of a type and what is required of it.
 *
 *   NAMED     its name can be used: a typedef or enum is defined before, a tag is at least declared
 *   COMPLETE  its size is known: the types that it holds by value are defined before
 *   BODY      a type without a tag is written out: requires the same, but is no declaration
 *
 * A pointer or typedef requires its target NAMED; a member or array requires its type COMPLETE (C17
 * 6.7.6.2 p1).  Tags that are used before their definition are marked (is_forward); the header
 * declares them at its top.  The walk has a stack of its own, since BTF can nest at any depth.
 *
 * A cycle (a record that holds a pointer to an array of a type that holds the record) cannot be
 * written in C; it is an error.
 */
#include "backend/c/c.h"
#include "base/diag.h"
#include "model/describe.h"

enum requirement { NAMED, COMPLETE, BODY, REQUIREMENTS };
enum { NEW = 0, ON_PATH, DONE };

struct step {
    hg_type_id id;
    enum requirement requirement;
    size_t next;     /* reference to look at next */
    hg_type_id item; /* the declaration whose text contains this type */
};

struct ordering {
    struct hg_c *c;
    uint8_t *state[REQUIREMENTS]; /* by type id */
    HG_ARRAY(struct step) path;
};

/* Whether the type gets a declaration of its own. */
static bool is_item(const struct hg_c *c, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(c->model, id);
    if (hg_c_is_bytes(c, type))
        return true;
    if (hg_c_is_anonymous(type))
        return c->place[id] == HG_C_TAGGED;
    return hg_is_record(type) || type->kind == HG_ENUM || type->kind == HG_TYPEDEF;
}

static bool is_defined_record(const struct hg_c *c, hg_type_id id)
{
    return hg_is_record(hg_model_type(c->model, id)) && c->selection->need[id] == HG_DEFINED;
}

static void report_cycle(struct ordering *ordering, hg_type_id id)
{
    struct hg_c *c = ordering->c;
    if (c->failed)
        return;
    struct hg_text text = {0};
    hg_describe_subject(&text, c->model, id);
    hg_error(c->diagnostics, &hg_model_type(c->model, id)->where,
             "%s: its definition needs that of another type, which needs this one first: C has no "
             "order for them",
             hg_text_string(&text));
    hg_text_deinit(&text);
    c->failed = true;
}

static void enter(struct ordering *ordering, hg_type_id id, enum requirement requirement,
                  hg_type_id item)
{
    uint8_t *state = &ordering->state[requirement][id];
    if (*state == ON_PATH)
        report_cycle(ordering, id);
    if (*state != NEW)
        return;
    *state = ON_PATH;
    /* A typedef is declared as NAMED; as COMPLETE it only requires its target. */
    bool is_typedef = hg_model_type(ordering->c->model, id)->kind == HG_TYPEDEF;
    bool writes = is_item(ordering->c, id) && requirement == (is_typedef ? NAMED : COMPLETE);
    *HG_PUSH(&ordering->path) =
        (struct step){.id = id, .requirement = requirement, .item = writes ? id : item};
}

/* Adds a requirement of the declaration `from`, whose text refers to the type. */
static void require(struct ordering *ordering, hg_type_id id, enum requirement requirement,
                    hg_type_id from)
{
    struct hg_c *c = ordering->c;
    id = c->stands_for[id];
    const struct hg_type *type = hg_model_type(c->model, id);
    if (hg_c_is_anonymous(type) && c->place[id] == HG_C_CARRIED && requirement != BODY) {
        enter(ordering, c->carrier[id], NAMED, from);
    } else if (hg_c_is_anonymous(type) && c->place[id] != HG_C_TAGGED) {
        enter(ordering, id, BODY, from);
    } else if (requirement == NAMED && is_defined_record(c, id)) {
        if (ordering->state[COMPLETE][id] != DONE)
            c->is_forward[id] = true;
    } else if (hg_is_record(type) && !is_defined_record(c, id)) {
        c->is_forward[id] = true;
    } else if (id != HG_VOID_ID) {
        bool is_one = hg_is_record(type) || type->kind == HG_ENUM || hg_c_is_bytes(c, type);
        enter(ordering, id, is_one ? COMPLETE : requirement, from);
    }
}

/* Whether the type is a pointer to `home`, such as `struct node *next` in struct node, which needs
 * no declaration: a tag is declared from its opening brace on. */
static bool points_home(const struct hg_c *c, hg_type_id id, hg_type_id home)
{
    const struct hg_type *type = hg_model_type(c->model, id);
    return type->kind == HG_POINTER && c->stands_for[type->ref.id] == home;
}

static size_t requirement_count(const struct ordering *ordering, const struct step *step)
{
    const struct hg_c *c = ordering->c;
    const struct hg_type *type = hg_model_type(c->model, step->id);
    if (hg_c_is_bytes(c, type))
        return 0;
    if (type->kind == HG_TYPEDEF && step->requirement == COMPLETE)
        return 2;
    if (hg_is_record(type) && !is_defined_record(c, step->id))
        return 0;
    return hg_reference_count(type);
}

static void require_next(struct ordering *ordering, struct step *step)
{
    struct hg_c *c = ordering->c;
    hg_type_id from = step->item;
    hg_type_id self = step->id;
    enum requirement requirement = step->requirement;
    size_t index = step->next++; /* the step moves when the path grows */
    const struct hg_type *type = hg_model_type(c->model, self);
    if (type->kind == HG_TYPEDEF && requirement == COMPLETE && index == 0) {
        enter(ordering, self, NAMED, from);
        return;
    }
    hg_type_id to = hg_reference(type, type->kind == HG_TYPEDEF ? 0 : index)->id;
    if (type->kind == HG_TYPEDEF && c->carrier[to] == self)
        require(ordering, to, BODY, from);
    else if (type->kind == HG_TYPEDEF)
        require(ordering, to, requirement, from);
    else if (hg_is_record(type) && !points_home(c, to, from))
        require(ordering, to, type->members[index].name == NULL ? BODY : COMPLETE, from);
    else if (type->kind == HG_ARRAY)
        require(ordering, to, COMPLETE, from);
    else if (!hg_is_record(type))
        require(ordering, to, NAMED, from);
}

static void leave(struct ordering *ordering)
{
    struct step step = ordering->path.items[--ordering->path.count];
    ordering->state[step.requirement][step.id] = DONE;
    if (step.item == step.id && step.requirement != BODY &&
        !(hg_model_type(ordering->c->model, step.id)->kind == HG_TYPEDEF &&
          step.requirement == COMPLETE))
        *HG_PUSH(&ordering->c->order) = step.id;
}

static void order_item(struct ordering *ordering, hg_type_id id)
{
    require(ordering, id, COMPLETE, HG_VOID_ID);
    while (ordering->path.count > 0) {
        struct step *top = &ordering->path.items[ordering->path.count - 1];
        if (top->next == requirement_count(ordering, top))
            leave(ordering);
        else
            require_next(ordering, top);
    }
}

/* Whether it is an enum without a tag that no type refers to; it is written for its enumerators. */
static bool stands_alone(const struct ordering *ordering, hg_type_id id)
{
    const struct hg_c *c = ordering->c;
    const struct hg_type *type = hg_model_type(c->model, id);
    return type->kind == HG_ENUM && type->name == NULL && c->place[id] == HG_C_INLINE &&
           ordering->state[BODY][id] == NEW;
}

void hg_c_find_order(struct hg_c *c)
{
    struct ordering ordering = {.c = c};
    size_t count = hg_model_type_count(c->model);
    for (size_t i = 0; i < REQUIREMENTS; i++)
        ordering.state[i] = hg_calloc(count, 1);
    for (size_t i = 0; i < c->selection->count && !c->failed; i++) {
        hg_type_id id = c->selection->order[i];
        if (is_item(c, id))
            order_item(&ordering, id);
    }
    for (size_t i = 0; i < c->selection->count && !c->failed; i++)
        if (stands_alone(&ordering, c->selection->order[i]))
            *HG_PUSH(&c->order) = c->selection->order[i];
    for (size_t i = 0; i < REQUIREMENTS; i++)
        free(ordering.state[i]);
    free(ordering.path.items);
}
