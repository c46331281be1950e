// SPDX-License-Identifier: GPL-2.0-only
/*
 * FPU state, in the standard (not compacted) XSAVE format of the UABI.
 *
 * A task that does not run has its registers in its fpstate, compacted or not.
 * Where each component lies there follows from the processor alone, which both
 * kernels share. Here the kernel's own conversion for ptrace takes it in.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cpufeature.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <asm/fpu/api.h>
#include <asm/fpu/sched.h>
#include <asm/fpu/types.h>
#include <asm/fsgsbase.h>
#include <asm/pkru.h>
#include "../../../../kernel/orthros/mm/mm_internal.h"
#include "internal.h"	/* of the FPU code, for xstate.h */
#include "xstate.h"

#define MAX_FPSTATE	SZ_64K
#define FXSAVE_CWD	0x37f
#define XSAVE_LEGACY	(sizeof(struct fxregs_state) + sizeof(struct xstate_header))
#define XCOMP_COMPACTED	BIT_ULL(63)

/**
 * orthros_fpu_size() - bytes of a task's FPU state in the standard format
 *
 * Return: the size, the same for all tasks.
 */
size_t orthros_fpu_size(void)
{
	return max_t(size_t, fpu_user_cfg.max_size, XSAVE_LEGACY);
}

/**
 * orthros_fpu_supported() - can registers be carried on this processor?
 */
bool orthros_fpu_supported(void)
{
	return cpu_feature_enabled(X86_FEATURE_XSAVE);
}

/**
 * orthros_save_fpu() - put the caller's registers where a reader finds them
 *
 * They stay valid there until the task goes to user mode.
 */
void orthros_save_fpu(void)
{
	kernel_fpu_begin();
	kernel_fpu_end();
	current->thread.pkru = read_pkru();
}

/**
 * orthros_save_live() - put what this CPU holds of its task where a reader finds it
 *
 * When the kernel has ended: the task does not go on here. Any context, also in the
 * middle of what another one does with the registers.
 */
void orthros_save_live(void)
{
	struct task_struct *t = current;
	unsigned long gsbase;

	if (t->flags & PF_KTHREAD)
		return;
	if (!test_thread_flag(TIF_NEED_FPU_LOAD))
		save_fpregs_to_fpstate(&t->thread.fpu);
	t->thread.pkru = read_pkru();
	savesegment(fs, t->thread.fsindex);
	savesegment(gs, t->thread.gsindex);
	savesegment(ds, t->thread.ds);
	savesegment(es, t->thread.es);
	t->thread.fsbase = x86_fsbase_read_cpu();
	/* It is the kernel's before the kernel has its own; few tasks ever change theirs. */
	gsbase = x86_gsbase_read_cpu_inactive();
	if (gsbase < TASK_SIZE_MAX)
		t->thread.gsbase = gsbase;
}

struct component {
	u32 size;
	u32 offset;		/* in the standard format */
	bool aligned;		/* to 64 bytes in the compacted one */
};

/* CPUID is slow in a virtual machine, so its answers are kept. */
static struct component component(int nr)
{
	static struct component known[64];
	struct component *c = &known[nr];
	u32 size, ecx, edx;

	if (!c->size) {
		cpuid_count(0xd, nr, &size, &c->offset, &ecx, &edx);
		c->aligned = ecx & 2;
		c->size = size;
	}
	return *c;
}

static void copy_legacy(struct fxregs_state *to, const struct fxregs_state *from, u64 features)
{
	to->cwd = FXSAVE_CWD;
	to->mxcsr = MXCSR_DEFAULT;
	if (features & XFEATURE_MASK_FP) {
		memcpy(to, from, offsetof(struct fxregs_state, mxcsr));
		memcpy(to->st_space, from->st_space, sizeof(to->st_space));
	}
	if (features & (XFEATURE_MASK_SSE | XFEATURE_MASK_YMM)) {
		to->mxcsr = from->mxcsr;
		to->mxcsr_mask = from->mxcsr_mask;
	}
	if (features & XFEATURE_MASK_SSE)
		memcpy(to->xmm_space, from->xmm_space, sizeof(to->xmm_space));
}

static int copy_extended(void *buf, size_t size, const void *raw, size_t raw_size, u64 features,
			 u64 xcomp_bv)
{
	u32 next = XSAVE_LEGACY;
	int i;

	for (i = 2; i < 63; i++) {
		bool there = xcomp_bv & BIT_ULL(i);
		struct component c;
		u32 from;

		if (!(features & BIT_ULL(i)) && !there)
			continue;
		c = component(i);
		from = c.offset;
		if (xcomp_bv & XCOMP_COMPACTED) {
			if (!there)
				return orthros_bad(-EUCLEAN, "FPU component %d is nowhere", i);
			from = c.aligned ? ALIGN(next, 64) : next;
			next = from + c.size;
		}
		/* Protection keys are in the task, the image may be stale. */
		if (!(features & BIT_ULL(i)) || i == XFEATURE_PKRU)
			continue;
		if (!c.size || from > raw_size || c.size > raw_size - from ||
		    c.offset < XSAVE_LEGACY || c.offset > size || c.size > size - c.offset)
			return orthros_bad(-E2BIG, "FPU component %d of %u bytes", i, c.size);
		memcpy(buf + c.offset, raw + from, c.size);
	}
	return 0;
}

static int put_pkru(void *buf, size_t size, u32 pkru)
{
	struct component c = component(XFEATURE_PKRU);

	if (c.offset < XSAVE_LEGACY || c.offset > size || sizeof(pkru) > size - c.offset)
		return orthros_bad(-E2BIG, "FPU: protection keys");
	memcpy(buf + c.offset, &pkru, sizeof(pkru));
	return 0;
}

/**
 * orthros_read_fpu() - read the FPU registers of a task that does not run
 * @img:	image
 * @task:	address of its task_struct in the source
 * @buf:	destination, standard XSAVE format
 * @size:	bytes in @buf, at least orthros_fpu_size()
 *
 * The source must have saved the registers of the tasks that were current when
 * its processors stopped.
 *
 * Return: 0 or negative errno.
 */
int orthros_read_fpu(struct orthros_image *img, u64 task, void *buf, size_t size)
{
	const struct orthros_src *src = img->src;
	struct orthros_fpstate_view st;
	struct orthros_fpu_view fpu;
	struct xregs_state *to = buf;
	const struct xregs_state *from;
	u64 features;
	void *raw;
	int err;

	if (size < XSAVE_LEGACY)
		return -EINVAL;
	err = orthros_read_rec(&src->mem, &orthros_table_fpu, task, &fpu);
	if (!err)
		err = orthros_read_rec(&src->mem, &orthros_table_fpstate, fpu.fpstate, &st);
	if (err)
		return err;
	if (st.size < XSAVE_LEGACY || st.size > MAX_FPSTATE)
		return orthros_bad(-EUCLEAN, "FPU state of %u bytes", st.size);
	raw = kvmalloc(st.size, GFP_KERNEL);
	if (!raw)
		return -ENOMEM;
	err = orthros_src_read(src, st.regs, raw, st.size);
	if (err)
		goto out;

	from = raw;
	memset(buf, 0, size);
	features = from->header.xfeatures & st.user_xfeatures;
	copy_legacy(&to->i387, &from->i387, features);
	err = copy_extended(buf, size, raw, st.size, features, from->header.xcomp_bv);
	if (!err && st.user_xfeatures & XFEATURE_MASK_PKRU) {
		features |= XFEATURE_MASK_PKRU;
		err = put_pkru(buf, size, fpu.pkru);
	}
	to->header.xfeatures = features;
out:
	kvfree(raw);
	return err;
}

/**
 * orthros_build_fpu() - give the current task FPU registers
 * @buf:	standard XSAVE format, from orthros_read_fpu()
 * @size:	bytes in @buf
 *
 * They are loaded when the task returns to user space; its protection keys
 * hold at once.
 *
 * Context: in the new task.
 * Return: 0, or -EINVAL if this kernel does not have all of the components.
 */
int orthros_build_fpu(const void *buf, size_t size)
{
	struct fpu *fpu = &current->thread.fpu;
	int err;

	if (size < orthros_fpu_size())
		return orthros_fail(-EINVAL, "FPU state of %zu bytes", size);

	/* From here the image in memory counts; a context switch leaves it alone. */
	fpregs_lock();
	set_thread_flag(TIF_NEED_FPU_LOAD);
	fpu->last_cpu = -1;
	err = copy_uabi_from_kernel_to_xstate(fpu->fpstate, buf, &current->thread.pkru);
	/* Each switch saves the register itself, so the task's copy is not enough. */
	if (!err)
		write_pkru(current->thread.pkru);
	fpregs_unlock();
	return err ? orthros_fail(err, "FPU state") : 0;
}
