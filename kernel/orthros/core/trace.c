// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The trace of a hop
 *
 * Records of what both kernels do, in the reserved head of the second one's slot
 * (linux/orthros/abi/trace.h). They outlive an aborted hop as well as one that
 * comes to pass, and move along to the slot of the next kernel. Writing never
 * waits: it may happen on any CPU and in any context, also on the last CPU before
 * it parks.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/utsname.h>
#include <linux/orthros/platform.h>
#include <asm/msr.h>
#include <asm/tsc.h>
#define CREATE_TRACE_POINTS
#include "trace.h"

/* The control interface may be a module. */
EXPORT_TRACEPOINT_SYMBOL_GPL(finding);

#ifdef CONFIG_ORTHROS_TRACE

#define STEP_REC_SIZE	128
#define OBJECT_REC_SIZE	64
/* Records lie on cache lines, behind a page of headers. */
#define LANES_START	4096
/* The part of the room that is for steps: many times those of a hop. */
#define STEPS_SHARE	8

/**
 * struct lane - what this kernel goes by, whatever the other one writes
 * @head:	the shared counter of records
 * @recs:	the records
 * @nr:		how many there is room for
 * @size:	bytes of one
 */
struct lane {
	atomic64_t *head;
	void *recs;
	u32 nr;
	u32 size;
};

static struct orthros_trace *trace;
static u32 trace_size;
static u8 trace_side;
static struct lane lanes[ORTHROS_TRACE_LANES];

/* ---- writing -------------------------------------------------------------- */

/*
 * Two writers have the same place only if one is overtaken by a whole round of the
 * ring: then the number of the one is there with the contents of the other, and
 * the sum is wrong.
 *
 * @rec: up to its text, which is cut where the record ends
 */
static void put(enum orthros_trace_lane_id id, const struct orthros_trace_rec *rec,
		const char *text)
{
	const struct lane *lane = &lanes[id];
	u64 buf[STEP_REC_SIZE / sizeof(u64)] = { };
	struct orthros_trace_rec *new = (void *)buf, *to;
	size_t i, room = lane->size - offsetof(struct orthros_trace_rec, text);

	memcpy(new, rec, offsetof(struct orthros_trace_rec, text));
	/* Loops: what is so short is not worth a call, or a string instruction. */
	for (i = 0; i < room && text[i]; i++)
		new->text[i] = text[i];
	new->run = READ_ONCE(trace->run);
	new->cpu = raw_smp_processor_id();
	/* With the LOCK prefix, in this kernel as in the other one. */
	new->seq = atomic64_inc_return(lane->head);
	new->tsc = rdtsc_ordered();
	new->sum = orthros_trace_sum(new, lane->size);
	to = lane->recs + (u32)((new->seq - 1) % lane->nr) * lane->size;
	WRITE_ONCE(to->seq, 0);
	/* It is torn from before anything of it changes until all has. */
	smp_wmb();
	for (i = 1; i < lane->size / sizeof(u64); i++)
		WRITE_ONCE(((u64 *)to)[i], buf[i]);
	/* Pairs with whoever reads the number before and after the rest. */
	smp_store_release(&to->seq, new->seq);
}

/**
 * orthros_trace_put() - write a record
 * @event:	what it tells
 * @phase:	see @event
 * @mark:	see @event
 * @value:	see @event
 * @text:	see @event
 *
 * Context: any.
 */
void orthros_trace_put(enum orthros_trace_event event, u8 phase, u8 mark, int value,
		       const char *text)
{
	struct orthros_trace_rec rec = {
		.pid = task_pid_nr(current), .value = value, .event = event,
		.side = trace_side, .phase = phase, .mark = mark,
	};

	if (trace)
		put(ORTHROS_TRACE_LANE_STEPS, &rec, text);
}

/**
 * orthros_trace_put_object() - write a record of an object
 * @phase:	%ORTHROS_PHASE_READ or %ORTHROS_PHASE_BUILD
 * @sort:	name of its sort
 * @addr:	in the source
 * @pid:	process through which it was found
 * @size:	bytes of its record
 *
 * Context: any.
 */
void orthros_trace_put_object(u8 phase, const char *sort, u64 addr, pid_t pid, u32 size)
{
	struct orthros_trace_rec rec = {
		.addr = addr, .pid = pid, .value = size, .event = ORTHROS_TRACE_OBJECT,
		.side = trace_side, .phase = phase,
	};

	if (trace)
		put(ORTHROS_TRACE_LANE_OBJECTS, &rec, sort);
}

/**
 * orthros_trace_put_refuse() - write a record of something that is not carried
 * @pid:	process, 0 for the machine
 * @comm:	its name
 * @what:	what it is, and why
 *
 * Context: any.
 */
void orthros_trace_put_refuse(pid_t pid, const char *comm, const char *what)
{
	struct orthros_trace_rec rec = {
		.pid = pid, .event = ORTHROS_TRACE_REFUSE, .side = trace_side,
	};
	char text[TASK_COMM_LEN + ORTHROS_TRACE_WHAT + 2];

	scnprintf(text, sizeof(text), "%s: %s", comm, what);
	if (trace)
		put(ORTHROS_TRACE_LANE_STEPS, &rec, text);
}

/**
 * orthros_trace_put_error() - write a record of what was said of an error
 * @err:	negative errno
 * @text:	what
 * @from:	where in the code
 *
 * Context: any.
 */
void orthros_trace_put_error(int err, const char *text, unsigned long from)
{
	struct orthros_trace_rec rec = {
		.addr = from, .pid = task_pid_nr(current), .value = err,
		.event = ORTHROS_TRACE_ERROR, .side = trace_side,
	};

	if (trace)
		put(ORTHROS_TRACE_LANE_STEPS, &rec, text);
}

static void put_kernel(u8 side, const char *release)
{
	struct orthros_trace_rec rec = {
		.pid = task_pid_nr(current), .event = ORTHROS_TRACE_KERNEL, .side = side,
	};

	put(ORTHROS_TRACE_LANE_STEPS, &rec, release);
}

/**
 * orthros_trace_run() - the ActiveOS begins something
 * @name:	"load", "check", "update"
 *
 * What both kernels do from now on belongs to it, until the next one.
 */
void orthros_trace_run(const char *name)
{
	if (!trace)
		return;
	trace->tsc_khz = tsc_khz;
	WRITE_ONCE(trace->run, trace->run + 1);
	orthros_trace_put(ORTHROS_TRACE_RUN, 0, 0, 0, name);
	put_kernel(ORTHROS_TRACE_SRC, init_utsname()->release);
	if (orthros_ho->dst.release[0])
		put_kernel(ORTHROS_TRACE_DST, orthros_ho->dst.release);
}

/* ---- where it is ---------------------------------------------------------- */

/**
 * orthros_trace_format() - make an empty trace
 * @t:		place for it
 * @size:	bytes, 64 KiB at least
 */
void orthros_trace_format(struct orthros_trace *t, u32 size)
{
	struct orthros_trace_lane *steps = &t->lane[ORTHROS_TRACE_LANE_STEPS];
	struct orthros_trace_lane *objs = &t->lane[ORTHROS_TRACE_LANE_OBJECTS];

	memset(t, 0, size);
	t->magic = ORTHROS_TRACE_MAGIC;
	t->version = ORTHROS_TRACE_VERSION;
	t->size = size;
	steps->offset = LANES_START;
	steps->rec_size = STEP_REC_SIZE;
	steps->nr = (size / STEPS_SHARE - LANES_START) / STEP_REC_SIZE;
	objs->offset = size / STEPS_SHARE;
	objs->rec_size = OBJECT_REC_SIZE;
	objs->nr = (size - objs->offset) / OBJECT_REC_SIZE;
}

/**
 * orthros_trace_use() - write there from now on
 * @t:		a trace, or NULL: nowhere
 * @size:	bytes that are there for it
 * @side:	&enum orthros_trace_side
 *
 * What the header says is looked at here, and never again: the other kernel can
 * write it. Nobody may write records meanwhile.
 *
 * Return: what was used before, NULL included, or ERR_PTR(-EINVAL): it does not fit,
 * and all is as before.
 */
struct orthros_trace *orthros_trace_use(struct orthros_trace *t, u32 size, u8 side)
{
	static const u32 rec_size[] = { STEP_REC_SIZE, OBJECT_REC_SIZE };
	struct lane new[ORTHROS_TRACE_LANES] = { };
	struct orthros_trace *was = trace;
	int i;

	BUILD_BUG_ON(ARRAY_SIZE(rec_size) != ORTHROS_TRACE_LANES);
	if (t && (size < sizeof(*t) || t->magic != ORTHROS_TRACE_MAGIC ||
		  t->version != ORTHROS_TRACE_VERSION || t->size != size))
		return ERR_PTR(-EINVAL);
	for (i = 0; t && i < ORTHROS_TRACE_LANES; i++) {
		struct orthros_trace_lane l = t->lane[i];

		if (l.rec_size != rec_size[i] || !l.nr || l.offset % rec_size[i] ||
		    l.offset < sizeof(*t) || l.offset + (u64)l.nr * l.rec_size > size)
			return ERR_PTR(-EINVAL);
		new[i] = (struct lane) {
			.head = (atomic64_t *)&t->lane[i].head,
			.recs = (void *)t + l.offset, .nr = l.nr, .size = l.rec_size,
		};
	}
	memcpy(lanes, new, sizeof(lanes));
	trace_side = side;
	trace_size = size;
	trace = t;
	return was;
}

/**
 * orthros_trace_move() - the ActiveOS writes somewhere else from now on
 * @at:		place for a trace
 * @size:	its bytes
 *
 * What there is of the last runs comes along. Nobody may write meanwhile: no hop
 * or check is under way, and no second kernel alive.
 */
void orthros_trace_move(void *at, size_t size)
{
	if (trace && trace_size == size)
		memcpy(at, trace, size);
	else
		orthros_trace_format(at, size);
	/* Only another kernel could have damaged the copy. */
	if (IS_ERR(orthros_trace_use(at, size, ORTHROS_TRACE_SRC))) {
		orthros_trace_format(at, size);
		orthros_trace_use(at, size, ORTHROS_TRACE_SRC);
	}
}

/**
 * orthros_trace_join() - the BackupOS writes, too
 * @at:		the ActiveOS's trace
 * @size:	its bytes, 0: it has none
 */
void __init orthros_trace_join(void *at, size_t size)
{
	if (!size)
		return;
	if (IS_ERR(orthros_trace_use(at, size, ORTHROS_TRACE_DST)))
		pr_warn("the other kernel's trace has a layout of its own\n");
	else
		put_kernel(ORTHROS_TRACE_DST, init_utsname()->release);
}

/* ---- reading -------------------------------------------------------------- */

/* Clear the addresses of a lane in what was read of the trace from @pos on. */
static void hide_addresses(char *buf, loff_t pos, size_t len, const struct lane *lane)
{
	u64 start = lane->recs - (void *)trace;
	u64 end = start + (u64)lane->nr * lane->size;
	u64 at = start + offsetof(struct orthros_trace_rec, addr);

	if (pos > at)
		at += round_down(pos - at, lane->size);
	for (; at < min_t(u64, end, pos + len); at += lane->size) {
		u64 from = max_t(u64, at, pos);
		u64 to = min_t(u64, at + sizeof(u64), pos + len);

		if (from < to)
			memset(buf + (from - pos), 0, to - from);
	}
}

/**
 * orthros_trace_read() - read the trace as it is
 * @buf:	where to
 * @pos:	bytes from its start
 * @len:	bytes at most
 * @cred:	who reads: kernel addresses are for whoever may see kallsyms
 *
 * Records may be torn: others write meanwhile.
 *
 * Return: bytes read, 0 at the end.
 */
ssize_t orthros_trace_read(char *buf, loff_t pos, size_t len, const struct cred *cred)
{
	int i;

	if (!trace || pos < 0 || pos >= trace_size)
		return 0;
	len = min_t(u64, len, trace_size - pos);
	memcpy(buf, (void *)trace + pos, len);
	if (!kallsyms_show_value(cred))
		for (i = 0; i < ORTHROS_TRACE_LANES; i++)
			hide_addresses(buf, pos, len, &lanes[i]);
	return len;
}
EXPORT_SYMBOL_GPL(orthros_trace_read);

#endif /* CONFIG_ORTHROS_TRACE */
