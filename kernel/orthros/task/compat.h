/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the kernels' interfaces differ, for task/: code is written for the newest
 * kernel; what an older one lacks or calls otherwise is mapped here.
 */
#ifndef _ORTHROS_TASK_COMPAT_H
#define _ORTHROS_TASK_COMPAT_H

#include <linux/version.h>

#include <linux/rseq.h>
#include <linux/sched/signal.h>

/* Linux kernel commit ee3e3ac05c26 ("rseq: Introduce extensible rseq ABI") (in v6.3). */
static inline void orthros_set_rseq(struct task_struct *t, u64 rseq, u32 len, u32 sig)
{
	t->rseq = (struct rseq __user *)(unsigned long)rseq;
	t->rseq_sig = sig;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	t->rseq_len = len ?: sizeof(*t->rseq);
#endif
	/* As if just migrated: the ids are written anew, a critical section restarts. */
	rseq_migrate(t);
}

static inline void orthros_set_restore_sigmask(struct task_struct *t)
{
	t->restore_sigmask = true;
}

/*
 * Linux kernel commit 857b158dc5e8 ("sched/eevdf: Use sched_attr::sched_runtime to set
 * request/slice suggestion") (in v6.12)
 */
static inline bool orthros_has_slices(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	return true;
#else
	return false;
#endif
}

/* Sizes of futexes became flags in v6.7. */
#ifdef FLAGS_SIZE_32
#define ORTHROS_FUTEX_SIZE_32	FLAGS_SIZE_32
#else
#define ORTHROS_FUTEX_SIZE_32	0
#endif

#endif /* _ORTHROS_TASK_COMPAT_H */
