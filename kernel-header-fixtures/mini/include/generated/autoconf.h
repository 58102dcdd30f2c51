/*
 * The configuration as macros: =y gives CONFIG_X, =m gives CONFIG_X_MODULE.
 * Not set, and tested by the headers: CONFIG_NUMA, CONFIG_DEBUG_SPINLOCK,
 * CONFIG_PAHOLE_HAS_BTF_TAG. Compile with -DCONFIG_NUMA=1, say, to see
 * structures change.
 */
#define CONFIG_64BIT 1
#define CONFIG_CPU_32v7 1
#define CONFIG_ARCH_MULTIPLATFORM 1
#define CONFIG_SMP 1
#define CONFIG_NR_CPUS 96
#define CONFIG_CGROUPS 1
#define CONFIG_NAMESPACES 1
#define CONFIG_STACKPROTECTOR 1
#define CONFIG_LIVEPATCH_MODULE 1
#define CONFIG_DEFAULT_HOSTNAME "mini"
#define CONFIG_MODULES 1
#define CONFIG_NET 1
#define CONFIG_BPF_SYSCALL 1
#define CONFIG_BPF_EVENTS 1
#define CONFIG_MINI_CHAR_MODULE 1
#define CONFIG_MINI_TABLE 1
