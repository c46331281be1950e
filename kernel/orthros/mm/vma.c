// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making one mapping, never merged with another.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/sched/mm.h>
#include "mm_internal.h"

static const unsigned long vm_bits[ORTHROS_VMF_NR] = {
	[ORTHROS_VMF_READ] = VM_READ,
	[ORTHROS_VMF_WRITE] = VM_WRITE,
	[ORTHROS_VMF_EXEC] = VM_EXEC,
	[ORTHROS_VMF_SHARED] = VM_SHARED,
	[ORTHROS_VMF_MAYREAD] = VM_MAYREAD,
	[ORTHROS_VMF_MAYWRITE] = VM_MAYWRITE,
	[ORTHROS_VMF_MAYEXEC] = VM_MAYEXEC,
	[ORTHROS_VMF_MAYSHARE] = VM_MAYSHARE,
	[ORTHROS_VMF_GROWSDOWN] = VM_GROWSDOWN,
	[ORTHROS_VMF_LOCKED] = VM_LOCKED,
	[ORTHROS_VMF_LOCKONFAULT] = VM_LOCKONFAULT,
	[ORTHROS_VMF_SEQ_READ] = VM_SEQ_READ,
	[ORTHROS_VMF_RAND_READ] = VM_RAND_READ,
	[ORTHROS_VMF_DONTCOPY] = VM_DONTCOPY,
	[ORTHROS_VMF_DONTEXPAND] = VM_DONTEXPAND,
	[ORTHROS_VMF_ACCOUNT] = VM_ACCOUNT,
	[ORTHROS_VMF_NORESERVE] = VM_NORESERVE,
	[ORTHROS_VMF_WIPEONFORK] = VM_WIPEONFORK,
	[ORTHROS_VMF_DONTDUMP] = VM_DONTDUMP,
	[ORTHROS_VMF_SOFTDIRTY] = VM_SOFTDIRTY,
	[ORTHROS_VMF_HUGEPAGE] = VM_HUGEPAGE,
	[ORTHROS_VMF_NOHUGEPAGE] = VM_NOHUGEPAGE,
	[ORTHROS_VMF_PKEY_BIT0] = VM_PKEY_BIT0,
	[ORTHROS_VMF_PKEY_BIT1] = VM_PKEY_BIT1,
	[ORTHROS_VMF_PKEY_BIT2] = VM_PKEY_BIT2,
	[ORTHROS_VMF_PKEY_BIT3] = VM_PKEY_BIT3,
	[ORTHROS_VMF_DROPPABLE] = VM_DROPPABLE,
	[ORTHROS_VMF_SEALED] = VM_SEALED,
};

/**
 * orthros_vm_flags() - this kernel's VM_* for neutral flags
 * @neutral:	bits of &enum orthros_vma_flag
 *
 * Return: VM_*.
 */
unsigned long orthros_vm_flags(u64 neutral)
{
	unsigned long flags = 0;
	int i;

	for (i = 0; i < ORTHROS_VMF_NR; i++)
		if (neutral & BIT_ULL(i))
			flags |= vm_bits[i];
	return flags;
}

/*
 * mmap() of a file sets what the file system wants, and the access time,
 * which a hop must not.
 */
static int mmap_file(struct file *file, struct vm_area_struct *vma)
{
	unsigned int noatime = file->f_flags & O_NOATIME;
	int err;

	spin_lock(&file->f_lock);
	file->f_flags |= O_NOATIME;
	spin_unlock(&file->f_lock);
	err = call_mmap(file, vma);
	if (!noatime) {
		spin_lock(&file->f_lock);
		file->f_flags &= ~O_NOATIME;
		spin_unlock(&file->f_lock);
	}
	return err;
}

/**
 * orthros_new_vma() - insert a mapping exactly as told
 * @mm:		address space
 * @start:	first address
 * @end:	after the last
 * @pgoff:	in pages
 * @flags:	VM_*
 * @file:	mapped file or NULL
 *
 * Limits do not apply: the source granted it already.
 *
 * Context: with the mmap lock held for writing.
 * Return: the mapping or ERR_PTR().
 */
struct vm_area_struct *orthros_new_vma(struct mm_struct *mm, u64 start, u64 end, u64 pgoff,
				       unsigned long flags, struct file *file)
{
	struct vm_area_struct *vma = vm_area_alloc(mm);
	const struct vm_operations_struct *dummy;
	long pages = (end - start) >> PAGE_SHIFT;
	bool anonymous = !file;
	int err;

	if (!vma)
		return ERR_PTR(-ENOMEM);
	dummy = vma->vm_ops;
	vma->vm_start = start;
	vma->vm_end = end;
	vma->vm_pgoff = pgoff;
	vm_flags_init(vma, flags);
	vma->vm_page_prot = vm_get_page_prot(flags);
	if (file) {
		err = -ENODEV;
		if (!file->f_op->mmap)
			goto err_free;
		vma->vm_file = get_file(file);
		err = mmap_file(file, vma);
		if (err)
			goto err_put;
		/* What a file maps by itself it says. */
		flags |= vma->vm_flags & (VM_PFNMAP | VM_IO | VM_MIXEDMAP);
		/* /dev/zero turns into anonymous memory. */
		anonymous = !vma->vm_ops;
	}

	/*
	 * insert_vm_struct() numbers anonymous memory anew, but pages must keep
	 * their index. It also asks whether there is memory enough: all of it is
	 * in use already, and most of it is not ours yet.
	 */
	if (anonymous)
		vma->vm_ops = dummy;
	vm_flags_init(vma, flags & ~VM_ACCOUNT);
	err = insert_vm_struct(mm, vma);
	if (err)
		goto err_put;
	if (anonymous)
		vma_set_anonymous(vma);
	vm_flags_init(vma, flags);
	vma_set_page_prot(vma);
	if (flags & VM_ACCOUNT)
		vm_acct_memory(pages);
	vm_stat_account(mm, flags, pages);
	if (flags & VM_LOCKED)
		mm->locked_vm += pages;
	return vma;

err_put:
	if (vma->vm_file)
		fput(vma->vm_file);
err_free:
	vm_area_free(vma);
	return ERR_PTR(err);
}
