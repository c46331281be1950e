/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Just enough of the kernel's headers to compile the BTF reader, the table
 * interpreter and their tests on the host, unchanged.
 */
#ifndef _ORTHROS_HOST_TYPES_H
#define _ORTHROS_HOST_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <sys/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;
typedef u64 phys_addr_t;

#define __packed	__attribute__((__packed__))
#define __aligned(x)	__attribute__((__aligned__(x)))
#define fallthrough	__attribute__((__fallthrough__))

#endif
