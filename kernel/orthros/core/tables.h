/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the core's walkers see of a source kernel. A view is like a record,
 * but never leaves the reader. Fixed-width types only, and nothing that the
 * host lacks: scripts/check-tables compiles this, too.
 */
#ifndef _ORTHROS_TABLES_CORE_H
#define _ORTHROS_TABLES_CORE_H

#include "table.h"

/**
 * struct orthros_core_view - where a walk of all tasks begins
 * @init_task:		address of the idle task of CPU 0, the head of the list
 * @tasks_off:		offset of task_struct.tasks, to get back from a list node
 * @thread_node_off:	offset of task_struct.thread_node
 * @task_size:		size of a task_struct
 *
 * Constants of the source: read it with address 0.
 */
struct orthros_core_view {
	u64 init_task;
	u32 tasks_off;
	u32 thread_node_off;
	u32 task_size;
};

/**
 * struct orthros_task_view - what a walk of all tasks needs of one
 * @tasks_next:		next process: address of its task_struct.tasks
 * @thread_head:	address of the list head of the process's threads
 * @thread_next:	next thread: address of its task_struct.thread_node
 * @mm:			0 for a kernel thread
 * @pid:		in the initial namespace
 * @tgid:		likewise
 * @comm:		NUL-terminated
 */
struct orthros_task_view {
	u64 tasks_next;
	u64 thread_head;
	u64 thread_next;
	u64 mm;
	s32 pid;
	s32 tgid;
	char comm[16];
};

/**
 * struct orthros_pidnr_view - a struct pid
 * @nr:		its number in the initial namespace
 */
struct orthros_pidnr_view {
	s32 nr;
};

extern struct orthros_table orthros_table_core;
extern struct orthros_table orthros_table_core_task;
extern struct orthros_table orthros_table_pidnr;

#endif /* _ORTHROS_TABLES_CORE_H */
