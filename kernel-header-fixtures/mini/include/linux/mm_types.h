/* Address spaces and pages. */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

#include <linux/cache.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <asm/mmu.h>

struct file;
struct mm_struct;
struct vm_area_struct;

/* One structure, several uses: unions in unions, all without names. */
struct page {
	unsigned long flags;
	union {
		struct { /* in a file's cache or anonymous */
			union {
				struct list_head lru;
				struct {
					void *filler;
					unsigned int locked_count;
				};
			};
			unsigned long index;
			unsigned long private;
		};
		struct { /* a tail of a large page */
			unsigned long head_and_bit;
			u8 order;
			atomic_t mapcount_of_all;
		};
		struct rcu_head rcu;
	};
	atomic_t references;
} __aligned(2 * sizeof(unsigned long));

typedef unsigned int (*vm_fault_handler_t)(struct vm_area_struct *area, unsigned long address);

struct vm_operations_struct {
	void (*open)(struct vm_area_struct *area);
	void (*close)(struct vm_area_struct *area);
	vm_fault_handler_t fault;
	const char *(*name)(struct vm_area_struct *area);
};

struct vm_area_struct {
	unsigned long vm_start, vm_end;
	struct rb_node node;
	struct mm_struct *vm_mm;
	const unsigned long vm_flags;
	const struct vm_operations_struct *vm_ops;
	struct file *vm_file;
	void *vm_private_data;
} __randomize_layout;

struct mm_struct {
	struct {
		atomic_t mm_count ____cacheline_aligned_in_smp;
		struct rb_root areas;
		unsigned long task_size;
		int area_count;
		spinlock_t page_table_lock;
		unsigned long code[2], data[2], stack_start;
		unsigned long saved_auxv[8];
		mm_context_t context;
		char __user *arguments;
#ifdef CONFIG_NUMA
		unsigned long numa_next_scan;
#endif
	} __randomize_layout;
	unsigned long cpu_bitmap[]; /* as long as the machine needs */
};

#endif
