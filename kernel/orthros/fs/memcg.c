// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of files are charged to the control group that they were charged to, which
 * need not be that of who has the file. Groups are made elsewhere, see cgroup/.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/sched/mm.h>
#include "fs_internal.h"

/* Low bits say what the word points to; a page of a file has none set. */
#define FLAGS_MASK	7ULL

/* By the address of its mem_cgroup; its dst is that of this kernel. */
const struct orthros_type orthros_memcg_type = { .name = "memory of a control group" };

/**
 * orthros_charge_to() - charge what is charged without a process to another group
 * @img:	image
 * @memcg:	page.memcg_data of the source
 *
 * A group that was removed is that of the root.
 *
 * Return: what to give to set_active_memcg() in the end.
 */
struct mem_cgroup *orthros_charge_to(struct orthros_image *img, u64 memcg)
{
	struct orthros_obj *obj = NULL;

	if (memcg && !(memcg & FLAGS_MASK))
		obj = orthros_obj_find(img, &orthros_memcg_type, memcg);
	return set_active_memcg(obj ? obj->dst : NULL);
}
