/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ORTHROS_HOST_KERNEL_H
#define _ORTHROS_HOST_KERNEL_H

#include <linux/types.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

static inline u64 host_min(u64 a, u64 b)
{
	return a < b ? a : b;
}

static inline u64 host_div_round_up(u64 n, u64 d)
{
	return (n + d - 1) / d;
}

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define DIV_ROUND_UP(n, d)	host_div_round_up(n, d)
#define min_t(type, a, b)	((type)host_min(a, b))
#define min(a, b)		((a) < (b) ? (a) : (b))
#define max_t(type, a, b)	((type)~host_min(~(u64)(a), ~(u64)(b)))

#define BIT_ULL(nr)		(1ULL << (nr))
#define GENMASK_ULL(h, l)	((~0ULL >> (63 - (h))) & (~0ULL << (l)))
#define READ_ONCE(x)		(*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, val)	(*(volatile typeof(x) *)&(x) = (val))

#endif
