/* SPDX-License-Identifier: GPL-2.0 */
/* What the reader of what there is one of sees of a source kernel, see tables.c. */
#ifndef _ORTHROS_MACHINE_TABLES_H
#define _ORTHROS_MACHINE_TABLES_H

#include "../core/table.h"

/**
 * struct orthros_machine_env - constants of the source; read with address 0
 * @init_pid_ns:	address of the initial PID namespace
 * @idr_next:		offset of the next PID in that
 * @pid_max_addr:	address of the limit, or 0
 * @boot_id:		address of /proc/sys/kernel/random/boot_id, 16 bytes
 */
struct orthros_machine_env {
	u64 init_pid_ns;
	u64 idr_next;
	u64 pid_max_addr;
	u64 boot_id;
};

extern struct orthros_table orthros_table_machine_env;
extern struct orthros_table orthros_table_thp;

#endif /* _ORTHROS_MACHINE_TABLES_H */
