/* Finds the package of a distribution that holds a kernel's headers: see distribution.c. */
#ifndef HG_TREE_DISTRIBUTION_H
#define HG_TREE_DISTRIBUTION_H

#include "base/text.h"

#include <stdbool.h>

/* Appends the command that installs the headers of the release, for the distribution of this
 * os-release text.  False = the distribution is not known, or the release is not a plain word. */
bool hg_put_headers_package(const char *os_release, const char *release, struct hg_text *text);

/* The same for this machine's distribution and the release in a path /lib/modules/RELEASE/build.
 * False also for other paths. */
bool hg_put_package_of(const char *path, struct hg_text *text);

#endif
