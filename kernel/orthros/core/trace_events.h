/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace events of this kernel, for tracefs, perf and BPF. The trace of a hop, in
 * which both kernels' records are, is written beside them (trace.h).
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM orthros

#if !defined(_ORTHROS_TRACE_EVENTS_H) || defined(TRACE_HEADER_MULTI_READ)
#define _ORTHROS_TRACE_EVENTS_H

#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/orthros/abi/trace.h>

#define orthros_show_phase(phase)					\
	__print_symbolic(phase,						\
			 { ORTHROS_PHASE_NONE,		"point" },	\
			 { ORTHROS_PHASE_DESCRIBE,	"describe" },	\
			 { ORTHROS_PHASE_FREEZE,	"freeze" },	\
			 { ORTHROS_PHASE_THAW,		"thaw" },	\
			 { ORTHROS_PHASE_TABLES,	"tables" },	\
			 { ORTHROS_PHASE_RESOLVE,	"resolve" },	\
			 { ORTHROS_PHASE_READ,		"read" },	\
			 { ORTHROS_PHASE_GATHER,	"gather" },	\
			 { ORTHROS_PHASE_BUILD,		"build" },	\
			 { ORTHROS_PHASE_TIE,		"tie" },	\
			 { ORTHROS_PHASE_VERIFY,	"verify" },	\
			 { ORTHROS_PHASE_COMMIT,	"commit" },	\
			 { ORTHROS_PHASE_START,		"start" },	\
			 { ORTHROS_PHASE_RELEASE,	"release" },	\
			 { ORTHROS_PHASE_ONLINE,	"online" },	\
			 { ORTHROS_PHASE_SETTLE,	"settle" },	\
			 { ORTHROS_PHASE_PROBE,		"probe" })

/* A step of a kind begins or ends; or, with phase "point", one of the time line. */
TRACE_EVENT(step,

	TP_PROTO(u8 phase, const char *name, u8 mark, int err),

	TP_ARGS(phase, name, mark, err),

	TP_STRUCT__entry(
		__field(u8, phase)
		__field(u8, mark)
		__field(int, err)
		__array(char, name, 24)
	),

	TP_fast_assign(
		__entry->phase = phase;
		__entry->mark = mark;
		__entry->err = err;
		strscpy(__entry->name, name, sizeof(__entry->name));
	),

	TP_printk("%s %s %s err=%d", orthros_show_phase(__entry->phase), __entry->name,
		  __print_symbolic(__entry->mark, { 0, "reached" },
				   { ORTHROS_TRACE_BEGIN, "begin" },
				   { ORTHROS_TRACE_END, "end" }),
		  __entry->err)
);

/* An object was read of the source, or built. */
TRACE_EVENT(object,

	TP_PROTO(u8 phase, const char *sort, u64 addr, pid_t pid, u32 size),

	TP_ARGS(phase, sort, addr, pid, size),

	TP_STRUCT__entry(
		__field(u64, addr)
		__field(pid_t, pid)
		__field(u32, size)
		__field(u8, phase)
		__array(char, sort, 32)
	),

	TP_fast_assign(
		__entry->addr = addr;
		__entry->pid = pid;
		__entry->size = size;
		__entry->phase = phase;
		strscpy(__entry->sort, sort, sizeof(__entry->sort));
	),

	TP_printk("%s %s src=%p pid=%d size=%u", orthros_show_phase(__entry->phase),
		  __entry->sort, (void *)(unsigned long)__entry->addr, __entry->pid,
		  __entry->size)
);

/* Something cannot be carried. */
TRACE_EVENT(refuse,

	TP_PROTO(pid_t pid, const char *comm, const char *what),

	TP_ARGS(pid, comm, what),

	TP_STRUCT__entry(
		__field(pid_t, pid)
		__array(char, comm, 16)
		__array(char, what, 80)
	),

	TP_fast_assign(
		__entry->pid = pid;
		strscpy(__entry->comm, comm, sizeof(__entry->comm));
		strscpy(__entry->what, what, sizeof(__entry->what));
	),

	TP_printk("pid=%d comm=%s %s", __entry->pid, __entry->comm, __entry->what)
);

/* The monitor has found something: in the kernel that looks, and in the one that runs. */
TRACE_EVENT(finding,

	TP_PROTO(const char *detector, const char *text),

	TP_ARGS(detector, text),

	TP_STRUCT__entry(
		__array(char, detector, 16)
		__array(char, text, 192)
	),

	TP_fast_assign(
		strscpy(__entry->detector, detector, sizeof(__entry->detector));
		strscpy(__entry->text, text, sizeof(__entry->text));
	),

	TP_printk("%s %s", __entry->detector, __entry->text)
);

#endif /* _ORTHROS_TRACE_EVENTS_H */

/* From include/trace/. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH ../../kernel/orthros/core
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_events
#include <trace/define_trace.h>
