// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was set for control groups, when all their members are there: a limit that
 * bites while these are built would make the hop fail, or kill one of them.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/backing-dev.h>
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/memcontrol.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/page_counter.h>
#include <linux/psi.h>
#include <linux/slab.h>
#include <linux/writeback.h>
#include <linux/xattr.h>
#include <fs/internal.h>
#include <kernel/cgroup/cgroup-internal.h>
#include <linux/mmu_context.h>
#include <linux/sched/cputime.h>
#include <kernel/sched/sched.h>
#include "../core/member.h"
#include "cgroup_internal.h"
#include "compat.h"
#include "group_inside.h"

/* When a setting is made. */
enum phase {
	WHEN_TIED,
	WHEN_STARTED,	/* the tasks are about to run */
	WHEN_SETTLED,	/* all CPUs are there */
};

static enum phase phase_of(const char *file)
{
	if (!strcmp(file, "cgroup.freeze"))
		return WHEN_STARTED;
	if (!strcmp(file, "cpuset.cpus.partition"))
		return WHEN_SETTLED;
	return WHEN_TIED;
}

/* The settings of a group, one after the other: a file and what is written to it. */
static bool next_setting(const struct orthros_cgroup_rec *rec, const char **at, const char **file,
			 const char **value)
{
	const char *end = rec->settings + rec->len;

	if (!*at)
		*at = rec->settings;
	if (*at >= end)
		return false;
	*file = *at;
	*value = *file + strlen(*file) + 1;
	*at = *value + strlen(*value) + 1;
	return true;
}

static bool has_setting(struct orthros_image *img, enum phase when)
{
	const char *at, *file, *value;
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_cgroup_type) {
		at = NULL;
		while (next_setting(obj->rec, &at, &file, &value))
			if (phase_of(file) == when)
				return true;
	}
	return false;
}

static int write_settings(struct orthros_image *img, struct vfsmount *mnt, struct orthros_obj *obj,
			  enum phase when)
{
	const struct orthros_cgroup_rec *rec = obj->rec;
	const char *at = NULL, *file, *value;
	int err;

	while (next_setting(rec, &at, &file, &value)) {
		if (phase_of(file) != when)
			continue;
		err = orthros_group_write(img, mnt, obj, file, value);
		if (err && img->crashed && when == WHEN_TIED)
			pr_err("control group %s: %s is lost: %pe\n", rec->name, file,
			       ERR_PTR(err));
		else if (err)
			return orthros_fail(err, "control group %s: %s", rec->name, file);
	}
	return 0;
}

/* ---- tie ------------------------------------------------------------------------- */

static int set_xattr(struct orthros_image *img, struct vfsmount *mnt,
		     const struct orthros_cgroup_xattr_rec *rec)
{
	struct orthros_obj *group = orthros_obj_find(img, &orthros_cgroup_type, rec->group);
	char *buf = __getname(), *name;
	struct path path;
	int err;

	if (!buf)
		return -ENOMEM;
	name = orthros_group_path(img, group, rec->file, buf, PATH_MAX);
	err = IS_ERR(name) ? PTR_ERR(name) :
	      vfs_path_lookup(mnt->mnt_root, mnt, name, 0, &path);
	__putname(buf);
	if (err)
		return err;
	inode_lock(d_inode(path.dentry));
	err = __vfs_setxattr(&nop_mnt_idmap, path.dentry, d_inode(path.dentry), rec->data,
			     rec->data + rec->name_len + 1, rec->size, 0);
	inode_unlock(d_inode(path.dentry));
	path_put(&path);
	return err ? orthros_fail(err, "control group %s: attribute %s",
				  orthros_group_rec(group)->name, rec->data) : 0;
}

/**
 * orthros_tie_groups() - make settings and extended attributes
 * @img:	image; all processes are built
 *
 * Return: 0 or negative errno.
 */
int orthros_tie_groups(struct orthros_image *img)
{
	struct vfsmount *mnt = NULL;
	struct orthros_obj *obj;
	int err = 0;

	if (!has_setting(img, WHEN_TIED) &&
	    list_empty(orthros_objs(img, &orthros_cgroup_xattr_type)))
		return 0;
	mnt = orthros_group_mount(img);
	if (IS_ERR(mnt))
		return orthros_fail(PTR_ERR(mnt), "control groups: mount");
	orthros_for_each_obj(obj, img, &orthros_cgroup_type) {
		err = write_settings(img, mnt, obj, WHEN_TIED);
		if (err)
			goto out;
	}
	orthros_for_each_obj(obj, img, &orthros_cgroup_xattr_type) {
		err = set_xattr(img, mnt, obj->rec);
		if (err && img->crashed)
			err = 0;
		if (err)
			break;
	}
out:
	orthros_group_unmount(mnt);
	return err;
}

/* ---- start ----------------------------------------------------------------------- */

/* What was used while the group was built does not count; its parent has its own numbers. */
static void set_cpu_time(struct cgroup *cgrp, const struct orthros_cgroup_stats *s)
{
	cgroup_rstat_flush_hold(cgrp);
	cgrp->bstat.cputime.sum_exec_runtime = s->runtime;
	cgrp->bstat.cputime.utime = s->utime;
	cgrp->bstat.cputime.stime = s->stime;
	cgrp->last_bstat = cgrp->bstat;
	orthros_rstat_release(cgrp);
}

static void set_throttled(struct cgroup *cgrp, const struct orthros_cgroup_stats *s)
{
#ifdef CONFIG_CFS_BANDWIDTH
	struct cgroup_subsys_state *css = rcu_access_pointer(cgrp->subsys[cpu_cgrp_id]);
	struct cfs_bandwidth *b;

	if (!css)
		return;
	b = &container_of(css, struct task_group, css)->cfs_bandwidth;
	raw_spin_lock_irq(&b->lock);
	b->nr_periods = s->nr_periods;
	b->nr_throttled = s->nr_throttled;
	b->nr_burst = s->nr_burst;
	b->throttled_time = s->throttled_time;
	b->burst_time = s->burst_time;
	raw_spin_unlock_irq(&b->lock);
#endif
}

#ifdef CONFIG_MEMCG
static const int mem_events[ORTHROS_CGROUP_EV_NR] = {
	[ORTHROS_CGROUP_EV_LOW]			= MEMCG_LOW,
	[ORTHROS_CGROUP_EV_HIGH]		= MEMCG_HIGH,
	[ORTHROS_CGROUP_EV_MAX]			= MEMCG_MAX,
	[ORTHROS_CGROUP_EV_OOM]			= MEMCG_OOM,
	[ORTHROS_CGROUP_EV_OOM_KILL]		= MEMCG_OOM_KILL,
	[ORTHROS_CGROUP_EV_OOM_GROUP_KILL]	= MEMCG_OOM_GROUP_KILL,
	[ORTHROS_CGROUP_EV_SWAP_HIGH]		= MEMCG_SWAP_HIGH,
	[ORTHROS_CGROUP_EV_SWAP_MAX]		= MEMCG_SWAP_MAX,
	[ORTHROS_CGROUP_EV_SWAP_FAIL]		= MEMCG_SWAP_FAIL,
};
#endif

/*
 * Writing to memory.max or memory.high would reclaim and kill, if more is charged here
 * than there was. What is beyond the limit is for whoever asks for more.
 */
static void set_memory(struct cgroup *cgrp, const struct orthros_cgroup_rec *rec)
{
#ifdef CONFIG_MEMCG
	struct mem_cgroup *memcg =
		mem_cgroup_from_css(rcu_access_pointer(cgrp->subsys[memory_cgrp_id]));
	int i;

	if (!memcg)
		return;
	if (rec->mem_high != ~0ULL)
		page_counter_set_high(&memcg->memory, rec->mem_high);
	if (rec->mem_max != ~0ULL)
		xchg(&memcg->memory.max, (unsigned long)rec->mem_max);
#ifdef CONFIG_CGROUP_WRITEBACK
	wb_domain_size_changed(&memcg->cgwb_domain);
#endif
	memcg->memory.watermark = max_t(unsigned long, rec->stats.mem_peak,
					page_counter_read(&memcg->memory));
	for (i = 0; i < ORTHROS_CGROUP_EV_NR; i++) {
		atomic_long_set(&memcg->memory_events[mem_events[i]], rec->stats.mem_events[i]);
		atomic_long_set(&memcg->memory_events_local[mem_events[i]],
				rec->stats.mem_events_local[i]);
	}
#endif
}

/* A struct of its own file, which looks one way or the other. */
static void set_pids(struct cgroup *cgrp, const struct orthros_cgroup_stats *s)
{
#ifdef CONFIG_CGROUP_PIDS
	static struct orthros_dst_member limit = { .path = "pids_cgroup.events_limit.counter" };
	static struct orthros_dst_member all = {
		.path = "pids_cgroup.events[PIDCG_MAX].counter",
	};
	static struct orthros_dst_member local = {
		.path = "pids_cgroup.events_local[PIDCG_MAX].counter",
	};
	static struct orthros_dst_member state = { .path = "pids_cgroup.css" };
	struct cgroup_subsys_state *css = rcu_access_pointer(cgrp->subsys[pids_cgrp_id]);
	void *off = orthros_dst_member(&state, NULL), *pids;
	u64 now = 0;
	int err;

	if (!css || IS_ERR(off))
		return;
	pids = (void *)css - (unsigned long)off;
	err = orthros_dst_peek(pids, "pids_cgroup.counter.counter", &now) ?:
	      orthros_dst_poke(pids, "pids_cgroup.watermark", max(now, s->pids_peak));
	if (orthros_cgroup_has_file("pids.events.local"))
		err = err ?: orthros_dst_set(&all, pids, s->pids_events) ?:
			     orthros_dst_set(&local, pids, s->pids_events_local);
	else
		err = err ?: orthros_dst_set(&limit, pids, s->pids_events);
	if (err)
		pr_warn("pids.events: %pe\n", ERR_PTR(err));
#endif
}

#ifdef CONFIG_PSI
static const int psi_states[ORTHROS_CGROUP_PSI_NR] = {
	[ORTHROS_CGROUP_PSI_IO_SOME]	= PSI_IO_SOME,
	[ORTHROS_CGROUP_PSI_IO_FULL]	= PSI_IO_FULL,
	[ORTHROS_CGROUP_PSI_MEM_SOME]	= PSI_MEM_SOME,
	[ORTHROS_CGROUP_PSI_MEM_FULL]	= PSI_MEM_FULL,
	[ORTHROS_CGROUP_PSI_CPU_SOME]	= PSI_CPU_SOME,
	[ORTHROS_CGROUP_PSI_CPU_FULL]	= PSI_CPU_FULL,
};
#endif

static void set_psi(struct cgroup *cgrp, const struct orthros_cgroup_stats *s)
{
#ifdef CONFIG_PSI
	struct psi_group *psi = cgroup_parent(cgrp) ? cgrp->psi : &psi_system;
	int i, j;

	if (!cgroup_psi_enabled() || !psi)
		return;
	mutex_lock(&psi->avgs_lock);
	for (i = 0; i < ORTHROS_CGROUP_PSI_NR; i++) {
		psi->total[PSI_AVGS][psi_states[i]] = s->psi_total[i];
		psi->avg_total[psi_states[i]] = s->psi_total[i];
		for (j = 0; j < 3; j++)
			psi->avg[psi_states[i]][j] = s->psi_avg[i][j];
	}
	mutex_unlock(&psi->avgs_lock);
#endif
}

static void freeze(struct cgroup *cgrp)
{
	cgroup_lock();
	cgroup_freeze(cgrp, true);
	cgroup_unlock();
}

/**
 * orthros_start_groups() - what is set before the tasks run
 * @img:	image
 *
 * What changes by this is not told to those who look at files of groups.
 */
void orthros_start_groups(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_cgroup_type) {
		const struct orthros_cgroup_rec *rec = obj->rec;
		const char *at = NULL, *file, *value;
		struct cgroup *cgrp = obj->dst;

		if (!cgrp)
			continue;
		/* That of the root is the machine's. */
		if (!rec->parent || cgrp != &cgrp_dfl_root.cgrp)
			set_psi(cgrp, &rec->stats);
		if (!rec->parent)
			continue;
		set_memory(cgrp, rec);
		set_throttled(cgrp, &rec->stats);
		set_pids(cgrp, &rec->stats);
		while (next_setting(rec, &at, &file, &value))
			if (phase_of(file) == WHEN_STARTED)
				freeze(cgrp);
		timer_delete_sync(&cgrp->events_file.notify_timer);
	}
	/* From below: what a group has used here goes to its parent first. */
	list_for_each_entry_reverse(obj, orthros_objs(img, &orthros_cgroup_type), list)
		if (orthros_group_rec(obj)->parent && obj->dst)
			set_cpu_time(obj->dst, &orthros_group_rec(obj)->stats);
}

/**
 * orthros_tell_groups() - tell what the source was about to tell
 * @img:	image
 */
void orthros_tell_groups(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_cgroup_type)
		if (orthros_group_rec(obj)->flags & ORTHROS_CGROUP_EVENT && obj->dst)
			cgroup_file_notify(&((struct cgroup *)obj->dst)->events_file);
}

/**
 * orthros_release_groups() - from here on they may be removed
 * @img:	image
 */
void orthros_release_groups(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_cgroup_type)
		obj->dst = NULL;
}

/**
 * orthros_settle_groups() - make partitions of CPUs
 * @img:	image
 *
 * They take CPUs from others, so all must be there.
 */
void orthros_settle_groups(struct orthros_image *img)
{
	struct vfsmount *mnt;
	struct orthros_obj *obj;

	if (!has_setting(img, WHEN_SETTLED))
		return;
	mnt = orthros_group_mount(img);
	if (IS_ERR(mnt)) {
		pr_err("control groups: mount: %pe\n", mnt);
		return;
	}
	orthros_for_each_obj(obj, img, &orthros_cgroup_type) {
		int err = write_settings(img, mnt, obj, WHEN_SETTLED);

		/* Somebody may have removed it. */
		if (err && err != -ENOENT)
			pr_err("control group %s: partition: %pe\n",
			       orthros_group_rec(obj)->name, ERR_PTR(err));
	}
	orthros_group_unmount(mnt);
}
