/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks for the end of a kernel: it tells the other one, and is stopped by it.
 */
#ifndef _LINUX_ORTHROS_FENCE_H
#define _LINUX_ORTHROS_FENCE_H

#include <linux/compiler.h>
#include <linux/types.h>

struct pt_regs;

#ifdef CONFIG_ORTHROS

/* What the other kernel sets before its NMI; NULL unless it is to take over. */
extern u32 *orthros_fence;

void orthros_fenced(struct pt_regs *regs);
void orthros_panic(const char *text);

/* arch/x86/kernel/nmi.c: before anything else, whatever state the kernel is in. */
static __always_inline void orthros_fence_nmi(struct pt_regs *regs)
{
	u32 *fence = READ_ONCE(orthros_fence);

	if (unlikely(fence) && READ_ONCE(*fence))
		orthros_fenced(regs);
}

/*
 * Calls that wait for more: what they have moved so far, in bytes. The other kernel, should
 * this one fail, goes on with the rest.
 */
void __orthros_progress(size_t moved);

static inline void orthros_progress(size_t moved)
{
	if (unlikely(READ_ONCE(orthros_fence)))
		__orthros_progress(moved);
}

/*
 * Calls that move data: around what cannot be taken back, as the number of bytes in a
 * queue, they tell how much it is in all with it. A failure finds them anywhere else with
 * that much done; and the result's place in the registers says whether this call has told,
 * since entering the kernel sets it anew.
 */
void __orthros_moved(u64 moved);

static inline void orthros_moving(void)
{
	if (unlikely(READ_ONCE(orthros_fence)))
		__orthros_moved(~0ULL);
}

static inline void orthros_moved(size_t moved)
{
	if (unlikely(READ_ONCE(orthros_fence)))
		__orthros_moved(moved);
}

#else

static __always_inline void orthros_fence_nmi(struct pt_regs *regs) { }
static inline void orthros_panic(const char *text) { }
static inline void orthros_progress(size_t moved) { }
static inline void orthros_moving(void) { }
static inline void orthros_moved(size_t moved) { }

#endif
#endif /* _LINUX_ORTHROS_FENCE_H */
