// SPDX-License-Identifier: GPL-2.0-only
/*
 * orthros trace: read the trace of a hop, and print it as text.
 *
 * The trace is raw memory that two kernels write, perhaps at this moment, perhaps
 * kernels that have gone wrong: nothing in it is believed.
 */
#include <ctype.h>
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace.h"

#define TRACE_FILE	"/sys/kernel/orthros/trace"
/* More than any kernel has room for. */
#define MAX_SIZE	(64UL << 20)

#define HEAD		offsetof(struct orthros_trace_rec, text)

const char *trace_side(unsigned int side)
{
	return side == ORTHROS_TRACE_SRC ? "src" : "dst";
}

const char *trace_phase(unsigned int phase)
{
	static const char * const names[] = {
		[ORTHROS_PHASE_NONE]		= "none",
		[ORTHROS_PHASE_DESCRIBE]	= "describe",
		[ORTHROS_PHASE_FREEZE]		= "freeze",
		[ORTHROS_PHASE_THAW]		= "thaw",
		[ORTHROS_PHASE_TABLES]		= "tables",
		[ORTHROS_PHASE_RESOLVE]		= "resolve",
		[ORTHROS_PHASE_READ]		= "read",
		[ORTHROS_PHASE_GATHER]		= "gather",
		[ORTHROS_PHASE_BUILD]		= "build",
		[ORTHROS_PHASE_TIE]		= "tie",
		[ORTHROS_PHASE_VERIFY]		= "verify",
		[ORTHROS_PHASE_COMMIT]		= "commit",
		[ORTHROS_PHASE_START]		= "start",
		[ORTHROS_PHASE_RELEASE]		= "release",
		[ORTHROS_PHASE_ONLINE]		= "online",
		[ORTHROS_PHASE_SETTLE]		= "settle",
		[ORTHROS_PHASE_PROBE]		= "probe",
	};

	return phase < sizeof(names) / sizeof(names[0]) ? names[phase] : "later";
}

static void *grow(void *array, size_t nr, size_t size)
{
	/* Doubled at each power of two. */
	if (nr & (nr - 1) || (nr && nr < 64))
		return array;
	array = realloc(array, (nr ? 2 * nr : 64) * size);
	if (!array)
		err(1, NULL);
	return array;
}

static uint8_t *read_all(const char *path, size_t *size)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "re") : stdin;
	uint8_t *buf = NULL;
	size_t n, room = 0;

	if (!f)
		err(2, "%s", path);
	*size = 0;
	do {
		if (*size == room) {
			room = room ? 2 * room : 1 << 20;
			buf = realloc(buf, room);
			if (!buf || room > MAX_SIZE)
				errx(1, "%s: too large", path);
		}
		n = fread(buf + *size, 1, room - *size, f);
		*size += n;
	} while (n);
	if (ferror(f))
		err(2, "%s", path);
	if (f != stdin)
		fclose(f);
	return buf;
}

/* Names of processes may have anything in them. */
static void copy_text(char *to, const char *from, size_t len)
{
	size_t i;

	if (len > TRACE_TEXT - 1)
		len = TRACE_TEXT - 1;
	for (i = 0; i < len && from[i]; i++)
		to[i] = isascii((unsigned char)from[i]) && isprint((unsigned char)from[i]) ?
			from[i] : '?';
	to[i] = '\0';
}

static bool valid(const struct orthros_trace_rec *rec, uint32_t size)
{
	return rec->sum == orthros_trace_sum(rec, size) &&
	       rec->event >= ORTHROS_TRACE_RUN && rec->event <= ORTHROS_TRACE_ERROR &&
	       (rec->side == ORTHROS_TRACE_SRC || rec->side == ORTHROS_TRACE_DST);
}

/* All whole records of a lane. */
static void read_lane(struct trace *t, const uint8_t *buf, size_t size,
		      const struct orthros_trace_lane *lane)
{
	uint64_t begun = 0, whole = 0;
	uint32_t i;

	if (lane->rec_size < HEAD || lane->rec_size > 4096 || lane->rec_size % 8 ||
	    lane->offset % 8 || lane->offset + (uint64_t)lane->nr * lane->rec_size > size)
		errx(1, "the trace is damaged: a lane of %u records of %u bytes at %u",
		     lane->nr, lane->rec_size, lane->offset);
	for (i = 0; i < lane->nr; i++) {
		const void *at = buf + lane->offset + (size_t)i * lane->rec_size;
		const struct orthros_trace_rec *rec = at;
		struct trace_event *e;

		/* Of this round, or of the one before: others do not belong here. */
		if (!rec->seq || (rec->seq - 1) % lane->nr != i || rec->seq > lane->head ||
		    lane->head - rec->seq >= lane->nr || !valid(rec, lane->rec_size))
			continue;
		t->events = grow(t->events, t->nr, sizeof(*t->events));
		e = &t->events[t->nr++];
		memset(e, 0, sizeof(*e));
		memcpy(&e->rec, rec, HEAD);
		copy_text(e->text, rec->text, lane->rec_size - HEAD);
		whole++;
	}
	begun = lane->head < lane->nr ? lane->head : lane->nr;
	t->torn += begun - whole;
	t->overwritten += lane->head - begun;
}

static int by_time(const void *a, const void *b)
{
	const struct trace_event *x = a, *y = b;

	if (x->rec.tsc != y->rec.tsc)
		return x->rec.tsc < y->rec.tsc ? -1 : 1;
	return x->rec.seq < y->rec.seq ? -1 : x->rec.seq > y->rec.seq;
}

static unsigned int find_kernel(struct trace *t, uint8_t side, const char *release)
{
	struct trace_kernel *k;
	size_t i;

	for (i = 0; i < t->nr_kernels; i++)
		if (t->kernels[i].side == side && !strcmp(t->kernels[i].release, release))
			return i;
	t->kernels = grow(t->kernels, t->nr_kernels, sizeof(*t->kernels));
	k = &t->kernels[t->nr_kernels++];
	k->side = side;
	snprintf(k->release, sizeof(k->release), "%s", release);
	return i;
}

/* A run says which kernels it is between; in the next they may have changed sides. */
static void name_kernels(struct trace *t)
{
	const char *release[3] = { "", "", "" };
	uint16_t run = 0;
	size_t i, k;

	for (i = 0; i < t->nr; i++) {
		struct trace_event *e = &t->events[i];

		if (!i || e->rec.run != run) {
			run = e->rec.run;
			release[ORTHROS_TRACE_SRC] = "";
			release[ORTHROS_TRACE_DST] = "";
			for (k = i; k < t->nr; k++)
				if (t->events[k].rec.run == run &&
				    t->events[k].rec.event == ORTHROS_TRACE_KERNEL)
					release[t->events[k].rec.side] = t->events[k].text;
		}
		e->kernel = find_kernel(t, e->rec.side, release[e->rec.side]);
	}
}

static uint64_t to_ns(uint64_t cycles, uint32_t khz)
{
	return khz ? cycles / khz * 1000000 + cycles % khz * 1000000 / khz : cycles;
}

/*
 * The run that is asked for: the last one of that name; else the last update, since
 * a failed one is followed by checks that ask why; else the last of all.
 */
static int find_run(const struct trace *t, const char *name, uint32_t last)
{
	size_t i;

	for (i = t->nr; i--;)
		if (t->events[i].rec.event == ORTHROS_TRACE_RUN &&
		    !strcmp(t->events[i].text, name ?: "update"))
			return t->events[i].rec.run;
	return name ? -1 : (uint16_t)last;
}

static void load(struct trace *t, const char *path, const char *run)
{
	bool all = run && !strcmp(run, "all");
	size_t size, i, kept = 0;
	uint8_t *buf = read_all(path, &size);
	struct orthros_trace head;
	int nr;

	if (!size)
		errx(1, "%s is empty: no partition, or a kernel without CONFIG_ORTHROS_TRACE",
		     path);
	if (size < sizeof(head))
		errx(1, "%s is no trace", path);
	memcpy(&head, buf, sizeof(head));
	if (head.magic != ORTHROS_TRACE_MAGIC)
		errx(1, "%s is no trace", path);
	if (head.version != ORTHROS_TRACE_VERSION)
		errx(1, "%s has version %u, not %u", path, head.version,
		     ORTHROS_TRACE_VERSION);
	for (i = 0; i < ORTHROS_TRACE_LANES; i++)
		read_lane(t, buf, size, &head.lane[i]);
	free(buf);
	if (t->nr)
		qsort(t->events, t->nr, sizeof(*t->events), by_time);
	nr = find_run(t, all ? NULL : run, head.run);
	for (i = 0; i < t->nr; i++)
		if (all || t->events[i].rec.run == nr)
			t->events[kept++] = t->events[i];
	t->nr = kept;
	for (i = 0; i < t->nr; i++)
		t->events[i].ns = to_ns(t->events[i].rec.tsc - t->events[0].rec.tsc,
					head.tsc_khz);
	name_kernels(t);
}

static void text_begin(const struct trace_event *e, FILE *f)
{
	fprintf(f, "%12.6f %s cpu%-2u ", e->ns / 1e6, trace_side(e->rec.side), e->rec.cpu);
}

/* When the step that ends here began, if that is known. */
static const struct trace_event *beginning(const struct trace *t, const struct trace_event *end)
{
	const struct trace_event *e;

	for (e = end; e-- > t->events;)
		if (e->rec.event == ORTHROS_TRACE_STEP && e->kernel == end->kernel &&
		    e->rec.run == end->rec.run && e->rec.phase == end->rec.phase &&
		    !strcmp(e->text, end->text))
			return e->rec.mark == ORTHROS_TRACE_BEGIN ? e : NULL;
	return NULL;
}

/**
 * trace_write_text() - a line a record, with the milliseconds since the first
 * @t:	trace
 * @f:	where to
 */
void trace_write_text(const struct trace *t, FILE *f)
{
	const struct trace_event *e, *b;

	for (e = t->events; e < t->events + t->nr; e++) {
		text_begin(e, f);
		switch (e->rec.event) {
		case ORTHROS_TRACE_RUN:
			fprintf(f, "run %u: %s\n", e->rec.run, e->text);
			break;
		case ORTHROS_TRACE_KERNEL:
			fprintf(f, "is %s\n", e->text);
			break;
		case ORTHROS_TRACE_POINT:
			fprintf(f, "point %s\n", e->text);
			break;
		case ORTHROS_TRACE_STEP:
			fprintf(f, "%s %s", trace_phase(e->rec.phase), e->text);
			if (e->rec.mark == ORTHROS_TRACE_BEGIN) {
				fputs(" begins\n", f);
				break;
			}
			b = beginning(t, e);
			if (b)
				fprintf(f, " took %.3f ms", (e->ns - b->ns) / 1e6);
			else
				fputs(" ends", f);
			if (e->rec.value)
				fprintf(f, ", error %d", e->rec.value);
			fputc('\n', f);
			break;
		case ORTHROS_TRACE_OBJECT:
			fprintf(f, "object %s %s", e->text,
				e->rec.phase == ORTHROS_PHASE_READ ? "read" : "built");
			if (e->rec.addr)
				fprintf(f, " src=%#" PRIx64, (uint64_t)e->rec.addr);
			fprintf(f, " pid=%d size=%d\n", e->rec.pid, e->rec.value);
			break;
		case ORTHROS_TRACE_REFUSE:
			fprintf(f, "refuse %d %s\n", e->rec.pid, e->text);
			break;
		case ORTHROS_TRACE_ERROR:
			fprintf(f, "error %d: %s", e->rec.value, e->text);
			if (e->rec.addr)
				fprintf(f, " (from %#" PRIx64 ")", (uint64_t)e->rec.addr);
			fputc('\n', f);
			break;
		}
	}
}

/**
 * trace_main() - the command "trace"
 * @in:		file with the trace, NULL: that of this machine
 * @out:	file to write, NULL: stdout
 * @form:	what to write
 * @run:	"load", "check", "update", "all", or NULL
 *
 * Return: exit status.
 */
int trace_main(const char *in, const char *out, enum trace_form form, const char *run)
{
	struct trace t = { 0 };
	FILE *f = stdout;

	load(&t, in ? in : TRACE_FILE, run);
	if (!t.nr)
		errx(1, "nothing of that was traced yet: load, check or update first");
	if (form == TRACE_DAT && !out && isatty(STDOUT_FILENO))
		errx(2, "a trace.dat is not for terminals: -o FILE");
	if (out) {
		f = fopen(out, "we");
		if (!f)
			err(2, "%s", out);
	}
	switch (form) {
	case TRACE_DAT:
		trace_write_dat(&t, f);
		break;
	case TRACE_PLAIN:
		trace_write_text(&t, f);
		break;
	default:
		trace_write_json(&t, f);
		break;
	}
	if (t.torn)
		warnx("%" PRIu64 " torn records left out", t.torn);
	if (t.overwritten)
		warnx("%" PRIu64 " older records overwritten", t.overwritten);
	if (fflush(f) || (out && fclose(f)))
		err(1, "%s", out ? out : "stdout");
	free(t.events);
	free(t.kernels);
	return 0;
}
