// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Protection
 *
 * A machine that is protected goes on when the ActiveOS fails: the BackupOS stops it
 * (arch/x86/orthros/fence.c) and takes over what it finds. What tables cannot tell, and
 * a planned hop asks the source for, must have been told before; it is told anew
 * now and then.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/orthros/platform.h>
#include <linux/workqueue.h>
#include "hop.h"

/* As old as what was told may be. */
#define TELL_INTERVAL	(10 * HZ)

static void tell(struct work_struct *work);
static DECLARE_DELAYED_WORK(tell_work, tell);

static void tell(struct work_struct *work)
{
	if (orthros_peer_lock())
		return;
	if (orthros_guarded() && orthros_describe(false))
		pr_warn("protection: what the other kernel is told is old\n");
	if (orthros_guarded())
		queue_delayed_work(system_long_wq, &tell_work, TELL_INTERVAL);
	orthros_peer_unlock();
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
		err = orthros_peer_ready() ?: orthros_describe(false);
	if (!err)
		err = orthros_guard(on);
	if (!err && on)
		queue_delayed_work(system_long_wq, &tell_work, TELL_INTERVAL);
	orthros_peer_unlock();
	if (!err && !on)
		cancel_delayed_work_sync(&tell_work);
	return err;
}
EXPORT_SYMBOL_GPL(orthros_protect);
