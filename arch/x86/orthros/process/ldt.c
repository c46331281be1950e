// SPDX-License-Identifier: GPL-2.0-only
/*
 * Local descriptor tables, the segments that are loaded from them, and I/O ports.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bitmap.h>
#include <linux/mm_types.h>
#include <linux/preempt.h>
#include <linux/mmu_context.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <asm/desc.h>
#include <asm/fsgsbase.h>
#include <asm/io_bitmap.h>
#include <asm/ldt.h>
#include <asm/syscalls.h>
#include <asm/unistd.h>
#include "../../../../kernel/orthros/core/call.h"
#include "../../../../kernel/orthros/mm/mm_internal.h"

/* Key: the source's struct ldt_struct */
static const struct orthros_type ldt_type = { .name = "local descriptor table", .cost = SZ_16K };

/* One that a program may have: a segment of user mode that is neither a gate nor of 64 bit. */
static bool is_sound(u64 entry)
{
	struct desc_struct d;

	BUILD_BUG_ON(sizeof(d) != sizeof(entry));
	memcpy(&d, &entry, sizeof(d));
	return !entry || (d.s && d.dpl == 3 && !(d.l && d.type & 8));
}

/**
 * orthros_read_ldt() - read a local descriptor table
 * @who:	a process that has it
 * @addr:	struct ldt_struct in the source, 0 for none
 *
 * Return: 0, %ORTHROS_REFUSED or negative errno.
 */
int orthros_read_ldt(const struct orthros_finder *who, u64 addr)
{
	const struct orthros_src *src = who->img->src;
	struct orthros_ldt_view v;
	struct orthros_ldt_rec *rec;
	struct orthros_obj *obj;
	bool isnew;
	u32 i;
	int err;

	if (!addr)
		return 0;
	if (!IS_ENABLED(CONFIG_MODIFY_LDT_SYSCALL))
		return orthros_refused(who, "memory: local descriptor table");
	err = orthros_read_rec(&src->mem, &orthros_table_ldt, addr, &v);
	if (err)
		return err;
	if (!v.nr || v.nr > LDT_ENTRIES)
		return orthros_bad(-EUCLEAN, "local descriptor table of %u entries", v.nr);
	obj = orthros_obj_get(who->img, &ldt_type, addr, who->pid, struct_size(rec, entries, v.nr),
			      &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	rec->nr = v.nr;
	err = orthros_src_read(src, v.entries, rec->entries, v.nr * sizeof(rec->entries[0]));
	for (i = 0; !err && i < v.nr; i++)
		if (!is_sound(rec->entries[i]))
			err = orthros_bad(-EUCLEAN, "local descriptor %u is %#llx", i,
					  rec->entries[i]);
	return err;
}

#ifdef CONFIG_MODIFY_LDT_SYSCALL
/**
 * orthros_build_ldt() - give the current process its local descriptor table
 * @img:	image
 * @addr:	struct ldt_struct in the source, 0 for none
 *
 * As fork() does it, of a parent that has nothing else.
 *
 * Return: 0 or negative errno.
 */
int orthros_build_ldt(struct orthros_image *img, u64 addr)
{
	struct orthros_obj *obj = orthros_obj_find(img, &ldt_type, addr);
	struct orthros_ldt_rec *rec;
	struct ldt_struct ldt;
	struct mm_struct *parent;
	int err;

	if (!addr)
		return 0;
	if (!obj)
		return -ENOENT;
	rec = obj->rec;
	parent = kzalloc(sizeof(*parent), GFP_KERNEL);
	if (!parent)
		return -ENOMEM;
	ldt = (struct ldt_struct) {
		.entries = (struct desc_struct *)rec->entries, .nr_entries = rec->nr, .slot = -1,
	};
	mutex_init(&parent->context.lock);
	parent->context.ldt = &ldt;
	err = ldt_dup_context(parent, current->mm);
	if (!err) {
		preempt_disable();
		load_mm_ldt(current->mm);
		preempt_enable();
	}
	mutex_destroy(&parent->context.lock);
	kfree(parent);
	return err;
}
#else
int orthros_build_ldt(struct orthros_image *img, u64 addr)
{
	return addr ? -EOPNOTSUPP : 0;
}
#endif /* CONFIG_MODIFY_LDT_SYSCALL */

/* Selectors of ours: those of user mode's own, or of the local descriptor table. */
static u16 selector(u32 sel)
{
	return sel & 4 || sel < 4 ? sel : __USER_DS;
}

/**
 * orthros_set_segments() - load the segment registers of the current thread
 * @ds:		selectors, of which the reader has seen that they are the data segment of
 *		user mode, none, or of the local descriptor table
 * @es:		likewise
 * @fs:		likewise
 * @gs:		likewise
 * @fsbase:	where the segment of @fs begins
 * @gsbase:	likewise of @gs
 */
void orthros_set_segments(u32 ds, u32 es, u32 fs, u32 gs, u64 fsbase, u64 gsbase)
{
	preempt_disable();
	loadsegment(ds, selector(ds));
	loadsegment(es, selector(es));
	if (fs) {
		loadsegment(fs, selector(fs));
		current->thread.fsindex = selector(fs);
		if (boot_cpu_has(X86_FEATURE_FSGSBASE))
			x86_fsbase_write_cpu(fsbase);
	}
	if (gs) {
		load_gs_index(selector(gs));
		current->thread.gsindex = selector(gs);
		if (boot_cpu_has(X86_FEATURE_FSGSBASE))
			x86_gsbase_write_cpu_inactive(gsbase);
	}
	preempt_enable();
}

#ifdef CONFIG_X86_IOPL_IOPERM
/**
 * orthros_set_ports() - which I/O ports the current thread may use
 * @bitmap:	a bit is set for each one that it may not, or %NULL: none
 * @iopl:	of iopl(2)
 *
 * Context: with all capabilities.
 * Return: 0 or negative errno.
 */
int orthros_set_ports(const unsigned long *bitmap, u32 iopl)
{
	unsigned int from, to;
	long err;

	/* It has those of the thread that has made it. */
	err = ksys_ioperm(0, IO_BITMAP_BITS, 0);
	for (from = 0; bitmap && !err && from < IO_BITMAP_BITS; from = to) {
		from = find_next_zero_bit(bitmap, IO_BITMAP_BITS, from);
		to = find_next_bit(bitmap, IO_BITMAP_BITS, from);
		if (from < to)
			err = ksys_ioperm(from, to - from, 1);
	}
	return err ?: orthros_syscall(__NR_iopl, iopl, 0, 0, 0, 0, 0);
}
#endif
