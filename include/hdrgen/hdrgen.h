/*
 * The whole API in one header.  docs/library.md is a tour of it; each function's contract is in the
 * comment before it.
 */
#ifndef HDRGEN_HDRGEN_H
#define HDRGEN_HDRGEN_H

#include <hdrgen/core.h>
#include <hdrgen/diff.h>
#include <hdrgen/kernel.h>
#include <hdrgen/link.h>
#include <hdrgen/model.h>
#include <hdrgen/read.h>
#include <hdrgen/select.h>
#include <hdrgen/status.h>
#include <hdrgen/surface.h>
#include <hdrgen/tree.h>
#include <hdrgen/trim.h>
#include <hdrgen/write.h>

#endif
