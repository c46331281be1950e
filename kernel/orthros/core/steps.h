/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Steps of a hop that are made in a thread of their own, for those who wait for
 * them without knowing who makes them.
 */
#ifndef _ORTHROS_STEPS_H
#define _ORTHROS_STEPS_H

#include <linux/completion.h>
#include <linux/types.h>

/**
 * struct orthros_step - something that happens once in a hop
 * @done:	completed when it has
 * @err:	0, or why it could not: a negative errno
 * @waited:	told when somebody had to wait, with the TSC when that began
 */
struct orthros_step {
	struct completion done;
	int err;
	void (*waited)(u64 since);
};

/* The numbers that mounts are known by are taken. */
extern struct orthros_step orthros_minors_taken;
/* The network is configured: addresses can be bound to. */
extern struct orthros_step orthros_net_built;
/* There is no way back. */
extern struct orthros_step orthros_committed;
/* The processes run. */
extern struct orthros_step orthros_released;
/* Network cards are open, connections go on. */
extern struct orthros_step orthros_links_open;

void orthros_alive(void);
unsigned long orthros_last_alive(void);

void orthros_step_done(struct orthros_step *step, int err);
int orthros_step_wait(struct orthros_step *step);

#endif /* _ORTHROS_STEPS_H */
