// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hand-off block, through which the two kernels find each other, and the
 * clock that both read.
 */
#include <linux/export.h>
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/wait.h>
#include <linux/orthros/platform.h>
#include <asm/msr.h>
#include "report.h"
#include "trace.h"

/* The other kernel reads it through its physical address. */
struct orthros_handoff *orthros_ho;
EXPORT_SYMBOL_GPL(orthros_ho);

DECLARE_WAIT_QUEUE_HEAD(orthros_peer_wq);
EXPORT_SYMBOL_GPL(orthros_peer_wq);

static const char * const point_names[ORTHROS_TS_NR] = {
	[ORTHROS_TS_BEGIN]	= "begin",
	[ORTHROS_TS_CHECKED]	= "checked",
	[ORTHROS_TS_FROZEN]	= "frozen",
	[ORTHROS_TS_QUIESCED]	= "quiesced",
	[ORTHROS_TS_PARKED]	= "parked",
	[ORTHROS_TS_FENCED]	= "fenced",
	[ORTHROS_TS_READ]	= "read",
	[ORTHROS_TS_FS]		= "fs",
	[ORTHROS_TS_BUILT]	= "built",
	[ORTHROS_TS_VERIFIED]	= "verified",
	[ORTHROS_TS_COMMIT]	= "commit",
	[ORTHROS_TS_DEVICES]	= "devices",
	[ORTHROS_TS_RELEASED]	= "released",
	[ORTHROS_TS_CPUS]	= "cpus",
	[ORTHROS_TS_FREED]	= "freed",
	[ORTHROS_TS_FREEZE]	= "freeze",
	[ORTHROS_TS_PROBED]	= "probed",
	[ORTHROS_TS_CLAIMED]	= "claimed",
	[ORTHROS_TS_NET]	= "net",
	[ORTHROS_TS_LINKS]	= "links",
	[ORTHROS_TS_BACK]	= "back",
};

/**
 * orthros_point_name() - what a point of the time line is called
 * @point:	which
 *
 * Return: its name as in stats/ of sysfs.
 */
const char *orthros_point_name(enum orthros_stamp point)
{
	return point < ORTHROS_TS_NR && point_names[point] ? point_names[point] : "?";
}

/**
 * orthros_stamp() - note the time of a point of a hop
 * @point:	which
 */
void orthros_stamp(enum orthros_stamp point)
{
	if (!orthros_ho || point >= ORTHROS_TS_NR)
		return;
	WRITE_ONCE(orthros_ho->stamps[point], rdtsc_ordered());
	orthros_trace_point(point, orthros_point_name(point));
}
EXPORT_SYMBOL_GPL(orthros_stamp);

/**
 * orthros_last_point() - the last point of the hop that was reached
 *
 * Return: which, up to the commit.
 */
enum orthros_stamp orthros_last_point(void)
{
	int point = ORTHROS_TS_COMMIT;

	while (point > 0 && !READ_ONCE(orthros_ho->stamps[point]))
		point--;
	return point;
}
EXPORT_SYMBOL_GPL(orthros_last_point);

/**
 * orthros_tsc_to_ns() - convert a span of the machine's TSC
 * @cycles:	TSC cycles
 *
 * Return: nanoseconds; 0 without a partition.
 */
u64 orthros_tsc_to_ns(u64 cycles)
{
	u32 khz = orthros_ho ? orthros_ho->tsc_khz : 0;

	return khz ? mul_u64_u64_div_u64(cycles, NSEC_PER_MSEC, khz) : 0;
}
EXPORT_SYMBOL_GPL(orthros_tsc_to_ns);

/**
 * orthros_clock_sample() - this kernel's clocks at one TSC instant
 * @clock:	filled
 *
 * The TSC is read between the clocks, with interrupts off.
 */
void orthros_clock_sample(struct orthros_clock *clock)
{
	unsigned long flags;

	local_irq_save(flags);
	clock->mono_ns = ktime_get_ns();
	clock->tsc = rdtsc_ordered();
	clock->boot_ns = ktime_get_boottime_ns();
	clock->real_ns = ktime_get_real_ns();
	clock->raw_ns = ktime_get_raw_ns();
	clock->tsc_khz = tsc_khz;
	local_irq_restore(flags);
}
