// SPDX-License-Identifier: GPL-2.0
/* The ActiveOS and its BackupOS: what either tells the other. */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/orthros/platform.h>
#include <linux/wait.h>
#include "../core/kind.h"
#include "../core/report.h"
#include "../core/sections.h"
#include "hop.h"

/* For a sign of life of a BackupOS that comes up. */
#define PEER_SILENCE_TIMEOUT	(60 * HZ)

/**
 * orthros_update_error() - say why there is no update
 * @err:	negative errno
 * @fmt:	why
 *
 * Return: @err.
 */
int orthros_update_error(int err, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	orthros_set_last_error("%pV", &vaf);
	va_end(args);
	pr_err("update: %s: %pe\n", orthros_last_error(), ERR_PTR(err));
	return err;
}

/**
 * orthros_core_error() - as orthros_update_error(), with what the core has said
 * @err:	negative errno
 *
 * Return: @err.
 */
int orthros_core_error(int err)
{
	char text[ORTHROS_TEXT_LEN];

	orthros_error_take(text, sizeof(text));
	return orthros_update_error(err, "%s", text);
}

/**
 * orthros_describe() - tell the other kernel what it cannot see
 * @frozen:	no process runs any more
 *
 * With orthros_peer_lock().
 *
 * Return: 0 or negative errno.
 */
int orthros_describe(bool frozen)
{
	struct orthros_sections s = {};
	int err;

	err = orthros_kinds_describe(&s, frozen);
	if (err) {
		kvfree(s.data);
		return orthros_core_error(err);
	}
	orthros_sections_tell(&s);
	orthros_monitor_share();
	return 0;
}

/**
 * orthros_state_of_peer() - what the BackupOS is
 *
 * Return: &enum orthros_state.
 */
u32 orthros_state_of_peer(void)
{
	/* Pairs with the release in backup_tell(): what it tells of is there. */
	return smp_load_acquire(&orthros_ho->peer_state);
}

static bool peer_settled(void)
{
	u32 st = orthros_state_of_peer();

	return !orthros_peer_alive() || st == ORTHROS_ST_READY || st == ORTHROS_ST_REFUSED ||
	       st == ORTHROS_ST_DEAD;
}

/**
 * orthros_peer_ready() - is there a BackupOS that waits for commands?
 *
 * One that is being started again after a failed hop is waited for. With
 * orthros_peer_lock().
 *
 * Return: 0 or negative errno.
 */
int orthros_peer_ready(void)
{
	u64 seen = 0;

	if (!orthros_ho || !orthros_peer_alive())
		return orthros_update_error(-ENODEV, "no second kernel is loaded");
	while (!wait_event_timeout(orthros_peer_wq, peer_settled(), PEER_SILENCE_TIMEOUT)) {
		if (!orthros_log_moved(&seen))
			return orthros_update_error(-ETIMEDOUT,
						    "the second kernel does not get ready");
	}
	if (orthros_state_of_peer() != ORTHROS_ST_READY)
		return orthros_update_error(-ENODEV, "the second kernel is not ready");
	return 0;
}
