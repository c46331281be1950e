/* SPDX-License-Identifier: GPL-2.0 */
/* This kernel's own system calls, in the context of a process. */
#ifndef _ORTHROS_CALL_H
#define _ORTHROS_CALL_H

#include <linux/types.h>

struct file;

long orthros_syscall(unsigned int nr, unsigned long a, unsigned long b, unsigned long c,
		     unsigned long d, unsigned long e, unsigned long f);
unsigned long orthros_user_page(const void *data, size_t len);
void orthros_user_page_free(unsigned long addr);
struct file *orthros_take_fd(int fd);

#endif /* _ORTHROS_CALL_H */
