/* Names of needs, helpers and map types: see names.c. */
#ifndef HG_SURFACE_NAMES_H
#define HG_SURFACE_NAMES_H

#include <hdrgen/surface.h>

/* `LSM hook` for HG_NEED_LSM_HOOK, which hg_need_kind_name calls `lsm_hook`. */
const char *hg_need_kind_words(enum hg_need_kind kind);

/* `bpf_ringbuf_output`, `ringbuf`; NULL = not known. */
const char *hg_helper_name(uint32_t number);
const char *hg_map_type_name(uint32_t number);

#endif
