/* IS_ENABLED(CONFIG_X) and its like: 1 where the option is on, else 0. */
#ifndef __LINUX_KCONFIG_H
#define __LINUX_KCONFIG_H

#include <generated/autoconf.h>

/* MINI_IS_1(X): does the macro X expand to 1? MINI_SHIFT_1 brings a comma,
 * which moves the 1 to where MINI_SECOND looks. */
#define MINI_SHIFT_1 ~, 1
#define MINI_SECOND(first, second, ...) second
#define MINI_SECOND_OF(...) MINI_SECOND(__VA_ARGS__)
#define MINI_PASTE(value) MINI_SECOND_OF(MINI_SHIFT_##value, 0, ~)
#define MINI_IS_1(value) MINI_PASTE(value)

#define IS_BUILTIN(option) MINI_IS_1(option)
#define IS_MODULE(option) MINI_IS_1(option##_MODULE)
#define IS_ENABLED(option) (MINI_IS_1(option) | MINI_IS_1(option##_MODULE))

#endif
