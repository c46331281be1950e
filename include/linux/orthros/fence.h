/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks for the end of a kernel: it tells the other one, and is stopped by it.
 */
#ifndef _LINUX_ORTHROS_FENCE_H
#define _LINUX_ORTHROS_FENCE_H

#include <linux/compiler.h>
#include <linux/types.h>

struct file;
struct linux_binprm;
struct pt_regs;
struct rusage;
struct task_struct;

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

/*
 * Calls on a file tell at which place they begin, so that they can be made once more as a
 * whole: at its position, or where the end of the file was.
 */
void __orthros_at(const struct file *file);
void __orthros_appends(loff_t pos);

static inline void orthros_at(const struct file *file)
{
	if (unlikely(READ_ONCE(orthros_fence)))
		__orthros_at(file);
}

static inline void orthros_appends(loff_t pos)
{
	if (unlikely(READ_ONCE(orthros_fence)))
		__orthros_appends(pos);
}

/* A call sends from a file: into which socket. */
void __orthros_sends(const struct file *out);

static inline void orthros_sends(const struct file *out)
{
	if (unlikely(READ_ONCE(orthros_fence)))
		__orthros_sends(out);
}

/*
 * A call moves what a pipe has, to a file at this place; around taking it from the pipe it
 * tells how much it is in all. Likewise one that puts it to another pipe.
 */
void __orthros_splice(const struct file *out, loff_t pos);
void __orthros_spliced(u64 moved, bool piped);

static inline void orthros_splice(const struct file *out, loff_t pos)
{
	if (unlikely(READ_ONCE(orthros_fence)))
		__orthros_splice(out, pos);
}

static inline void orthros_splicing(void)
{
	if (unlikely(READ_ONCE(orthros_fence)))
		__orthros_spliced(~0ULL, false);
}

static inline void orthros_spliced(size_t moved)
{
	if (unlikely(READ_ONCE(orthros_fence)))
		__orthros_spliced(moved, false);
}

static inline void orthros_piping(void)
{
	if (unlikely(READ_ONCE(orthros_fence)))
		__orthros_spliced(~0ULL, true);
}

static inline void orthros_piped(size_t moved)
{
	if (unlikely(READ_ONCE(orthros_fence)))
		__orthros_spliced(moved, true);
}

/* A call has made a task that has not run yet: its PID for the caller. */
void __orthros_cloned(pid_t nr);

static inline void orthros_cloned(pid_t nr)
{
	if (unlikely(READ_ONCE(orthros_fence)))
		__orthros_cloned(nr);
}

/* A call is about to give up the memory of its program for that of another; it has. */
void __orthros_execs(const struct linux_binprm *bprm);

static inline void orthros_execs(const struct linux_binprm *bprm)
{
	if (unlikely(READ_ONCE(orthros_fence)))
		__orthros_execs(bprm);
}

static inline void orthros_executed(void)
{
	if (unlikely(READ_ONCE(orthros_fence)))
		__orthros_execs(NULL);
}

/*
 * A call takes the status of a process, which is gone then, and what it has used; NULL:
 * another one has.
 */
void __orthros_waits(struct task_struct *p, pid_t pid, uid_t uid, struct rusage *used);

static inline void orthros_waits(struct task_struct *p, pid_t pid, uid_t uid,
				 struct rusage *used)
{
	if (unlikely(READ_ONCE(orthros_fence)))
		__orthros_waits(p, pid, uid, used);
}

#else

static __always_inline void orthros_fence_nmi(struct pt_regs *regs) { }
static inline void orthros_panic(const char *text) { }
static inline void orthros_progress(size_t moved) { }
static inline void orthros_moving(void) { }
static inline void orthros_moved(size_t moved) { }
static inline void orthros_at(const struct file *file) { }
static inline void orthros_appends(loff_t pos) { }
static inline void orthros_sends(const struct file *out) { }
static inline void orthros_splice(const struct file *out, loff_t pos) { }
static inline void orthros_splicing(void) { }
static inline void orthros_spliced(size_t moved) { }
static inline void orthros_piping(void) { }
static inline void orthros_piped(size_t moved) { }
static inline void orthros_cloned(pid_t nr) { }
static inline void orthros_execs(const struct linux_binprm *bprm) { }
static inline void orthros_executed(void) { }
static inline void orthros_waits(struct task_struct *p, pid_t pid, uid_t uid,
				 struct rusage *used) { }

#endif
#endif /* _LINUX_ORTHROS_FENCE_H */
