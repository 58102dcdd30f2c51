/* In which order bit-fields fill their unit. */
#ifndef _UAPI_ASM_GENERIC_BYTEORDER_H
#define _UAPI_ASM_GENERIC_BYTEORDER_H

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define __BIG_ENDIAN_BITFIELD
#else
#define __LITTLE_ENDIAN_BITFIELD
#endif

#endif
