// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of what watches or restricts the machine.
 */
#include "security_tables.h"

#define OPT ORTHROS_ROW_OPTIONAL
#define ENV(f, k, ...) ORTHROS_ROW(struct orthros_security_env, f, k, OPT, __VA_ARGS__)

static struct orthros_row security_env_rows[] = {
	ENV(modules, SYM, "lsm_names"),
	ENV(locked_down, SYM, "kernel_locked_down"),
	ENV(audit_filters, SYM, "audit_filter_list"),
	ENV(init_pid_ns, SYM, "init_pid_ns"),
	ENV(uprobes, SYM, "uprobes_tree"),
	ENV(tracers, SYM, "ptracer_relations"),
	ENV(integrity, ENUM, "LOCKDOWN_INTEGRITY_MAX"),
	ENV(nr_audit_filters, CONST, "AUDIT_NR_FILTERS"),
	ENV(acct_off, OFFSET, "pid_namespace.bacct"),
	ENV(tracer_off, OFFSET, "ptrace_relation.node"),
};

ORTHROS_TABLE(security_env, struct orthros_security_env);

#define TRACER(f, k, ...) ORTHROS_ROW(struct orthros_tracer_view, f, k, OPT, __VA_ARGS__)

static struct orthros_row tracer_rows[] = {
	TRACER(invalid, VALUE, "ptrace_relation.invalid"),
	TRACER(tracee, VALUE, "ptrace_relation.tracee"),
	TRACER(pid, VALUE, "ptrace_relation.tracee->pid"),
	ORTHROS_ROW(struct orthros_tracer_view, tracer, VALUE, OPT | ORTHROS_ROW_NULLABLE,
		    "ptrace_relation.tracer->pid"),
	TRACER(comm, STRING, "ptrace_relation.tracee->comm"),
};

ORTHROS_TABLE(tracer, struct orthros_tracer_view);
