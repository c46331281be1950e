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

#define PATH_DEPTH_MAX	512

static const char *const proc_fops[] = {
	"proc_tgid_base_operations",
	"proc_tid_base_operations",
	"proc_task_operations",
	"proc_fd_operations",
	"proc_fdinfo_operations",
	"proc_ns_dir_operations",
	"proc_net_operations",
	"proc_single_file_operations",
	"proc_pid_cmdline_ops",
	"proc_mem_operations",
	"proc_environ_operations",
	"proc_auxv_operations",
	"proc_pagemap_operations",
	"proc_pid_maps_operations",
	"proc_pid_smaps_operations",
	"proc_pid_smaps_rollup_operations",
	"proc_pid_numa_maps_operations",
	"proc_clear_refs_operations",
	"proc_oom_adj_operations",
	"proc_oom_score_adj_operations",
	"proc_loginuid_operations",
	"proc_sessionid_operations",
	"proc_pid_set_comm_operations",
	"proc_pid_set_timerslack_ns_operations",
	"proc_coredump_filter_operations",
	"proc_uid_map_operations",
	"proc_gid_map_operations",
	"proc_setgroups_operations",
	"proc_mounts_operations",
	"proc_mountinfo_operations",
	"proc_mountstats_operations",
	NULL
};

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
	struct orthros_file_rec *rec = obj->rec;
	unsigned int before = who->img->refused;
	int err;

	rec->type = ORTHROS_FILE_PROC;
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

/**
 * orthros_finish_proc_files() - open what is below /proc/PID, and pidfds
 * @img:	image; every process is built
 *
 * Return: 0 or -errno.
 */
int orthros_finish_proc_files(struct orthros_image *img)
{
	const struct orthros_file_rec *rec;
	struct orthros_obj *obj;
	struct file *file;

	orthros_for_each_obj(obj, img, &orthros_file_type) {
		rec = obj->rec;
		if (rec->type != ORTHROS_FILE_PROC && rec->type != ORTHROS_FILE_PIDFD)
			continue;
		file = orthros_build_file(img, obj);
		if (IS_ERR(file))
			return PTR_ERR(file);
	}
	return 0;
}

const struct orthros_file_ops orthros_file_proc_ops = {
	.name	= "/proc file of a process",
	.fops	= proc_fops,
	.read	= proc_read_file,
	.build	= proc_build,
};
