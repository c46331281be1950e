// SPDX-License-Identifier: GPL-2.0
/*
 * After a hop the trace has both kernels' part of it, in order, and what an earlier
 * check has refused.
 */
#include <sys/socket.h>

#include "hop_test.h"
#include "orthros_ctl.h"

#define __packed	__attribute__((packed))
#define __aligned(n)	__attribute__((aligned(n)))
#include <linux/orthros/abi/handoff.h>
#include <linux/orthros/abi/trace.h>

static char raw[4 * MIB] __aligned(8);
static const struct orthros_trace *trace = (const void *)raw;
static uint64_t now;	/* what follows must have come later */

static void read_trace(void)
{
	int fd = MUST(open(ORTHROS_SYSFS "trace", O_RDONLY | O_CLOEXEC));
	size_t len = 0;
	ssize_t n;

	while ((n = MUST(read(fd, raw + len, sizeof(raw) - len))) > 0)
		len += n;
	close(fd);
	if (!CHECK(len > sizeof(*trace)) || !CHECK_EQ(trace->magic, ORTHROS_TRACE_MAGIC) ||
	    !CHECK_EQ(trace->version, ORTHROS_TRACE_VERSION) || !CHECK_EQ(trace->size, len))
		exit(HOP_FAIL);
}

/* The next whole record of a lane; @at begins at 0. */
static const struct orthros_trace_rec *next_rec(int lane, uint32_t *at)
{
	const struct orthros_trace_lane *l = &trace->lane[lane];

	while (*at < l->nr) {
		const struct orthros_trace_rec *rec;

		rec = (const void *)(raw + l->offset + *at * l->rec_size);
		++*at;
		if (rec->seq && rec->sum == orthros_trace_sum(rec, l->rec_size))
			return rec;
	}
	return NULL;
}

static bool text_is(const struct orthros_trace_rec *rec, const char *text)
{
	return !strncmp(rec->text, text, strlen(text) + 1);
}

/* A point of the time line in the last run: where it must be, and when. */
static void point(int nr, int side)
{
	const struct orthros_trace_rec *rec;
	uint32_t at = 0;

	while ((rec = next_rec(ORTHROS_TRACE_LANE_STEPS, &at)))
		if (rec->run == (uint16_t)trace->run && rec->event == ORTHROS_TRACE_POINT &&
		    rec->phase == nr)
			break;
	if (!CHECK(rec)) {
		printf("# no point %d\n", nr);
		return;
	}
	CHECK_EQ(rec->side, side);
	if (!CHECK(rec->tsc >= now))
		printf("# point %d is too early\n", nr);
	now = rec->tsc;
}

/* A step of the last run, which comes between the last point and the next. */
static void step(int phase, const char *kind, int side)
{
	const struct orthros_trace_rec *rec;
	uint64_t begin = 0, end = 0;
	uint32_t at = 0;

	while ((rec = next_rec(ORTHROS_TRACE_LANE_STEPS, &at))) {
		if (rec->run != (uint16_t)trace->run || rec->event != ORTHROS_TRACE_STEP ||
		    rec->phase != phase || rec->tsc < now || !text_is(rec, kind))
			continue;
		CHECK_EQ(rec->side, side);
		if (rec->mark == ORTHROS_TRACE_BEGIN) {
			begin = rec->tsc;
		} else {
			end = rec->tsc;
			CHECK_EQ(rec->value, 0);
		}
	}
	if (!CHECK(begin) || !CHECK(end >= begin))
		printf("# phase %d of %s\n", phase, kind);
	now = end;
}

/*
 * This process was built, so it was read. What was first may be overwritten when
 * many others are there.
 */
static void objects(void)
{
	const struct orthros_trace_rec *rec;
	uint32_t at = 0;
	int built = 0, read = 0, tasks = 0, earlier = 0;

	while ((rec = next_rec(ORTHROS_TRACE_LANE_OBJECTS, &at))) {
		if (rec->run != (uint16_t)trace->run) {
			earlier++;
			continue;
		}
		CHECK_EQ(rec->event, ORTHROS_TRACE_OBJECT);
		CHECK_EQ(rec->side, ORTHROS_TRACE_DST);
		if (rec->phase == ORTHROS_PHASE_READ)
			read++;
		else
			built++;
		if (rec->phase == ORTHROS_PHASE_BUILD && text_is(rec, "address space") &&
		    rec->pid == getpid()) {
			CHECK(rec->value > 0);
			tasks++;
		}
	}
	printf("# %d objects read, %d built; %llu in all, room for %u\n", read, built,
	       (unsigned long long)trace->lane[ORTHROS_TRACE_LANE_OBJECTS].head,
	       trace->lane[ORTHROS_TRACE_LANE_OBJECTS].nr);
	CHECK(built > 0);
	if (!earlier && trace->lane[ORTHROS_TRACE_LANE_OBJECTS].head >
	    trace->lane[ORTHROS_TRACE_LANE_OBJECTS].nr)
		return;
	CHECK(read > 0);
	CHECK_EQ(tasks, 1);
}

static void refusal(void)
{
	const struct orthros_trace_rec *rec;
	uint32_t at = 0;
	int seen = 0;

	while ((rec = next_rec(ORTHROS_TRACE_LANE_STEPS, &at))) {
		/* Whoever checks at the same time may find something else of it. */
		if (rec->event != ORTHROS_TRACE_REFUSE || rec->pid != getpid() ||
		    strncmp(rec->text, "test_trace: fd ", 15))
			continue;
		CHECK_EQ(rec->side, ORTHROS_TRACE_DST);
		CHECK(rec->run != (uint16_t)trace->run);
		seen++;
	}
	CHECK(seen > 0);
}

int main(void)
{
	static char report[65536];
	int fd;

	if (access(ORTHROS_SYSFS "trace", R_OK))
		hop_skip("no trace here");
	fd = MUST(socket(AF_PACKET, SOCK_PACKET, 0));
	CHECK_EQ(ctl_read("check", report, sizeof(report)), 0);
	CHECK(strstr(report, "test_trace"));
	close(fd);

	hop();

	read_trace();
	printf("# %llu records of steps, room for %u\n",
	       (unsigned long long)trace->lane[ORTHROS_TRACE_LANE_STEPS].head,
	       trace->lane[ORTHROS_TRACE_LANE_STEPS].nr);
	point(ORTHROS_TS_BEGIN, ORTHROS_TRACE_SRC);
	point(ORTHROS_TS_CHECKED, ORTHROS_TRACE_SRC);
	point(ORTHROS_TS_FREEZE, ORTHROS_TRACE_SRC);
	point(ORTHROS_TS_FROZEN, ORTHROS_TRACE_SRC);
	step(ORTHROS_PHASE_DESCRIBE, "network", ORTHROS_TRACE_SRC);
	point(ORTHROS_TS_QUIESCED, ORTHROS_TRACE_SRC);
	point(ORTHROS_TS_PARKED, ORTHROS_TRACE_SRC);
	point(ORTHROS_TS_FENCED, ORTHROS_TRACE_DST);
	step(ORTHROS_PHASE_READ, "processes", ORTHROS_TRACE_DST);
	point(ORTHROS_TS_READ, ORTHROS_TRACE_DST);
	point(ORTHROS_TS_FS, ORTHROS_TRACE_DST);
	step(ORTHROS_PHASE_BUILD, "processes", ORTHROS_TRACE_DST);
	point(ORTHROS_TS_BUILT, ORTHROS_TRACE_DST);
	point(ORTHROS_TS_VERIFIED, ORTHROS_TRACE_DST);
	point(ORTHROS_TS_COMMIT, ORTHROS_TRACE_DST);
	point(ORTHROS_TS_DEVICES, ORTHROS_TRACE_DST);
	point(ORTHROS_TS_RELEASED, ORTHROS_TRACE_DST);
	objects();
	refusal();
	return hop_status();
}
