/* Open files and the table of what can be done with them. */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H

#include <linux/mm_types.h>

struct inode;
struct cred;
struct file;

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
} __randomize_layout;

struct file_operations {
	void *owner;
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
	ssize_t (*read)(struct file *file, char __user *buffer, size_t size, loff_t *position);
	ssize_t (*write)(struct file *file, const char __user *buffer, size_t size, loff_t *position);
	int (*mmap)(struct file *file, struct vm_area_struct *area);
	long (*control)(struct file *file, unsigned int command, ...);
} __randomize_layout;

struct file {
	spinlock_t lock;
	umode_t mode;
	atomic_long_t count;
	struct mutex position_lock;
	loff_t position;
	const struct cred *cred;
	struct path path;
	struct inode *inode;
	const struct file_operations *operations;
	void *private_data;
} __randomize_layout __aligned(4);

#endif
