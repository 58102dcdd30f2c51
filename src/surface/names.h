/* Names of what programs name by number: see names.c. */
#ifndef HG_SURFACE_NAMES_H
#define HG_SURFACE_NAMES_H

#include <hdrgen/surface.h>

/* `bpf_ringbuf_output`, `ringbuf`; NULL = not known. */
const char *hg_helper_name(uint32_t number);
const char *hg_map_type_name(uint32_t number);

#endif
