/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is traced of a hop: each of these is both a trace event of this kernel
 * (trace_events.h) and a record in the trace that both kernels share.
 */
#ifndef _ORTHROS_TRACE_H
#define _ORTHROS_TRACE_H

#include <linux/instruction_pointer.h>
#include <linux/orthros/abi/handoff.h>
#include "trace_events.h"

/* Longest text of a refusal, with its NUL. */
#define ORTHROS_TRACE_WHAT	80

#ifdef CONFIG_ORTHROS_TRACE
void orthros_trace_put(enum orthros_trace_event event, u8 phase, u8 mark, int value,
		       const char *text);
void orthros_trace_put_object(u8 phase, const char *sort, u64 addr, pid_t pid, u32 size);
void orthros_trace_put_refuse(pid_t pid, const char *comm, const char *what);
void orthros_trace_put_error(int err, const char *text, unsigned long from);
void orthros_trace_run(const char *name);
void orthros_trace_format(struct orthros_trace *t, u32 size);
struct orthros_trace *orthros_trace_use(struct orthros_trace *t, u32 size, u8 side);
#else
static inline void orthros_trace_put(enum orthros_trace_event event, u8 phase, u8 mark,
				     int value, const char *text) { }
static inline void orthros_trace_put_object(u8 phase, const char *sort, u64 addr, pid_t pid,
					    u32 size) { }
static inline void orthros_trace_put_refuse(pid_t pid, const char *comm, const char *what) { }
static inline void orthros_trace_put_error(int err, const char *text, unsigned long from) { }
static inline void orthros_trace_run(const char *name) { }
#endif

/**
 * orthros_trace_step() - a step of a kind, or of a device, begins or ends
 * @phase:	which
 * @kind:	its name
 * @mark:	begin or end
 * @err:	at the end: 0 or negative errno
 */
static inline void orthros_trace_step(enum orthros_phase phase, const char *kind,
				      enum orthros_trace_mark mark, int err)
{
	trace_step(phase, kind, mark, err);
	orthros_trace_put(ORTHROS_TRACE_STEP, phase, mark, err, kind);
}

/**
 * orthros_trace_point() - a point of the time line is reached
 * @point:	which
 * @name:	its name
 */
static inline void orthros_trace_point(enum orthros_stamp point, const char *name)
{
	trace_step(ORTHROS_PHASE_NONE, name, 0, 0);
	orthros_trace_put(ORTHROS_TRACE_POINT, point, 0, 0, name);
}

/**
 * orthros_trace_object() - an object was read or built
 * @phase:	%ORTHROS_PHASE_READ or %ORTHROS_PHASE_BUILD
 * @sort:	name of its sort
 * @addr:	in the source
 * @pid:	process through which it was found
 * @size:	bytes of its record
 */
static inline void orthros_trace_object(enum orthros_phase phase, const char *sort, u64 addr,
					pid_t pid, u32 size)
{
	trace_object(phase, sort, addr, pid, size);
	orthros_trace_put_object(phase, sort, addr, pid, size);
}

/**
 * orthros_trace_refuse() - something cannot be carried
 * @pid:	process, 0 for the machine
 * @comm:	its name
 * @what:	what it is, and why
 */
static inline void orthros_trace_refuse(pid_t pid, const char *comm, const char *what)
{
	trace_refuse(pid, comm, what);
	orthros_trace_put_refuse(pid, comm, what);
}

#endif /* _ORTHROS_TRACE_H */
