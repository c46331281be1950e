// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Protection
 *
 * A machine that is protected goes on when the ActiveOS fails: the BackupOS stops it
 * (arch/x86/orthros/fence.c) and takes over what it finds. What tables cannot tell, and
 * a planned hop asks the source for, must have been told before; it is told anew
 * when it changes, and now and then for what does not say so.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/orthros/platform.h>
#include <linux/sched.h>
#include <linux/sched/cputime.h>
#include <linux/workqueue.h>
#include "../core/kind.h"
#include "hop.h"

/* As old as what was told may be. */
#define TELL_INTERVAL	(10 * HZ)
/* How soon a change is told, which may be one of many. */
#define SOON		(HZ / 20)
/* One CPU may do nothing else for one part in so many of its time. */
#define SHARE		20

static void tell(struct work_struct *work);
static DECLARE_DELAYED_WORK(tell_work, tell);
static DECLARE_DELAYED_WORK(change_work, tell);
static unsigned long told_count;
static u64 told_ns;

/* With orthros_peer_lock(). */
static int describe(void)
{
	u64 begin = task_sched_runtime(current);
	int err = orthros_describe(false);

	/* Without what it has waited for, which costs nobody anything. */
	WRITE_ONCE(told_ns, task_sched_runtime(current) - begin);
	if (!err)
		WRITE_ONCE(told_count, told_count + 1);
	return err;
}

/**
 * orthros_protect_told() - what protection costs
 * @ns:		set to the CPU's time that it took to tell the other kernel, the last time
 *
 * Return: how often it was told what tables cannot tell.
 */
unsigned long orthros_protect_told(u64 *ns)
{
	*ns = READ_ONCE(told_ns);
	return READ_ONCE(told_count);
}
EXPORT_SYMBOL_GPL(orthros_protect_told);

static void tell(struct work_struct *work)
{
	if (orthros_peer_lock())
		return;
	if (orthros_guarded() && describe())
		pr_warn("protection: what the other kernel is told is old\n");
	if (orthros_guarded())
		mod_delayed_work(system_long_wq, &tell_work, TELL_INTERVAL);
	orthros_peer_unlock();
}

/* Any context. More changes until then are told with it. */
static void changed(void)
{
	queue_delayed_work(system_long_wq, &change_work,
			   max_t(unsigned long, SOON,
				 SHARE * nsecs_to_jiffies(READ_ONCE(told_ns))));
}

/**
 * orthros_protect() - let the BackupOS take over when this kernel fails
 * @on:		or no more
 *
 * Return: 0 or negative errno; orthros_last_error() says why.
 */
int orthros_protect(bool on)
{
	int err = orthros_peer_lock();

	if (err)
		return err;
	if (on)
		err = orthros_peer_ready() ?: orthros_kinds_watch(changed) ?: describe();
	if (!err)
		err = orthros_guard(on);
	if (!err && on)
		mod_delayed_work(system_long_wq, &tell_work, TELL_INTERVAL);
	else
		orthros_kinds_watch(NULL);
	orthros_peer_unlock();
	if (!err && !on) {
		cancel_delayed_work_sync(&change_work);
		cancel_delayed_work_sync(&tell_work);
	}
	return err;
}
EXPORT_SYMBOL_GPL(orthros_protect);
