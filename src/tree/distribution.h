/* Which package of a distribution holds a kernel's headers: see distribution.c. */
#ifndef HG_TREE_DISTRIBUTION_H
#define HG_TREE_DISTRIBUTION_H

#include "base/text.h"

#include <stdbool.h>

/* Appends the command that installs them, by the text of an os-release file; returns false where
 * the distribution is not known, or the release is no word. */
bool hg_put_headers_package(const char *os_release, const char *release, struct hg_text *text);

/* The same of this machine, for a path /lib/modules/RELEASE/build. */
bool hg_put_package_of(const char *path, struct hg_text *text);

#endif
