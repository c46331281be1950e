/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The trace of a hop: records that both kernels write to one place in the
 * slot of the second, and that tools read (/sys/kernel/orthros/trace).
 *
 * It has lanes, each a ring of records of one size, so that the many of one
 * sort do not push out the few of another. Any CPU of either kernel writes, with
 * no lock: a writer takes a number, marks the record as torn, fills it and gives
 * it its number. A reader believes nothing: a record counts if its number belongs
 * there and its sum is right. A change of layout bumps %ORTHROS_TRACE_VERSION.
 */
#ifndef _LINUX_ORTHROS_ABI_TRACE_H
#define _LINUX_ORTHROS_ABI_TRACE_H

#include <linux/types.h>

#define ORTHROS_TRACE_MAGIC	0x454341525452484fULL
#define ORTHROS_TRACE_VERSION	1

/* Append only. */
enum orthros_trace_lane_id {
	ORTHROS_TRACE_LANE_STEPS = 0,	/* all but objects: some hundreds a hop */
	ORTHROS_TRACE_LANE_OBJECTS,	/* thousands */
	ORTHROS_TRACE_LANES
};

/* What a record tells. Append only. */
enum orthros_trace_event {
	ORTHROS_TRACE_RUN = 1,	/* a load, check or update begins: its name */
	ORTHROS_TRACE_KERNEL,	/* release of the kernel on that side of the run */
	ORTHROS_TRACE_POINT,	/* of the time line, &enum orthros_stamp in @phase */
	ORTHROS_TRACE_STEP,	/* of a kind or device: its name, &enum orthros_phase */
	ORTHROS_TRACE_OBJECT,	/* was read or built: its sort */
	ORTHROS_TRACE_REFUSE,	/* cannot be carried: "COMMAND: WHAT: WHY" */
	ORTHROS_TRACE_ERROR,	/* what was said of an error */
};

/* Which kernel wrote it. */
enum orthros_trace_side {
	ORTHROS_TRACE_SRC = 1,	/* ran the processes when the run began */
	ORTHROS_TRACE_DST,	/* takes them over */
};

/*
 * Steps of a kind, as the members of struct orthros_kind; and the start of the
 * drivers of one device. Append only.
 */
enum orthros_phase {
	ORTHROS_PHASE_NONE = 0,
	ORTHROS_PHASE_DESCRIBE,
	ORTHROS_PHASE_FREEZE,
	ORTHROS_PHASE_THAW,
	ORTHROS_PHASE_TABLES,
	ORTHROS_PHASE_RESOLVE,
	ORTHROS_PHASE_READ,
	ORTHROS_PHASE_GATHER,
	ORTHROS_PHASE_BUILD,
	ORTHROS_PHASE_TIE,
	ORTHROS_PHASE_VERIFY,
	ORTHROS_PHASE_COMMIT,
	ORTHROS_PHASE_START,
	ORTHROS_PHASE_RELEASE,
	ORTHROS_PHASE_ONLINE,
	ORTHROS_PHASE_SETTLE,
	ORTHROS_PHASE_PROBE,
};

/* Of %ORTHROS_TRACE_STEP. */
enum orthros_trace_mark {
	ORTHROS_TRACE_BEGIN = 1,
	ORTHROS_TRACE_END,
};

/**
 * struct orthros_trace_rec - one record
 * @seq:	its number in the lane, from 1 on; 0 while it is being written
 * @tsc:	when
 * @addr:	objects: in the source; errors: where it was said, in the code
 *		of the kernel that wrote it; else 0. 0 for who may not see it
 * @pid:	objects, refusals: process, 0 for the machine; else who wrote it
 * @value:	end of a step, error: 0 or a negative errno; objects: bytes of the
 *		record that was read
 * @sum:	orthros_trace_sum() of the others
 * @run:	number of the run
 * @cpu:	that wrote it, by its kernel's numbers
 * @event:	&enum orthros_trace_event
 * @side:	&enum orthros_trace_side
 * @phase:	see @event; objects: %ORTHROS_PHASE_READ or %ORTHROS_PHASE_BUILD
 * @mark:	&enum orthros_trace_mark
 * @text:	to the end of the record, padded with zeros, not terminated
 */
struct orthros_trace_rec {
	__u64	seq;
	__u64	tsc;
	__u64	addr;
	__s32	pid;
	__s32	value;
	__u32	sum;
	__u16	run;
	__u16	cpu;
	__u8	event;
	__u8	side;
	__u8	phase;
	__u8	mark;
	char	text[];
} __packed __aligned(8);

/**
 * struct orthros_trace_lane - a ring of records
 * @head:	records ever begun; number n is at index (n - 1) % @nr
 * @offset:	of the first one from the start of the trace
 * @nr:		how many there is room for
 * @rec_size:	bytes of one, a multiple of 8
 * @pad:	0: writers of different lanes do not share a cache line
 */
struct orthros_trace_lane {
	__u64	head;
	__u32	offset;
	__u32	nr;
	__u32	rec_size;
	__u32	pad[11];
} __packed __aligned(8);

/**
 * struct orthros_trace - the trace
 * @magic:	%ORTHROS_TRACE_MAGIC
 * @version:	%ORTHROS_TRACE_VERSION
 * @size:	bytes, with all lanes
 * @tsc_khz:	frequency of the TSC
 * @run:	number of the last run
 * @pad:	0
 * @lane:	by &enum orthros_trace_lane_id
 */
struct orthros_trace {
	__u64	magic;
	__u32	version;
	__u32	size;
	__u32	tsc_khz;
	__u32	run;
	__u64	pad[5];
	struct orthros_trace_lane lane[ORTHROS_TRACE_LANES];
} __packed __aligned(8);

/**
 * orthros_trace_sum() - tell a record from one that two have written
 * @rec:	the record
 * @size:	bytes of it, a multiple of 8
 *
 * @addr is left out: it may be hidden from who reads.
 *
 * Return: the sum, never that of zeros.
 */
static inline __u32 orthros_trace_sum(const struct orthros_trace_rec *rec, __u32 size)
{
	const __u64 *word = (const __u64 *)rec;
	__u64 x = 0x9e3779b97f4a7c15ULL ^ size;
	__u32 i;

	for (i = 0; i < size / 8; i++) {
		__u64 w = word[i];

		if (i == __builtin_offsetof(struct orthros_trace_rec, addr) / 8)
			continue;
		/* The sum itself is the lower half of its word. */
		if (i == __builtin_offsetof(struct orthros_trace_rec, sum) / 8)
			w &= ~0xffffffffULL;
		x = (x << 7 | x >> 57) ^ w;
	}
	return (__u32)(x ^ x >> 32);
}

#endif /* _LINUX_ORTHROS_ABI_TRACE_H */
