/*
 * What an instruction refers to: its CO-RE relocation, found by binary search, and the function that
 * it calls or whose address it loads.  See flow.h.
 */
#include "surface/flow.h"

#include <stdlib.h>

static int compare_records(const void *a, const void *b)
{
    const struct record *x = *(const struct record *const *)a;
    const struct record *y = *(const struct record *const *)b;
    if (x->function != y->function)
        return x->function < y->function ? -1 : 1;
    if (x->insn != y->insn)
        return x->insn < y->insn ? -1 : 1;
    return x < y ? -1 : x > y;
}

void hg_record_index_init(struct record_index *index, const struct hg_core_object *object)
{
    size_t count = object->records.count;
    *index = (struct record_index){
        .object = object, .records = hg_calloc(count, sizeof *index->records), .count = count};
    for (size_t i = 0; i < count; i++)
        index->records[i] = &object->records.items[i];
    if (count > 0)
        qsort(index->records, count, sizeof *index->records, compare_records);
}

void hg_record_index_deinit(struct record_index *index)
{
    free(index->records);
}

const struct record *hg_record_at(const struct record_index *index, uint32_t function,
                                  uint32_t insn)
{
    size_t low = 0;
    size_t high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct record *record = index->records[middle];
        bool is_before =
            record->function != function ? record->function < function : record->insn < insn;
        if (is_before)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_there = low < index->count && index->records[low]->function == function &&
                    index->records[low]->insn == insn;
    return is_there ? index->records[low] : NULL;
}

uint32_t hg_flow_callee(const struct hg_core_object *object, const struct function *function,
                        uint32_t insn)
{
    uint32_t none = (uint32_t)object->functions.count;
    struct insn call = hg_core_insn(object, function, insn);
    const struct reference *reference =
        hg_core_reference_at(object, function->code, function->offset + insn * INSN_SIZE);
    int64_t target = 0;
    uint32_t code = function->code;
    if (reference == NULL) {
        if (insn_is_wide(&call)) /* the address of data */
            return none;
        target = (int64_t)function->offset + ((int64_t)insn + 1 + call.imm) * INSN_SIZE;
    } else {
        if (reference->target == NO_CODE || reference->value > INT32_MAX)
            return none;
        code = reference->target;
        int64_t more = insn_is_wide(&call) ? call.imm : ((int64_t)call.imm + 1) * INSN_SIZE;
        target = (int64_t)reference->value + more;
    }
    if (target < 0 || target > UINT32_MAX)
        return none;
    const struct function *callee = hg_core_function_at(object, code, (uint32_t)target);
    bool is_there = callee != NULL && callee->offset == (uint32_t)target;
    return is_there ? (uint32_t)(callee - object->functions.items) : none;
}
