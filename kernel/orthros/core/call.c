// SPDX-License-Identifier: GPL-2.0-only
/*
 * This kernel's own system calls, for constructors that exist in no other form.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/resource.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <asm/ptrace.h>
#include <asm/syscall.h>
#include "call.h"

/**
 * orthros_syscall() - a system call of this kernel
 * @nr:	number
 * @a: first argument
 * @b: second
 * @c: third
 * @d: fourth
 * @e: fifth
 * @f: sixth
 *
 * For constructors that exist in no other form. No user pointers. Process
 * context; acts on current.
 *
 * Return: what the system call returns.
 */
long orthros_syscall(unsigned int nr, unsigned long a, unsigned long b, unsigned long c,
		     unsigned long d, unsigned long e, unsigned long f)
{
	struct pt_regs regs = {
		.di = a, .si = b, .dx = c, .r10 = d, .r8 = e, .r9 = f,
		.orig_ax = nr,
	};

	return x64_sys_call(&regs, nr);
}

/*
 * Shared: a private one could be merged with the process's own mappings. It is there
 * for the time of one call, so the process's limits do not count, nor does mlockall().
 */
static unsigned long map_page(struct mm_struct *mm)
{
	struct rlimit *as = &current->signal->rlim[RLIMIT_AS];
	unsigned long addr, def_flags = mm->def_flags, limit = as->rlim_cur;
	int map_count = mm->map_count;

	as->rlim_cur = RLIM_INFINITY;
	mm->def_flags = 0;
	mm->map_count = 0;
	addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, 0);
	mm->map_count += map_count;
	mm->def_flags = def_flags;
	as->rlim_cur = limit;
	return addr;
}

/* Nor do those remember it who tell the most that there ever was. */
static void unmap_page(struct mm_struct *mm, unsigned long addr)
{
	unsigned long vm = mm->hiwater_vm, rss = mm->hiwater_rss;

	vm_munmap(addr, PAGE_SIZE);
	mm->hiwater_vm = vm;
	mm->hiwater_rss = rss;
}

/**
 * orthros_user_page() - arguments of a system call that takes user pointers
 * @data:	what the page shall contain
 * @len:	its bytes, at most %PAGE_SIZE
 *
 * In the context of a process that has its memory already.
 *
 * Return: address for orthros_syscall() and orthros_user_page_free(), or a
 * negative errno, see IS_ERR_VALUE().
 */
unsigned long orthros_user_page(const void *data, size_t len)
{
	unsigned long addr;

	addr = map_page(current->mm);
	if (IS_ERR_VALUE(addr))
		return addr;
	if (len > PAGE_SIZE || copy_to_user((void __user *)addr, data, len)) {
		unmap_page(current->mm, addr);
		return -EFAULT;
	}
	return addr;
}

/**
 * orthros_user_page_free() - the way back
 * @addr:	from orthros_user_page()
 */
void orthros_user_page_free(unsigned long addr)
{
	unmap_page(current->mm, addr);
}

/**
 * orthros_take_fd() - take a file out of a descriptor again
 * @fd:	descriptor of current, or a negative errno
 *
 * Return: the file, whose reference is the caller's, or ERR_PTR.
 */
struct file *orthros_take_fd(int fd)
{
	struct file *file;

	if (fd < 0)
		return ERR_PTR(fd);
	file = fget_raw(fd);
	close_fd(fd);
	return file ?: ERR_PTR(-EBADF);
}
