/* SPDX-License-Identifier: GPL-2.0 */
/* How processes are read, see tables.c; into records of abi/task.h. */
#ifndef _ORTHROS_TASK_TABLES_H
#define _ORTHROS_TASK_TABLES_H

#include "../core/table.h"

extern struct orthros_table orthros_table_task_env;
extern struct orthros_table orthros_table_task;
extern struct orthros_table orthros_table_signal;
extern struct orthros_table orthros_table_timer;
extern struct orthros_table orthros_table_timer_real;
extern struct orthros_table orthros_table_timer_cpu;
extern struct orthros_table orthros_table_regs;
extern struct orthros_table orthros_table_sigaction;
extern struct orthros_table orthros_table_sighand;
extern struct orthros_table orthros_table_sigpending;
extern struct orthros_table orthros_table_sigqueue;
extern struct orthros_table orthros_table_task_head;
extern struct orthros_table orthros_table_exec;
extern struct orthros_table orthros_table_ports;

#endif /* _ORTHROS_TASK_TABLES_H */
