// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files and directories below /proc/PID: opened again by their path when all
 * processes are there, and put into the descriptor tables with the terminals.
 * What they say is made when it is read, at the offset they have.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/slab.h>
#include "files_internal.h"
#include "proc_tables.h"

static const struct orthros_file_ops proc_ops;

#define PATH_DEPTH_MAX	512

/* They keep to the memory that the process had when they were opened. */
static const char *const of_memory[] = {
	"proc_mem_operations", "proc_environ_operations", "proc_auxv_operations",
	"proc_pagemap_operations",
};

/* The same, by a seq_file. */
static const char *const of_mappings[] = {
	"proc_pid_maps_operations", "proc_pid_smaps_operations",
	"proc_pid_smaps_rollup_operations", "proc_pid_numa_maps_operations",
};

static bool is_one_of(const struct orthros_image *img, u64 f_op, const char *const *names,
		      unsigned int nr)
{
	while (nr--)
		if (orthros_src_is(img->src, f_op, names[nr]))
			return true;
	return false;
}

/* Address of the mm_struct that an open file is about, or 0. */
static int read_mm_of(const struct orthros_finder *who, const struct orthros_file_view *view,
		      u64 *mm)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_proc_mm_view v;
	int err;

	*mm = 0;
	if (is_one_of(who->img, view->f_op, of_memory, ARRAY_SIZE(of_memory))) {
		*mm = view->private_data;
		return 0;
	}
	if (!is_one_of(who->img, view->f_op, of_mappings, ARRAY_SIZE(of_mappings)))
		return 0;
	err = orthros_read_rec(mem, &orthros_table_proc_seq, view->private_data, &v);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_proc_maps, v.mm, &v);
	*mm = v.mm;
	return err;
}

static int read_private(struct orthros_image *img, struct orthros_table *table, u64 *addr)
{
	struct orthros_trigger_view v;
	int err;

	if (!*addr)
		return 0;
	err = orthros_read_rec(&img->src->mem, table, *addr, &v);
	*addr = err ? 0 : v.private;
	return err;
}

/* Is it in /proc/pressure? */
static int below_pressure(struct orthros_image *img, u64 dentry, bool *ret)
{
	struct orthros_fdentry_view *v;
	int err;

	v = kmalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	err = orthros_read_rec(&img->src->mem, &orthros_table_fdentry, dentry, v) ?:
	      orthros_read_rec(&img->src->mem, &orthros_table_fdentry, v->parent, v);
	*ret = !err && !strcmp(v->name, "pressure");
	kfree(v);
	return err;
}

/**
 * orthros_check_trigger() - refuse a file with a trigger of pressure stall information
 * @who:	through whom it was found
 * @view:	file of proc or of the second version of control groups
 * @proc:	which of them
 *
 * It was written to the file, which wakes who polls it.
 *
 * Return: 0, %ORTHROS_REFUSED or -errno.
 */
int orthros_check_trigger(const struct orthros_finder *who, const struct orthros_file_view *view,
			  bool proc)
{
	struct orthros_image *img = who->img;
	u64 at = view->private_data;
	bool pressure = true;
	int err;

	if (proc) {
		err = below_pressure(img, view->dentry, &pressure);
		if (err || !pressure)
			return err;
		err = read_private(img, &orthros_table_seq_private, &at);
	} else {
		err = read_private(img, &orthros_table_seq_private, &at) ?:
		      read_private(img, &orthros_table_kernfs_priv, &at) ?:
		      read_private(img, &orthros_table_cgroup_trigger, &at);
	}
	return err || !at ? err : orthros_refused(who, "PSI trigger");
}

/* Is the process still there, with the memory that the file shows? */
static int check_process(const struct orthros_finder *who, const struct orthros_file_view *view)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_proc_mm_view task;
	struct orthros_proc_layout l;
	struct orthros_proc_view v;
	u64 mm;
	int err;

	err = orthros_read_rec(mem, &orthros_table_proc_layout, 0, &l);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_proc_inode, view->inode - l.inode_off,
				       &v);
	if (err)
		return err;
	/* In /proc/PID/net nothing is about the process itself. */
	if (!v.pid)
		return 0;
	if (!v.task)
		return orthros_refused(who, "/proc file of a process that has ended");
	err = read_mm_of(who, view, &mm);
	if (err || !mm)
		return err;
	err = orthros_read_rec(mem, &orthros_table_proc_task, v.task - l.link_off, &task);
	if (err)
		return err;
	return task.mm == mm ? 0 : orthros_refused(who, "/proc file of memory that is gone");
}

/**
 * orthros_proc_of_process() - is a file of proc below a process's directory?
 * @img:	image
 * @dentry:	its name, in the source
 *
 * The last but one name on the way up tells.
 *
 * Return: 0, 1 if so, or -errno.
 */
int orthros_proc_of_process(struct orthros_image *img, u64 dentry)
{
	struct orthros_fdentry_view *v;
	bool is_pid = false;
	int i, err = 0;

	v = kmalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	for (i = 0; i < PATH_DEPTH_MAX; i++) {
		err = orthros_read_rec(&img->src->mem, &orthros_table_fdentry, dentry, v);
		if (err || v->parent == dentry)
			break;
		is_pid = v->name[0] >= '0' && v->name[0] <= '9';
		dentry = v->parent;
	}
	kfree(v);
	if (err)
		return err;
	if (i == PATH_DEPTH_MAX)
		return orthros_bad(-ELOOP, "dentry %#llx: no root above it", dentry);
	return is_pid;
}

/**
 * orthros_read_proc_file() - read a file below a process's directory
 * @who:	through whom it was found
 * @obj:	FILE object; its common part is filled
 * @view:	the file
 *
 * Return: 0, %ORTHROS_REFUSED or -errno.
 */
int orthros_read_proc_file(const struct orthros_finder *who, struct orthros_obj *obj,
			   const struct orthros_file_view *view)
{
	unsigned int before = who->img->refused;
	int err;

	obj->ops = &proc_ops;
	err = check_process(who, view);
	if (err)
		return err;
	err = orthros_read_path(who, view->mnt, view->dentry);
	if (err < 0)
		return err;
	return err || who->img->refused != before ? ORTHROS_REFUSED : 0;
}

static int proc_read_file(const struct orthros_finder *who, struct orthros_obj *obj,
			  const struct orthros_file_view *view,
			  const struct orthros_finode_view *inode)
{
	return orthros_read_proc_file(who, obj, view);
}

static struct file *proc_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	struct file *file = orthros_open_path(img, rec, 0);

	if (!IS_ERR(file) && !(rec->flags & O_PATH))
		file->f_pos = rec->pos;
	return file;
}

/* Every process is there: what had to wait for that is opened, pidfds, too. */
static int tie_late_files(struct orthros_image *img)
{
	const struct orthros_file_ops *ops;
	struct orthros_obj *obj;
	struct file *file;

	orthros_for_each_obj(obj, img, &orthros_file_type) {
		ops = obj->ops;
		if (!ops || !ops->late || ops->after_commit)
			continue;
		file = orthros_build_file(img, obj);
		if (IS_ERR(file))
			return PTR_ERR(file);
	}
	return 0;
}

static const struct orthros_file_ops proc_ops = {
	.name	= "/proc file of a process",
	.late	= true,
	.read	= proc_read_file,
	.build	= proc_build,
};

#define PROC(sym) { ORTHROS_MARK_FILE, sym, "/proc file of a process", &proc_ops }

static const struct orthros_mark proc_marks[] = {
	PROC("proc_tgid_base_operations"),
	PROC("proc_tid_base_operations"),
	PROC("proc_task_operations"),
	PROC("proc_fd_operations"),
	PROC("proc_fdinfo_operations"),
	PROC("proc_ns_dir_operations"),
	PROC("proc_net_operations"),
	PROC("proc_single_file_operations"),
	PROC("proc_pid_cmdline_ops"),
	PROC("proc_mem_operations"),
	PROC("proc_environ_operations"),
	PROC("proc_auxv_operations"),
	PROC("proc_pagemap_operations"),
	PROC("proc_pid_maps_operations"),
	PROC("proc_pid_smaps_operations"),
	PROC("proc_pid_smaps_rollup_operations"),
	PROC("proc_pid_numa_maps_operations"),
	PROC("proc_clear_refs_operations"),
	PROC("proc_oom_adj_operations"),
	PROC("proc_oom_score_adj_operations"),
	PROC("proc_loginuid_operations"),
	PROC("proc_sessionid_operations"),
	PROC("proc_pid_set_comm_operations"),
	PROC("proc_pid_set_timerslack_ns_operations"),
	PROC("proc_coredump_filter_operations"),
	PROC("proc_uid_map_operations"),
	PROC("proc_gid_map_operations"),
	PROC("proc_setgroups_operations"),
	PROC("proc_mounts_operations"),
	PROC("proc_mountinfo_operations"),
	PROC("proc_mountstats_operations"),
	{}
};

const struct orthros_kind orthros_proc_kind = {
	.name	= "/proc file of a process",
	.tables	= ORTHROS_TABLES(&orthros_table_proc_layout, &orthros_table_proc_inode,
				 &orthros_table_proc_task, &orthros_table_proc_maps,
				 &orthros_table_proc_seq, &orthros_table_seq_private,
				 &orthros_table_kernfs_priv, &orthros_table_cgroup_trigger),
	.marks	= proc_marks,
	.tie	= tie_late_files,
};
