/* The constants of the bytes that pack.c writes and unpack.c reads. */
#ifndef HG_MODEL_PACKED_H
#define HG_MODEL_PACKED_H

/* To be increased with every change of the form. */
enum { PACKED_FORM = 2 };

enum {
    FLAG_COMPLETE = 1,
    FLAG_SIGNED = 2,
    FLAG_VARIADIC = 4,
    FLAG_VECTOR = 8,
    FLAG_COMPLEX = 16,
    FLAG_LACKS = 32
};
enum { ALL_FLAGS = 63 };

#endif
