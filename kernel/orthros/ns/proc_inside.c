// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of fs/proc/generic.c: numbers that namespaces had under another kernel. They
 * are given out together with those of proc's entries.
 */
#ifdef CONFIG_ORTHROS
#include <linux/orthros.h>
#include <net/net_namespace.h>

/* The next entry of a tree, those of a directory behind it; NULL after the last. */
static struct proc_dir_entry *orthros_next_pde(struct proc_dir_entry *de,
					       const struct proc_dir_entry *root)
{
	struct rb_node *node = rb_first(&de->subdir);

	while (!node && de != root) {
		node = rb_next(&de->subdir_node);
		de = de->parent;
	}
	return node ? rb_entry(node, struct proc_dir_entry, subdir_node) : NULL;
}

/* Exchanges the number of an entry that has it. */
static bool orthros_renumber_pde(struct proc_dir_entry *root, unsigned int from,
				 unsigned int to)
{
	struct proc_dir_entry *de;

	write_lock(&proc_subdir_lock);
	for (de = root; de && de->low_ino != from; de = orthros_next_pde(de, root))
		;
	if (de)
		de->low_ino = to;
	write_unlock(&proc_subdir_lock);
	return de;
}

/**
 * orthros_proc_take_inum() - take a certain number
 * @inum:	as proc_alloc_inum() has given it to a namespace under another kernel
 *
 * Context: process context.
 *
 * Return: 0, -EBUSY if a namespace has it, or another negative errno.
 */
int orthros_proc_take_inum(unsigned int inum)
{
	unsigned int id = inum - PROC_DYNAMIC_FIRST, other;
	int ret;

	if (inum < PROC_DYNAMIC_FIRST || id > INT_MAX)
		return -EINVAL;
	ret = ida_alloc_range(&proc_inum_ida, id, id, GFP_KERNEL);
	if (ret >= 0)
		return 0;
	if (ret != -ENOSPC)
		return ret;
	ret = proc_alloc_inum(&other);
	if (ret)
		return ret;
	if (orthros_renumber_pde(&proc_root, inum, other))
		return 0;
#ifdef CONFIG_NET
	if (orthros_renumber_pde(init_net.proc_net, inum, other))
		return 0;
#endif
	proc_free_inum(other);
	return -EBUSY;
}
#endif /* CONFIG_ORTHROS */
