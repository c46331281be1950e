// SPDX-License-Identifier: GPL-2.0
/*
 * Steps of a hop that others wait for.
 */
#include <linux/export.h>
#include <linux/jiffies.h>
#include <asm/msr.h>
#include "steps.h"

#define STEP(name)	struct orthros_step name = { COMPLETION_INITIALIZER(name.done) }

STEP(orthros_minors_taken);
STEP(orthros_net_built);
STEP(orthros_committed);
STEP(orthros_released);
STEP(orthros_links_open);

static unsigned long alive;

/**
 * orthros_alive() - the hop gets on
 *
 * By whoever has done a piece of it. Any context.
 */
void orthros_alive(void)
{
	WRITE_ONCE(alive, jiffies);
}

/**
 * orthros_last_alive() - when it was seen to get on last
 *
 * Return: jiffies.
 */
unsigned long orthros_last_alive(void)
{
	return READ_ONCE(alive);
}

/**
 * orthros_step_done() - it has happened
 * @step:	step
 * @err:	0, or a negative errno: it could not
 */
void orthros_step_done(struct orthros_step *step, int err)
{
	step->err = err;
	complete_all(&step->done);
}

/**
 * orthros_step_wait() - wait until it has happened
 * @step:	step
 *
 * Context: may sleep; for ever, if the hop has failed: this kernel then is
 * thrown away.
 * Return: 0 or -errno if it could not.
 */
int orthros_step_wait(struct orthros_step *step)
{
	u64 since;

	if (!completion_done(&step->done)) {
		since = rdtsc();
		wait_for_completion(&step->done);
		if (step->waited)
			step->waited(since);
	}
	return step->err;
}
