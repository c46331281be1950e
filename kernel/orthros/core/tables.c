// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of the task list, which every walk begins with.
 *
 * They are the pattern for the others: views and records are declared in
 * tables/<area>.h or include/linux/orthros/abi/, each table is listed in
 * all_tables.h and each file in the Makefile.
 */
#include "tables.h"

/* Nothing but constants of the source, so its address does not matter. */
static struct orthros_row core_rows[] = {
	ORTHROS_ROW(struct orthros_core_view, init_task, SYM, 0, "init_task"),
	ORTHROS_ROW(struct orthros_core_view, tasks_off, OFFSET, 0,
		    "task_struct.tasks"),
	ORTHROS_ROW(struct orthros_core_view, thread_node_off, OFFSET, 0,
		    "task_struct.thread_node"),
	ORTHROS_ROW(struct orthros_core_view, task_size, SIZEOF, 0,
		    "task_struct"),
};

ORTHROS_TABLE(core, struct orthros_core_view);

static struct orthros_row core_task_rows[] = {
	ORTHROS_ROW(struct orthros_task_view, tasks_next, VALUE, 0,
		    "task_struct.tasks.next"),
	ORTHROS_ROW(struct orthros_task_view, thread_head, ADDR, 0,
		    "task_struct.signal->thread_head"),
	ORTHROS_ROW(struct orthros_task_view, thread_next, VALUE, 0,
		    "task_struct.thread_node.next"),
	ORTHROS_ROW(struct orthros_task_view, mm, VALUE, 0,
		    "task_struct.mm"),
	ORTHROS_ROW(struct orthros_task_view, pid, VALUE, 0,
		    "task_struct.pid"),
	ORTHROS_ROW(struct orthros_task_view, tgid, VALUE, 0,
		    "task_struct.tgid"),
	ORTHROS_ROW(struct orthros_task_view, comm, STRING, 0,
		    "task_struct.comm"),
};

ORTHROS_TABLE(core_task, struct orthros_task_view);

static struct orthros_row pidnr_rows[] = {
	ORTHROS_ROW(struct orthros_pidnr_view, nr, VALUE, 0, "pid.numbers[0].nr"),
};

ORTHROS_TABLE(pidnr, struct orthros_pidnr_view);
