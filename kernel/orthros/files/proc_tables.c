// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of files below /proc/PID, and of pidfds.
 */
#include "proc_tables.h"

static struct orthros_row proc_layout_rows[] = {
	ORTHROS_ROW(struct orthros_proc_layout, inode_off, OFFSET, 0, "proc_inode.vfs_inode"),
	ORTHROS_ROW(struct orthros_proc_layout, link_off, OFFSET, 0, "task_struct.pid_links"),
};

ORTHROS_TABLE(proc_layout, struct orthros_proc_layout);

#define PROC(f, ...) \
	ORTHROS_ROW(struct orthros_proc_view, f, VALUE, ORTHROS_ROW_NULLABLE, __VA_ARGS__)

static struct orthros_row proc_inode_rows[] = {
	PROC(pid, "proc_inode.pid"),
	PROC(task, "proc_inode.pid->tasks[PIDTYPE_PID].first"),
};

ORTHROS_TABLE(proc_inode, struct orthros_proc_view);

static struct orthros_row proc_task_rows[] = {
	ORTHROS_ROW(struct orthros_proc_mm_view, mm, VALUE, 0, "task_struct.mm"),
};

ORTHROS_TABLE(proc_task, struct orthros_proc_mm_view);

static struct orthros_row proc_maps_rows[] = {
	ORTHROS_ROW(struct orthros_proc_mm_view, mm, VALUE, 0, "proc_maps_private.mm"),
};

ORTHROS_TABLE(proc_maps, struct orthros_proc_mm_view);

static struct orthros_row proc_seq_rows[] = {
	ORTHROS_ROW(struct orthros_proc_mm_view, mm, VALUE, 0, "seq_file.private"),
};

ORTHROS_TABLE(proc_seq, struct orthros_proc_mm_view);

static struct orthros_row seq_private_rows[] = {
	ORTHROS_ROW(struct orthros_trigger_view, private, VALUE, 0, "seq_file.private"),
};

ORTHROS_TABLE(seq_private, struct orthros_trigger_view);

static struct orthros_row kernfs_priv_rows[] = {
	ORTHROS_ROW(struct orthros_trigger_view, private, VALUE, 0, "kernfs_open_file.priv"),
};

ORTHROS_TABLE(kernfs_priv, struct orthros_trigger_view);

static struct orthros_row kernfs_event_rows[] = {
	ORTHROS_ROW(struct orthros_kernfs_event_view, seen, VALUE, 0, "kernfs_open_file.event"),
	ORTHROS_ROW(struct orthros_kernfs_event_view, now, VALUE, ORTHROS_ROW_NULLABLE,
		    "kernfs_open_file.kn->attr.open->event.counter"),
};

ORTHROS_TABLE(kernfs_event, struct orthros_kernfs_event_view);

static struct orthros_row cgroup_trigger_rows[] = {
	ORTHROS_ROW(struct orthros_trigger_view, private, VALUE, ORTHROS_ROW_OPTIONAL,
		    "cgroup_file_ctx.psi.trigger"),
};

ORTHROS_TABLE(cgroup_trigger, struct orthros_trigger_view);

static struct orthros_row pidfd_rows[] = {
	ORTHROS_ROW(struct orthros_pidfd_view, pid, VALUE, 0, "inode.i_private"),
};

ORTHROS_TABLE(pidfd, struct orthros_pidfd_view);

static struct orthros_row pid_task_rows[] = {
	ORTHROS_ROW(struct orthros_pidfd_view, task, VALUE, 0, "pid.tasks[PIDTYPE_PID].first"),
};

ORTHROS_TABLE(pid_task, struct orthros_pidfd_view);
