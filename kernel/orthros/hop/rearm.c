// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Re-arming
 *
 * After a takeover the machine has no backup. If it was told so when the last one was
 * loaded ("orthros load --keep-armed"), the new kernel starts a program when all is
 * settled, which loads the next backup and turns the protection on. Which program that
 * is, and what it does, is not the kernel's business: it is the one that loaded, with
 * other arguments.
 *
 * A kernel that fails because of what the processes do will do so again and again. So
 * the times of the takeovers go from kernel to kernel, and too many in a while end it.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/orthros/abi/rearm.h>
#include <linux/orthros/platform.h>
#include <linux/orthros/rearm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/umh.h>
#include "../core/report.h"
#include "hop.h"

#define MAX_ARGS	64

/* This kernel's own, to be handed on. */
static struct orthros_rearm own;
static DEFINE_MUTEX(own_lock);

/* Each argument is ended, and the program has a path. */
static bool valid(const char *argv, u32 len)
{
	u32 i, args = 0;

	if (len > ORTHROS_REARM_LEN || argv[0] != '/' || argv[len - 1])
		return false;
	for (i = 0; i < len; i++)
		args += !argv[i];
	return args <= MAX_ARGS;
}

/**
 * orthros_rearm_check() - may this be set?
 * @argv:	as for orthros_rearm_set()
 * @len:	as there
 * @max:	as there
 * @seconds:	as there
 *
 * Return: 0 or -EINVAL.
 */
int orthros_rearm_check(const char *argv, u32 len, u32 max, u32 seconds)
{
	if (!len)
		return 0;
	return valid(argv, len) && max && max <= ORTHROS_REARM_TIMES && seconds ? 0 : -EINVAL;
}
EXPORT_SYMBOL_GPL(orthros_rearm_check);

/* Tell the kernel in the slot. */
static void hand_on(void)
{
	struct orthros_rearm *block = orthros_rearm_block();

	if (block)
		*block = own;
}

/**
 * orthros_rearm_set() - what is to be done after a takeover
 * @argv:	program and arguments, each ended by a NUL
 * @len:	bytes of that; 0: nothing
 * @max:	so many takeovers
 * @seconds:	in so many seconds end it
 *
 * By the kernel that is loaded now; what has passed orthros_rearm_check().
 */
void orthros_rearm_set(const char *argv, u32 len, u32 max, u32 seconds)
{
	mutex_lock(&own_lock);
	memset(own.argv, 0, sizeof(own.argv));
	if (len)
		memcpy(own.argv, argv, len);
	own.len = len;
	own.max = max;
	own.seconds = seconds;
	hand_on();
	mutex_unlock(&own_lock);
}
EXPORT_SYMBOL_GPL(orthros_rearm_set);

/**
 * orthros_rearm_show() - the program, as a line
 * @buf:	filled
 * @size:	bytes there
 *
 * Return: bytes.
 */
ssize_t orthros_rearm_show(char *buf, size_t size)
{
	size_t len, i;

	mutex_lock(&own_lock);
	len = min_t(size_t, own.len, size);
	for (i = 0; i < len; i++)
		buf[i] = own.argv[i] ?: ' ';
	mutex_unlock(&own_lock);
	/* Instead of the last blank; nothing is a line, too. */
	buf[len ? len - 1 : 0] = '\n';
	return max_t(size_t, len, 1);
}
EXPORT_SYMBOL_GPL(orthros_rearm_show);

static void note_takeover(s64 now)
{
	if (own.nr == ORTHROS_REARM_TIMES) {
		memmove(own.times, own.times + 1, sizeof(own.times) - sizeof(own.times[0]));
		own.nr--;
	}
	own.times[own.nr++] = now;
}

static u32 takeovers_since(s64 from)
{
	u32 i, nr = 0;

	for (i = 0; i < own.nr; i++)
		nr += own.times[i] >= from;
	return nr;
}

/**
 * orthros_rearm_inherit() - what the kernel before this one has handed on
 * @crashed:	it has failed
 *
 * By the new kernel, before anybody can load another one.
 */
void orthros_rearm_inherit(bool crashed)
{
	const struct orthros_rearm *block = orthros_rearm_block();

	mutex_lock(&own_lock);
	if (block)
		own = *block;
	if (own.nr > ORTHROS_REARM_TIMES)
		own.nr = 0;
	if (own.len && !valid(own.argv, own.len))
		own.len = 0;
	own.argv[own.len] = '\0';
	if (crashed)
		note_takeover(ktime_get_boottime_seconds());
	mutex_unlock(&own_lock);
}

static bool too_often(void)
{
	s64 now = ktime_get_boottime_seconds();
	u32 nr = takeovers_since(now - own.seconds);

	if (nr < own.max)
		return false;
	orthros_set_last_error("not armed again: %u takeovers in %u minutes", nr,
			       DIV_ROUND_UP(own.seconds, 60));
	pr_err("%s\n", orthros_last_error());
	return true;
}

static int run(char *args)
{
	char *envp[3] = { "HOME=/", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	char *argv[MAX_ARGS + 1], *at = args;
	unsigned int nr = 0;

	while (nr < MAX_ARGS && *at) {
		argv[nr++] = at;
		at += strlen(at) + 1;
	}
	argv[nr] = NULL;
	/* Whoever waits for its end would keep it from freezing processes. */
	return call_usermodehelper(args, argv, envp, UMH_WAIT_EXEC);
}

/**
 * orthros_rearm() - get the machine armed again
 *
 * By the new kernel, when all of the takeover is over.
 *
 * What goes wrong with the program it says itself, in the log.
 *
 * Context: a kernel thread.
 */
void orthros_rearm(void)
{
	char *args = NULL;
	int ret;

	mutex_lock(&own_lock);
	if (own.len && !too_often())
		args = kmemdup(own.argv, own.len + 1, GFP_KERNEL);
	mutex_unlock(&own_lock);
	if (!args)
		return;
	ret = run(args);
	if (ret)
		pr_err("not armed again: %s: %pe\n", args, ERR_PTR(ret));
	kfree(args);
}
