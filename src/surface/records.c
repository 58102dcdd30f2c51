/* Finds the relocation of an instruction by binary search: see flow.h. */
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
