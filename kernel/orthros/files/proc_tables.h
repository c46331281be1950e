/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of files below /proc/PID sees of a source kernel, see
 * proc_tables.c.
 */
#ifndef _ORTHROS_TABLES_PROC_H
#define _ORTHROS_TABLES_PROC_H

#include "../core/table.h"

/**
 * struct orthros_proc_layout - where things are
 * @inode_off:	of the inode in a struct proc_inode
 * @link_off:	of the first node in the lists of a struct pid, in a task
 */
struct orthros_proc_layout {
	u64 inode_off;
	u64 link_off;
};

/**
 * struct orthros_proc_view - a struct proc_inode
 * @pid:	address of the struct pid that it is about, 0 for none
 * @task:	link of the task that has it, 0: it has ended
 */
struct orthros_proc_view {
	u64 pid;
	u64 task;
};

/**
 * struct orthros_proc_mm_view - whose memory an open file shows
 * @mm:		address of its mm_struct
 */
struct orthros_proc_mm_view {
	u64 mm;
};

/**
 * struct orthros_trigger_view - on the way to a trigger of pressure stall information
 * @private:	what comes next, or the trigger; 0 for none
 */
struct orthros_trigger_view {
	u64 private;
};

/**
 * struct orthros_pidfd_view - what a pidfd stands for
 * @pid:	address of its struct pid
 * @task:	link of the task that has it, 0: it has ended
 */
struct orthros_pidfd_view {
	u64 pid;
	u64 task;
};

/* Of an open file of kernfs: what poll() goes by. */
struct orthros_kernfs_event_view {
	s32 seen;
	s32 now;
};

extern struct orthros_table orthros_table_proc_layout;
extern struct orthros_table orthros_table_proc_inode;
extern struct orthros_table orthros_table_proc_task;
extern struct orthros_table orthros_table_proc_maps;
extern struct orthros_table orthros_table_proc_seq;
extern struct orthros_table orthros_table_seq_private;
extern struct orthros_table orthros_table_kernfs_priv;
extern struct orthros_table orthros_table_cgroup_trigger;
extern struct orthros_table orthros_table_kernfs_event;
extern struct orthros_table orthros_table_pidfd;
extern struct orthros_table orthros_table_pid_task;

#endif /* _ORTHROS_TABLES_PROC_H */
