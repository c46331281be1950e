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

	/* Shared: a private one could be merged with the process's own mappings. */
	addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(addr))
		return addr;
	if (len > PAGE_SIZE || copy_to_user((void __user *)addr, data, len)) {
		vm_munmap(addr, PAGE_SIZE);
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
	vm_munmap(addr, PAGE_SIZE);
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
