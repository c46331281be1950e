/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a source has what watches or restricts the machine and is none of a process,
 * see security_tables.c.
 */
#ifndef _ORTHROS_MACHINE_SECURITY_TABLES_H
#define _ORTHROS_MACHINE_SECURITY_TABLES_H

#include "../core/table.h"

/**
 * struct orthros_security_env - addresses, 0 for what the source does not have; read
 *				 with address 0
 * @modules:	pointer to the names of security modules
 * @locked_down: how far the kernel is locked down
 * @integrity:	value of that which protects its integrity
 * @audit_filters: lists of audit rules
 * @nr_audit_filters: their number
 * @init_pid_ns: the namespace that knows about acct()
 * @acct_off:	where
 * @uprobes:	the tree of uprobes
 * @tracers:	list of whom Yama lets trace whom
 * @tracer_off:	node of that list
 */
struct orthros_security_env {
	u64 modules;
	u64 locked_down;
	u64 audit_filters;
	u64 init_pid_ns;
	u64 uprobes;
	u64 tracers;
	u32 integrity;
	u32 nr_audit_filters;
	u32 acct_off;
	u32 tracer_off;
};

/**
 * struct orthros_tracer_view - an exception of Yama
 * @invalid:	it holds no more
 * @tracee:	who may be traced
 * @pid:	its number
 * @tracer:	by whom, 0 for anybody
 * @comm:	its name
 */
struct orthros_tracer_view {
	u64 tracee;
	u8 invalid;
	s32 pid;
	s32 tracer;
	char comm[16];
};

extern struct orthros_table orthros_table_security_env;
extern struct orthros_table orthros_table_tracer;

#endif /* _ORTHROS_MACHINE_SECURITY_TABLES_H */
