// SPDX-License-Identifier: GPL-2.0
/*
 * Failures on demand, for tests: a step that ends with an error, and a BackupOS
 * that does not come to its end.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/gfp.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/processor.h>
#include <linux/smp.h>
#include <linux/orthros/platform.h>
#include "report.h"

static int *nowhere;

static void spin(void *unused)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
}

/* Takes all memory there is, the way a hop would that is larger than its slot. */
static void eat_memory(void)
{
	while (alloc_page(GFP_KERNEL))
		cpu_relax();
}

/**
 * orthros_fail_point() - the test hook for failures
 * @step:	step that was just reached
 *
 * Return: -EIO if fail_step names this step, else 0. It does not return if
 * fail_step wants this kernel to die.
 */
int orthros_fail_point(enum orthros_stamp step)
{
	u32 wanted = READ_ONCE(orthros_ho->fail_step);

	if (!step || (wanted & ORTHROS_FAIL_STEP) != step)
		return 0;
	WRITE_ONCE(orthros_ho->fail_step, 0);
	switch (wanted & ~ORTHROS_FAIL_STEP) {
	case ORTHROS_FAIL_PANIC:
		panic("failure injected at step %d", step);
	case ORTHROS_FAIL_OOPS:
		WRITE_ONCE(*READ_ONCE(nowhere), 0);
		break;
	case ORTHROS_FAIL_HANG:
		for (;;)
			cpu_relax();
	case ORTHROS_FAIL_LOCKUP:
		smp_call_function(spin, NULL, false);
		spin(NULL);
		break;
	case ORTHROS_FAIL_STALL:
		spin(NULL);
		break;
	case ORTHROS_FAIL_BACK:
		WRITE_ONCE(orthros_ho->fail_step, ORTHROS_TS_BACK | ORTHROS_FAIL_LOCKUP);
		break;
	case ORTHROS_FAIL_MEMORY:
		eat_memory();
		break;
	}
	return orthros_fail(-EIO, "failure injected at step %d, %s", step,
			    orthros_point_name(step));
}

/**
 * orthros_reach() - a point of the time line is reached
 * @point:	which
 *
 * Return: 0, or -EIO if it is made to fail.
 */
int orthros_reach(enum orthros_stamp point)
{
	orthros_stamp(point);
	return orthros_fail_point(point);
}
