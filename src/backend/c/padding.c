/*
 * Explicit padding: fills gaps that alignment does not make.
 *
 *     unsigned short : 13;                       bits 3 to 15
 *     unsigned char hdrgen_padding_64[4032];     a gap of more than 512 bits, at byte 64
 *
 * Unnamed bit-fields are preferred, since BTF and debuggers do not show them.  Each one lies within
 * one unit of its type, so no compiler moves it, packed or not.  Its type is no wider than the
 * alignment of the record, so it does not raise that alignment.
 */
#include "backend/c/c.h"

#include <inttypes.h>

enum { BIT_PADDING_MAX = 64 * 8 };

struct hg_c_piece hg_c_padding_piece(uint64_t from, uint64_t to, uint32_t unit_limit)
{
    if (to - from > BIT_PADDING_MAX && from % 8 == 0)
        return (struct hg_c_piece){.from = from, .bytes = to / 8 - from / 8};
    struct hg_c_piece piece = {.from = from};
    if (to - from > BIT_PADDING_MAX)
        to = from + 8 - from % 8;
    for (unsigned unit = 1; unit <= 8 && unit <= unit_limit; unit *= 2) {
        uint64_t bits = 8ull * unit;
        uint64_t room = bits - from % bits;
        unsigned width = (unsigned)(room < to - from ? room : to - from);
        if (width > piece.width) {
            piece.width = width;
            piece.unit = unit;
        }
    }
    return piece;
}

uint64_t hg_c_piece_end(const struct hg_c_piece *piece)
{
    return piece->from + 8 * piece->bytes + piece->width;
}

void hg_c_put_padding(struct hg_c *c, uint64_t from, uint64_t to, uint32_t unit_limit)
{
    while (from < to) {
        struct hg_c_piece piece = hg_c_padding_piece(from, to, unit_limit);
        hg_c_put_indent(c);
        if (piece.bytes > 0)
            hg_text_printf(&c->text, "unsigned char hdrgen_padding_%" PRIu64 "[%" PRIu64 "];\n",
                           from / 8, piece.bytes);
        else
            hg_text_printf(&c->text, "%s : %u;\n", hg_c_sized_integer(piece.unit, false),
                           piece.width);
        from = hg_c_piece_end(&piece);
    }
}
