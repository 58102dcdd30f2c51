#ifndef __ASM_CACHE_H
#define __ASM_CACHE_H

#define L1_CACHE_BYTES 32

#endif
