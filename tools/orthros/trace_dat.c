// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trace as a trace.dat of version 6, which trace-cmd and KernelShark open; the
 * format is that of trace-cmd.dat.v6(5). Its CPUs are those of both kernels, one
 * behind the other, and its tasks the two kernels.
 */
#include <err.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

#define PAGE		4096
#define PAGE_HEAD	16	/* time, bytes */
#define NR_STRING	TRACE_TEXT
#define SORT		32

/* Types of events of a ring buffer that are not data. */
#define TYPE_LONG	0	/* data; its length follows */
#define TYPE_EXTEND	30	/* upper bits of a delta */
#define DELTA_BITS	27

/* What every event begins with. */
struct common {
	uint16_t type;
	uint8_t flags;
	uint8_t preempt_count;
	int32_t pid;
} __packed;

struct step_event {
	struct common common;
	int32_t err;
	char phase[12];
	char mark[8];
	char kind[NR_STRING];
} __packed;

struct object_event {
	struct common common;
	uint64_t src;
	int32_t pid;
	int32_t size;
	char phase[8];
	char sort[SORT];
} __packed;

/* Points, refusals, errors, runs. */
struct text_event {
	struct common common;
	uint64_t from;
	int32_t pid;
	int32_t err;
	char text[NR_STRING];
} __packed;

struct field {
	const char *decl;
	size_t offset;
	size_t size;
	bool is_signed;
};

#define FIELD(type, decl, member, sgn)					\
	{ decl, offsetof(struct type, member), sizeof(((struct type *)0)->member), sgn }
#define STR2(x)	#x
#define STR(x)	STR2(x)

static const struct field step_fields[] = {
	FIELD(step_event, "int err", err, true),
	FIELD(step_event, "char phase[12]", phase, false),
	FIELD(step_event, "char mark[8]", mark, false),
	FIELD(step_event, "char kind[" STR(TRACE_TEXT) "]", kind, false),
	{ 0 }
};

static const struct field object_fields[] = {
	FIELD(object_event, "u64 src", src, false),
	FIELD(object_event, "pid_t pid", pid, true),
	FIELD(object_event, "int size", size, true),
	FIELD(object_event, "char phase[8]", phase, false),
	FIELD(object_event, "char sort[" STR(SORT) "]", sort, false),
	{ 0 }
};

static const struct field text_fields[] = {
	FIELD(text_event, "u64 from", from, false),
	FIELD(text_event, "pid_t pid", pid, true),
	FIELD(text_event, "int err", err, true),
	FIELD(text_event, "char text[" STR(TRACE_TEXT) "]", text, false),
	{ 0 }
};

/* By enum orthros_trace_event, which are the events' ids, too. */
static const struct format {
	const char *name;
	const struct field *fields;
	const char *print;
} formats[] = {
	[ORTHROS_TRACE_RUN] = { "run", text_fields, "\"%s\", REC->text" },
	[ORTHROS_TRACE_KERNEL] = { "kernel", text_fields, "\"%s\", REC->text" },
	[ORTHROS_TRACE_POINT] = { "point", text_fields, "\"%s\", REC->text" },
	[ORTHROS_TRACE_STEP] = { "step", step_fields,
		"\"%s %s %s err=%d\", REC->phase, REC->kind, REC->mark, REC->err" },
	[ORTHROS_TRACE_OBJECT] = { "object", object_fields,
		"\"%s %s src=0x%llx pid=%d size=%d\", REC->phase, REC->sort, REC->src, "
		"REC->pid, REC->size" },
	[ORTHROS_TRACE_REFUSE] = { "refuse", text_fields,
		"\"pid=%d %s\", REC->pid, REC->text" },
	[ORTHROS_TRACE_ERROR] = { "error", text_fields,
		"\"err=%d %s from=0x%llx\", REC->err, REC->text, REC->from" },
};

#define NR_FORMATS	(sizeof(formats) / sizeof(formats[0]))

/* ---- a file in memory ----------------------------------------------------- */

struct buf {
	uint8_t *data;
	size_t len;
	size_t room;
};

static void *room(struct buf *b, size_t len)
{
	void *at;

	if (b->len + len > b->room) {
		b->room = 2 * (b->room + len);
		b->data = realloc(b->data, b->room);
		if (!b->data)
			err(1, NULL);
	}
	at = b->data + b->len;
	memset(at, 0, len);
	b->len += len;
	return at;
}

static void put(struct buf *b, const void *data, size_t len)
{
	memcpy(room(b, len), data, len);
}

static void put32(struct buf *b, uint32_t x)
{
	put(b, &x, sizeof(x));
}

static void put64(struct buf *b, uint64_t x)
{
	put(b, &x, sizeof(x));
}

static void put_name(struct buf *b, const char *name)
{
	put(b, name, strlen(name) + 1);
}

__attribute__((format(printf, 2, 3)))
static void print(struct buf *b, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	put(b, text, strlen(text));
}

/* Text with its length before it. */
static void put_sized(struct buf *b, const struct buf *text)
{
	put64(b, text->len);
	put(b, text->data, text->len);
}

/* ---- what events look like ------------------------------------------------ */

static void put_field(struct buf *b, const struct field *f)
{
	print(b, "\tfield:%s;\toffset:%zu;\tsize:%zu;\tsigned:%d;\n", f->decl, f->offset, f->size,
	      f->is_signed);
}

static void put_format(struct buf *file, unsigned int id)
{
	static const struct field common[] = {
		FIELD(common, "unsigned short common_type", type, false),
		FIELD(common, "unsigned char common_flags", flags, false),
		FIELD(common, "unsigned char common_preempt_count", preempt_count, false),
		FIELD(common, "int common_pid", pid, true),
		{ 0 }
	};
	const struct format *fmt = &formats[id];
	const struct field *f;
	struct buf b = { 0 };

	print(&b, "name: %s\nID: %u\nformat:\n", fmt->name, id);
	for (f = common; f->decl; f++)
		put_field(&b, f);
	print(&b, "\n");
	for (f = fmt->fields; f->decl; f++)
		put_field(&b, f);
	print(&b, "\nprint fmt: %s\n", fmt->print);
	put_sized(file, &b);
	free(b.data);
}

static void put_headers(struct buf *file)
{
	struct buf b = { 0 };

	print(&b, "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n");
	print(&b, "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n");
	print(&b, "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n");
	print(&b, "\tfield: char data;\toffset:%d;\tsize:%d;\tsigned:1;\n", PAGE_HEAD,
	      PAGE - PAGE_HEAD);
	put_name(file, "header_page");
	put_sized(file, &b);
	b.len = 0;
	print(&b, "# compressed entry header\n");
	print(&b, "\ttype_len    :    5 bits\n\ttime_delta  :   %d bits\n", DELTA_BITS);
	print(&b, "\tarray       :   32 bits\n\n\tpadding     : type == 29\n");
	print(&b, "\ttime_extend : type == %d\n\ttime_stamp : type == 31\n", TYPE_EXTEND);
	print(&b, "\tdata max type_len  == 28\n");
	put_name(file, "header_event");
	put_sized(file, &b);
	free(b.data);
}

/* ---- events --------------------------------------------------------------- */

union any_event {
	struct common common;
	struct step_event step;
	struct object_event object;
	struct text_event text;
};

/* Return: its length, of which the ring buffer wants a multiple of 4. */
static size_t convert(const struct trace_event *e, union any_event *to)
{
	memset(to, 0, sizeof(*to));
	to->common.type = e->rec.event;
	to->common.pid = e->kernel + 1;
	switch (e->rec.event) {
	case ORTHROS_TRACE_STEP:
		to->step.err = e->rec.value;
		snprintf(to->step.phase, sizeof(to->step.phase), "%s", trace_phase(e->rec.phase));
		snprintf(to->step.mark, sizeof(to->step.mark), "%s",
			 e->rec.mark == ORTHROS_TRACE_BEGIN ? "begin" : "end");
		memcpy(to->step.kind, e->text, sizeof(to->step.kind));
		return sizeof(to->step);
	case ORTHROS_TRACE_OBJECT:
		to->object.src = e->rec.addr;
		to->object.pid = e->rec.pid;
		to->object.size = e->rec.value;
		snprintf(to->object.phase, sizeof(to->object.phase), "%s",
			 trace_phase(e->rec.phase));
		snprintf(to->object.sort, sizeof(to->object.sort), "%.*s", SORT - 1, e->text);
		return sizeof(to->object);
	default:
		to->text.from = e->rec.addr;
		to->text.pid = e->rec.pid;
		to->text.err = e->rec.value;
		memcpy(to->text.text, e->text, sizeof(to->text.text));
		return sizeof(to->text);
	}
}

/* The pages of one CPU; the last one is filled up with zeros. */
struct cpu {
	unsigned int kernel;
	unsigned int cpu;
	struct buf pages;
	size_t page;		/* start of the last one */
	uint64_t ns;		/* of the last event */
};

static void end_page(struct cpu *c)
{
	uint64_t used = c->pages.len - c->page - PAGE_HEAD;

	if (!c->pages.len)
		return;
	memcpy(c->pages.data + c->page + 8, &used, sizeof(used));
	room(&c->pages, c->page + PAGE - c->pages.len);
}

static void add(struct cpu *c, const struct trace_event *e)
{
	union any_event data;
	size_t len = convert(e, &data);
	uint64_t delta = e->ns - c->ns;

	/* The event, its head and length, and a delta that may be long. */
	if (!c->pages.len || c->pages.len + len + 16 > c->page + PAGE) {
		end_page(c);
		c->page = c->pages.len;
		put64(&c->pages, e->ns);
		put64(&c->pages, 0);
		delta = 0;
	}
	if (delta >> DELTA_BITS) {
		put32(&c->pages, TYPE_EXTEND | (uint32_t)(delta << 5));
		put32(&c->pages, delta >> DELTA_BITS);
		delta = 0;
	}
	put32(&c->pages, TYPE_LONG | (uint32_t)(delta << 5));
	put32(&c->pages, len + 4);
	put(&c->pages, &data, len);
	c->ns = e->ns;
}

static struct cpu *find_cpu(struct cpu **cpus, size_t *nr, const struct trace_event *e)
{
	struct cpu *c;
	size_t i;

	for (i = 0; i < *nr; i++)
		if ((*cpus)[i].kernel == e->kernel && (*cpus)[i].cpu == e->rec.cpu)
			return &(*cpus)[i];
	*cpus = realloc(*cpus, ++*nr * sizeof(**cpus));
	if (!*cpus)
		err(1, NULL);
	c = &(*cpus)[i];
	memset(c, 0, sizeof(*c));
	c->kernel = e->kernel;
	c->cpu = e->rec.cpu;
	return c;
}

/* src's before dst's. */
static int by_cpu(const void *a, const void *b)
{
	const struct cpu *x = a, *y = b;

	if (x->kernel != y->kernel)
		return x->kernel < y->kernel ? -1 : 1;
	return x->cpu < y->cpu ? -1 : x->cpu > y->cpu;
}

static void put_tasks(struct buf *file, const struct trace *t)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < t->nr_kernels; i++)
		print(&b, "%zu %s%s%s\n", i + 1, trace_side(t->kernels[i].side),
		      t->kernels[i].release[0] ? "-" : "", t->kernels[i].release);
	put_sized(file, &b);
	free(b.data);
}

/**
 * trace_write_dat() - for trace-cmd
 * @t:	trace
 * @f:	where to
 */
void trace_write_dat(const struct trace *t, FILE *f)
{
	static const char magic[] = "\x17\x08\x44tracing6";
	struct cpu *cpus = NULL;
	struct buf file = { 0 };
	size_t nr = 0, i;
	uint64_t at;

	for (i = 0; i < t->nr; i++)
		add(find_cpu(&cpus, &nr, &t->events[i]), &t->events[i]);
	for (i = 0; i < nr; i++)
		end_page(&cpus[i]);
	qsort(cpus, nr, sizeof(*cpus), by_cpu);

	/* Magic and version; little endian, of 64 bits. */
	put(&file, magic, sizeof(magic));
	put(&file, "\0\x08", 2);
	put32(&file, PAGE);
	put_headers(&file);
	/* No events of ftrace's own; one system. */
	put32(&file, 0);
	put32(&file, 1);
	put_name(&file, "orthros");
	put32(&file, NR_FORMATS - 1);
	for (i = 1; i < NR_FORMATS; i++)
		put_format(&file, i);
	/* No kallsyms, no formats of trace_printk(). */
	put32(&file, 0);
	put32(&file, 0);
	put_tasks(&file, t);
	put32(&file, nr);
	/* No options. */
	put(&file, "options  ", 10);
	put(&file, "\0", 2);
	put(&file, "flyrecord", 10);
	at = file.len + nr * 16;
	at = (at + PAGE - 1) / PAGE * PAGE;
	for (i = 0; i < nr; i++) {
		put64(&file, at);
		put64(&file, cpus[i].pages.len);
		at += cpus[i].pages.len;
	}
	room(&file, (PAGE - file.len % PAGE) % PAGE);
	fwrite(file.data, 1, file.len, f);
	for (i = 0; i < nr; i++) {
		fwrite(cpus[i].pages.data, 1, cpus[i].pages.len, f);
		free(cpus[i].pages.data);
	}
	free(cpus);
	free(file.data);
}
