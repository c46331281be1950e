// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trace in the trace event format of Chrome, which Perfetto opens
 * (ui.perfetto.dev). One process is the hop itself, with the stages between points
 * of its time line; then one for each kernel, in which each phase is a thread with a
 * slice for each step of a kind.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

#define HOP_PID		1
#define KERNEL_PID	2	/* the first one's */

/* Threads: the phases by their numbers, and behind them: */
enum { TID_POINTS = 100, TID_READ, TID_BUILT, TID_SAID };

/* Points of the time line that follow each other; others are beside them. */
static const struct stage {
	const char *name;
	const char *from;
	const char *to;
} stages[] = {
	{ "check", "begin", "checked" },
	{ "prepare", "checked", "freeze" },
	{ "downtime", "freeze", "released" },
	{ "freeze", "freeze", "frozen" },
	{ "quiesce", "frozen", "quiesced" },
	{ "park", "quiesced", "parked" },
	{ "fence", "parked", "fenced" },
	{ "read", "fenced", "read" },
	{ "file systems", "read", "fs" },
	{ "processes", "fs", "built" },
	{ "verify", "built", "verified" },
	{ "commit", "verified", "commit" },
	{ "devices", "commit", "devices" },
	{ "release", "devices", "released" },
};

static void put_string(FILE *f, const char *text)
{
	putc('"', f);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', f);
		putc(*text, f);
	}
	putc('"', f);
}

/* Opens an event, up to its name. */
static void begin(FILE *f, char ph, unsigned int pid, unsigned int tid, uint64_t ns,
		  const char *name)
{
	fprintf(f, ",\n{\"ph\":\"%c\",\"pid\":%u,\"tid\":%u,\"ts\":%" PRIu64 ".%03u,\"name\":",
		ph, pid, tid, ns / 1000, (unsigned int)(ns % 1000));
	put_string(f, name);
}

static void put_duration(FILE *f, uint64_t ns)
{
	fprintf(f, ",\"dur\":%" PRIu64 ".%03u", ns / 1000, (unsigned int)(ns % 1000));
}

static void name_process(FILE *f, unsigned int pid, const char *name)
{
	fprintf(f, ",\n{\"ph\":\"M\",\"pid\":%u,\"name\":\"process_name\",\"args\":{\"name\":",
		pid);
	put_string(f, name);
	fprintf(f, "}},\n{\"ph\":\"M\",\"pid\":%u,\"name\":\"process_sort_index\","
		   "\"args\":{\"sort_index\":%u}}", pid, pid);
}

static void name_thread(FILE *f, unsigned int pid, unsigned int tid, const char *name)
{
	fprintf(f, ",\n{\"ph\":\"M\",\"pid\":%u,\"tid\":%u,\"name\":\"thread_name\","
		   "\"args\":{\"name\":", pid, tid);
	put_string(f, name);
	fprintf(f, "}},\n{\"ph\":\"M\",\"pid\":%u,\"tid\":%u,\"name\":\"thread_sort_index\","
		   "\"args\":{\"sort_index\":%u}}", pid, tid, tid);
}

static unsigned int tid_of(const struct trace_event *e)
{
	switch (e->rec.event) {
	case ORTHROS_TRACE_STEP:
		return e->rec.phase;
	case ORTHROS_TRACE_POINT:
		return TID_POINTS;
	case ORTHROS_TRACE_OBJECT:
		return e->rec.phase == ORTHROS_PHASE_READ ? TID_READ : TID_BUILT;
	default:
		return TID_SAID;
	}
}

static const char *tid_name(unsigned int tid)
{
	switch (tid) {
	case TID_POINTS:
		return "points reached";
	case TID_READ:
		return "objects read";
	case TID_BUILT:
		return "objects built";
	case TID_SAID:
		return "errors and refusals";
	default:
		return trace_phase(tid);
	}
}

static void name_all(const struct trace *t, FILE *f)
{
	size_t i, k;

	name_process(f, HOP_PID, "hop");
	for (k = 0; k < t->nr_kernels; k++) {
		bool seen[256] = { false };
		char name[2 * TRACE_TEXT];

		snprintf(name, sizeof(name), "%s %s", trace_side(t->kernels[k].side),
			 t->kernels[k].release);
		name_process(f, KERNEL_PID + k, name);
		for (i = 0; i < t->nr; i++) {
			unsigned int tid = tid_of(&t->events[i]);

			if (t->events[i].kernel != k || seen[tid])
				continue;
			seen[tid] = true;
			name_thread(f, KERNEL_PID + k, tid, tid_name(tid));
		}
	}
}

static bool is_point(const struct trace_event *e, uint16_t run, const char *name)
{
	return e->rec.event == ORTHROS_TRACE_POINT && e->rec.run == run && !strcmp(e->text, name);
}

static void put_stages(const struct trace *t, const struct trace_event *from, FILE *f)
{
	const struct trace_event *to;
	size_t i;

	for (i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		if (strcmp(stages[i].from, from->text))
			continue;
		/* One that is reached again counts the last time. */
		for (to = from + 1; to < t->events + t->nr; to++)
			if (is_point(to, from->rec.run, stages[i].to) ||
			    is_point(to, from->rec.run, from->text))
				break;
		if (to == t->events + t->nr || !strcmp(to->text, from->text))
			continue;
		begin(f, 'X', HOP_PID, 1, from->ns, stages[i].name);
		put_duration(f, to->ns - from->ns);
		fputs(",\"cat\":\"stage\"}", f);
	}
}

/* The slice of a step that begins here; one that never ends stays open. */
static void put_step(const struct trace *t, const struct trace_event *e, FILE *f)
{
	const struct trace_event *end;

	if (e->rec.mark != ORTHROS_TRACE_BEGIN)
		return;
	for (end = e + 1; end < t->events + t->nr; end++)
		if (end->rec.event == ORTHROS_TRACE_STEP && end->kernel == e->kernel &&
		    end->rec.run == e->rec.run && end->rec.phase == e->rec.phase &&
		    !strcmp(end->text, e->text))
			break;
	if (end == t->events + t->nr || end->rec.mark != ORTHROS_TRACE_END) {
		begin(f, 'B', KERNEL_PID + e->kernel, tid_of(e), e->ns, e->text);
		fprintf(f, ",\"cat\":\"step\",\"args\":{\"cpu\":%u,\"pid\":%d}}", e->rec.cpu,
			e->rec.pid);
		return;
	}
	begin(f, 'X', KERNEL_PID + e->kernel, tid_of(e), e->ns, e->text);
	put_duration(f, end->ns - e->ns);
	fprintf(f, ",\"cat\":\"step\",\"args\":{\"cpu\":%u,\"pid\":%d,\"error\":%d}}",
		e->rec.cpu, e->rec.pid, end->rec.value);
}

static void put_object(const struct trace_event *e, uint64_t *nr, FILE *f)
{
	bool read = e->rec.phase == ORTHROS_PHASE_READ;

	begin(f, 'i', KERNEL_PID + e->kernel, tid_of(e), e->ns, e->text);
	fprintf(f, ",\"s\":\"t\",\"cat\":\"object\",\"args\":{\"pid\":%d,\"size\":%d",
		e->rec.pid, e->rec.value);
	if (e->rec.addr)
		fprintf(f, ",\"src\":\"%#" PRIx64 "\"", (uint64_t)e->rec.addr);
	fputs("}}", f);
	nr[read]++;
	begin(f, 'C', HOP_PID, 1, e->ns, "objects");
	fprintf(f, ",\"args\":{\"read\":%" PRIu64 ",\"built\":%" PRIu64 "}}", nr[true], nr[false]);
}

static void put_said(const struct trace_event *e, FILE *f)
{
	const char *cat = e->rec.event == ORTHROS_TRACE_REFUSE ? "refuse" :
			  e->rec.event == ORTHROS_TRACE_ERROR ? "error" : "run";

	begin(f, 'i', KERNEL_PID + e->kernel, tid_of(e), e->ns, e->text);
	fprintf(f, ",\"s\":\"p\",\"cat\":\"%s\",\"args\":{\"pid\":%d", cat, e->rec.pid);
	if (e->rec.event == ORTHROS_TRACE_ERROR)
		fprintf(f, ",\"error\":%d", e->rec.value);
	if (e->rec.addr)
		fprintf(f, ",\"from\":\"%#" PRIx64 "\"", (uint64_t)e->rec.addr);
	fputs("}}", f);
}

/**
 * trace_write_json() - for ui.perfetto.dev
 * @t:	trace
 * @f:	where to
 */
void trace_write_json(const struct trace *t, FILE *f)
{
	const struct trace_event *e;
	uint64_t nr[2] = { 0, 0 };

	fprintf(f, "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"torn\":%" PRIu64
		",\"overwritten\":%" PRIu64 "},\"traceEvents\":[\n", t->torn, t->overwritten);
	fputs("{\"ph\":\"M\",\"pid\":1,\"tid\":1,\"name\":\"thread_name\","
	      "\"args\":{\"name\":\"time line\"}}", f);
	name_all(t, f);
	for (e = t->events; e < t->events + t->nr; e++) {
		switch (e->rec.event) {
		case ORTHROS_TRACE_POINT:
			put_stages(t, e, f);
			begin(f, 'i', KERNEL_PID + e->kernel, tid_of(e), e->ns, e->text);
			fprintf(f, ",\"s\":\"t\",\"cat\":\"point\",\"args\":{\"cpu\":%u}}",
				e->rec.cpu);
			break;
		case ORTHROS_TRACE_STEP:
			put_step(t, e, f);
			break;
		case ORTHROS_TRACE_OBJECT:
			put_object(e, nr, f);
			break;
		case ORTHROS_TRACE_KERNEL:
			break;
		default:
			put_said(e, f);
			break;
		}
	}
	fputs("\n]}\n", f);
}
