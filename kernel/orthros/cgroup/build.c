// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rebuilding control groups: directories with the controllers that they have, made
 * before anything is mounted or any process exists; and how a task gets into its own.
 *
 * Their numbers are those of the source, as a program may have kept one.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cgroup.h>
#include <linux/fs.h>
#include <linux/kernfs.h>
#include <linux/memcontrol.h>
#include <linux/mount.h>
#include <linux/rcu_sync.h>
#include <linux/sched.h>
#include <fs/kernfs/kernfs-internal.h>
#include <kernel/cgroup/cgroup-internal.h>
#include "../fs/fs.h"
#include "cgroup_internal.h"

/**
 * orthros_attach_begin() - tasks are going to join groups
 *
 * Without it, each that does waits until all CPUs have seen it.
 */
void orthros_attach_begin(void)
{
	rcu_sync_enter(&cgroup_threadgroup_rwsem.rss);
}

/**
 * orthros_attach_end() - the end of orthros_attach_begin()
 */
void orthros_attach_end(void)
{
	rcu_sync_exit(&cgroup_threadgroup_rwsem.rss);
}

/* ---- numbers ------------------------------------------------------------------ */

/*
 * Nobody but us makes or looks up groups now, so nobody else has the lock of these
 * numbers, which is not accessible. An inode of the entry, which has the number, too,
 * is not there yet.
 */
static int give_number(struct kernfs_root *root, struct kernfs_node *kn, u64 id)
{
	const u32 low = id;
	struct kernfs_node *other = idr_find(&root->ino_idr, low);
	int nr;

	if (other == kn || !id || low > INT_MAX)
		return other == kn ? 0 : orthros_bad(-EUCLEAN, "control groups: number %#llx", id);
	if (other) {
		nr = idr_alloc_cyclic(&root->ino_idr, other, 1, 0, GFP_KERNEL);
		if (nr < 0)
			return nr;
		idr_remove(&root->ino_idr, low);
		other->id = (u64)root->id_highbits << 32 | nr;
	}
	nr = idr_alloc(&root->ino_idr, kn, low, low + 1, GFP_KERNEL);
	if (nr < 0)
		return nr;
	idr_remove(&root->ino_idr, (u32)kn->id);
	kn->id = id;
	return 0;
}

/* New ones are above all that the source has given. */
static int start_numbers(struct orthros_image *img)
{
	struct kernfs_root *root = cgrp_dfl_root.kf_root;
	struct orthros_group_numbers_view v;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_group_numbers,
			       orthros_group_env.root, &v);
	if (err)
		return err;
	if (v.next > INT_MAX)
		v.next = 0;
	if (v.high == root->id_highbits && v.next < idr_get_cursor(&root->ino_idr))
		return 0;
	idr_set_cursor(&root->ino_idr, v.next);
	root->last_id_lowbits = v.low;
	root->id_highbits = v.high;
	return 0;
}

/* ---- attributes ------------------------------------------------------------------ */

static struct timespec64 time_of(const s64 *t)
{
	return (struct timespec64) { .tv_sec = t[0], .tv_nsec = t[1] };
}

static int give_attr(struct kernfs_node *kn, const struct orthros_cgroup_attr_rec *rec)
{
	struct iattr attr = {
		.ia_valid = ATTR_MODE | ATTR_UID | ATTR_GID | ATTR_ATIME | ATTR_MTIME | ATTR_CTIME,
		.ia_mode = (kn->mode & S_IFMT) | rec->mode,
		.ia_uid = KUIDT_INIT(rec->uid),
		.ia_gid = KGIDT_INIT(rec->gid),
	};
	s64 t[2];
	int err;

	err = give_number(cgrp_dfl_root.kf_root, kn, rec->id);
	if (err || !rec->changed)
		return err;
	memcpy(t, rec->atime, sizeof(t));
	attr.ia_atime = time_of(t);
	memcpy(t, rec->mtime, sizeof(t));
	attr.ia_mtime = time_of(t);
	memcpy(t, rec->ctime, sizeof(t));
	attr.ia_ctime = time_of(t);
	return kernfs_setattr(kn, &attr);
}

static int give_attrs(struct orthros_image *img)
{
	struct orthros_obj *obj, *group;
	struct kernfs_node *kn;
	int err;

	orthros_for_each_obj(obj, img, &orthros_cgroup_file_type) {
		const struct orthros_cgroup_file_rec *rec = obj->rec;

		group = orthros_obj_find(img, &orthros_cgroup_type, rec->group);
		if (!group->dst)
			continue;
		kn = kernfs_find_and_get(((struct cgroup *)group->dst)->kn, rec->name);
		/* Of a kernel that has failed: which this one has not. */
		if (!kn && img->crashed)
			continue;
		if (!kn)
			return orthros_fail(-ENOENT, "control group %s: %s",
					    orthros_group_rec(group)->name, rec->name);
		err = give_attr(kn, &rec->attr);
		kernfs_put(kn);
		if (err)
			return orthros_fail(err, "control group %s: attributes of %s",
					    orthros_group_rec(group)->name, rec->name);
	}
	/* What is made in a directory changes its times. */
	orthros_for_each_obj(obj, img, &orthros_cgroup_type) {
		const struct orthros_cgroup_rec *rec = obj->rec;

		err = obj->dst ? give_attr(((struct cgroup *)obj->dst)->kn, &rec->attr) : 0;
		if (err)
			return orthros_fail(err, "control group %s: attributes", rec->name);
	}
	return 0;
}

/* ---- the tree -------------------------------------------------------------------- */

static int make_group(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_cgroup_rec *rec = obj->rec;
	struct orthros_obj *up;
	struct kernfs_node *kn;
	struct cgroup *parent;
	int err;

	if (!rec->parent) {
		orthros_obj_built(obj, &cgrp_dfl_root.cgrp);
		return 0;
	}
	up = orthros_obj_find(img, &orthros_cgroup_type, rec->parent);
	parent = up->dst;
	/* Of a kernel that has failed, and lost. */
	if (obj->refused || !parent)
		return -ENOENT;
	err = cgroup_mkdir(parent->kn, rec->name, rec->attr.mode);
	if (err)
		return err;
	kn = kernfs_find_and_get(parent->kn, rec->name);
	if (!kn)
		return -ENOENT;
	/* It stays as long as nobody runs who could remove it. */
	orthros_obj_built(obj, kn->priv);
	kernfs_put(kn);
	return 0;
}

/* A group's children have what is enabled when they are made. */
static int make_groups(struct orthros_image *img, struct vfsmount *mnt)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_cgroup_type) {
		const struct orthros_cgroup_rec *rec = obj->rec;

		err = make_group(img, obj);
		if (!obj->dst && img->crashed)
			err = 0;
		else if (!err && rec->flags & ORTHROS_CGROUP_THREADED)
			err = orthros_group_write(img, mnt, obj, "cgroup.type", "threaded");
		if (!err && *rec->control)
			err = orthros_group_write(img, mnt, obj, "cgroup.subtree_control",
						  rec->control + 1);
		if (err)
			return orthros_fail(err, "control group %s", rec->name);
	}
	return 0;
}

/* Pages are charged until long after the processes run, who may remove a group. */
static void hold_memory(struct orthros_image *img)
{
#ifdef CONFIG_MEMCG
	struct orthros_obj *obj, *group;
	struct cgroup_subsys_state *css;
	struct cgroup *cgrp;

	orthros_for_each_obj(obj, img, &orthros_memcg_type) {
		group = orthros_obj_find(img, &orthros_cgroup_type, *(u64 *)obj->rec);
		cgrp = group->dst;
		css = cgrp ? rcu_access_pointer(cgrp->subsys[memory_cgrp_id]) : NULL;
		if (!css)
			continue;
		css_get(css);
		orthros_obj_built(obj, mem_cgroup_from_css(css));
	}
#endif
}

/**
 * orthros_let_go_of_memory() - no page is charged any more
 * @img:	image
 */
void orthros_let_go_of_memory(struct orthros_image *img)
{
#ifdef CONFIG_MEMCG
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_memcg_type) {
		if (obj->dst)
			css_put(&((struct mem_cgroup *)obj->dst)->css);
		obj->dst = NULL;
	}
#endif
}

/**
 * orthros_build_groups() - make all groups
 * @img:	image
 *
 * The mount goes before those of the source come, whose number it may have.
 *
 * Return: 0 or negative errno.
 */
int orthros_build_groups(struct orthros_image *img)
{
	struct orthros_obj *obj;
	struct vfsmount *mnt;
	u8 visible = 0;
	int err;

	if (orthros_group_env.visible)
		orthros_src_read(img->src, orthros_group_env.visible, &visible, sizeof(visible));
	/* Nobody could have made one; /proc/PID/cgroup does not speak of it. */
	if (!visible) {
		orthros_for_each_obj(obj, img, &orthros_cgroup_type)
			orthros_obj_built(obj, &cgrp_dfl_root.cgrp);
		return 0;
	}
	err = start_numbers(img);
	if (err)
		return err;
	mnt = orthros_group_mount(img);
	if (IS_ERR(mnt))
		return orthros_fail(PTR_ERR(mnt), "control groups: mount");
	err = make_groups(img, mnt);
	orthros_group_unmount(mnt);
	if (!err)
		hold_memory(img);
	return err ?: give_attrs(img);
}

/* ---- membership ------------------------------------------------------------------ */

/**
 * orthros_join_cgroup() - become a member of the group that one was in
 * @img:	image
 * @cgroup:	address of the group; of one that was removed, nothing is done
 *
 * Context: the task itself. One that shares its memory with others, or its limits,
 * does so for itself alone.
 *
 * Return: 0 or negative errno.
 */
int orthros_join_cgroup(struct orthros_image *img, u64 cgroup)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_cgroup_type, cgroup);
	struct cgroup *now;
	int err;

	if (!obj || !obj->dst)
		return 0;
	rcu_read_lock();
	now = task_dfl_cgroup(current);
	rcu_read_unlock();
	if (now == obj->dst)
		return 0;
	cgroup_lock();
	cgroup_attach_lock(true);
	err = cgroup_attach_task(obj->dst, current, false);
	cgroup_attach_unlock(true);
	cgroup_unlock();
	return err ? orthros_fail(err, "task %d: control group %s", current->pid,
				  orthros_group_rec(obj)->name) : 0;
}
