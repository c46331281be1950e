// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory policies: which nodes a thread, or a mapping, gets its pages from.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/mempolicy.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <asm/unistd.h>
#include "../core/call.h"
#include "mm_internal.h"

/* Key: the source's struct mempolicy */
static const struct orthros_type policy_type = { .name = "memory policy", .cost = 512 };

/* Those that a program names; the others follow from them. */
#define USER_FLAGS	(MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES | MPOL_F_NUMA_BALANCING)

/**
 * orthros_read_policy() - read a memory policy
 * @who:	who has it
 * @addr:	struct mempolicy in the source, 0 for none
 *
 * Return: 0, %ORTHROS_REFUSED or negative errno.
 */
int orthros_read_policy(const struct orthros_finder *who, u64 addr)
{
	struct orthros_policy_rec *rec;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	if (!addr)
		return 0;
	obj = orthros_obj_get(who->img, &policy_type, addr, who->pid, sizeof(*rec), &isnew);
	if (IS_ERR(obj) || !isnew)
		return PTR_ERR_OR_ZERO(obj);
	rec = obj->rec;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_policy, addr, rec);
	if (err)
		return err;
	if (!IS_ENABLED(CONFIG_NUMA) || rec->mode >= MPOL_MAX)
		return orthros_refused(who, "memory policy %u, unknown to the other kernel",
				       rec->mode);
	/* What was asked for stands beside what has come of it. */
	if (rec->flags & (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES))
		memcpy(rec->nodes, rec->asked, sizeof(rec->nodes));
	/* It has none, and nobody has cleared them. */
	if (rec->mode == MPOL_LOCAL)
		memset(rec->nodes, 0, sizeof(rec->nodes));
	rec->flags &= USER_FLAGS;
	return 0;
}

#ifdef CONFIG_NUMA
/**
 * orthros_set_policy() - give the current thread a memory policy
 * @img:	image
 * @addr:	struct mempolicy in the source, 0 for the default
 *
 * Context: in a process that has its memory.
 * Return: 0 or negative errno.
 */
int orthros_set_policy(struct orthros_image *img, u64 addr)
{
	const struct orthros_policy_rec *rec;
	struct orthros_obj *obj;
	unsigned long nodes;
	long err;

	if (!addr)
		return orthros_syscall(__NR_set_mempolicy, MPOL_DEFAULT, 0, 0, 0, 0, 0);
	obj = orthros_obj_find(img, &policy_type, addr);
	if (!obj)
		return -ENOENT;
	rec = obj->rec;
	nodes = orthros_user_page(rec->nodes, sizeof(rec->nodes));
	if (IS_ERR_VALUE(nodes))
		return nodes;
	/* The number is one too many, as the call has it. */
	err = orthros_syscall(__NR_set_mempolicy, rec->mode | rec->flags, nodes,
			      sizeof(rec->nodes) * BITS_PER_BYTE + 1, 0, 0, 0);
	orthros_user_page_free(nodes);
	if (err)
		return orthros_fail(err, "memory policy %u of nodes %#llx", rec->mode,
				    rec->nodes[0]);
	task_lock(current);
	if (current->mempolicy)
		current->mempolicy->home_node = rec->home;
	task_unlock(current);
	return 0;
}

/**
 * orthros_set_vma_policy() - give a mapping of the current process its memory policy
 * @img:	image
 * @vma:	the mapping
 * @addr:	struct mempolicy in the source
 *
 * Leaves the thread with that policy.
 *
 * Return: 0 or negative errno.
 */
int orthros_set_vma_policy(struct orthros_image *img, struct vm_area_struct *vma, u64 addr)
{
	struct mempolicy *pol;
	int err;

	/* By way of the thread's own: mbind() would merge mappings. */
	err = orthros_set_policy(img, addr);
	if (err)
		return err;
	pol = mpol_dup(current->mempolicy);
	if (IS_ERR(pol))
		return PTR_ERR(pol);
	/* Of shared memory it is the file's, which is refused. */
	mmap_write_lock(current->mm);
	swap(vma->vm_policy, pol);
	mmap_write_unlock(current->mm);
	mpol_put(pol);
	return 0;
}
#else
int orthros_set_policy(struct orthros_image *img, u64 addr)
{
	return addr ? -EOPNOTSUPP : 0;
}

int orthros_set_vma_policy(struct orthros_image *img, struct vm_area_struct *vma, u64 addr)
{
	return -EOPNOTSUPP;
}
#endif /* CONFIG_NUMA */
