// SPDX-License-Identifier: GPL-2.0
/*
 * struct pids: those that something in the source refers to, and those here.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include "pid.h"
#include "source.h"
#include "tables.h"

/**
 * orthros_read_pidnr() - number of a struct pid
 * @src:	source
 * @pid:	its address in the source, or 0
 * @nr:		set to the number, 0 for none
 *
 * Return: 0 or -errno.
 */
int orthros_read_pidnr(const struct orthros_src *src, u64 pid, s32 *nr)
{
	struct orthros_pidnr_view v;
	int err;

	*nr = 0;
	if (!pid)
		return 0;
	err = orthros_read_rec(&src->mem, &orthros_table_pidnr, pid, &v);
	if (!err)
		*nr = v.nr;
	return err;
}

/**
 * orthros_pid_get() - the struct pid of a number, whose process may be long gone
 * @nr:		PID, greater than 0
 * @made:	set: nobody had it; it stays allocated until free_pid()
 *
 * Return: with a reference, or ERR_PTR().
 */
struct pid *orthros_pid_get(pid_t nr, bool *made)
{
	struct pid *pid;

	rcu_read_lock();
	pid = get_pid(find_pid_ns(nr, &init_pid_ns));
	rcu_read_unlock();
	*made = false;
	if (pid)
		return pid;
	pid = alloc_pid(&init_pid_ns, &nr, 1);
	if (!IS_ERR(pid)) {
		*made = true;
		get_pid(pid);
	}
	return pid;
}
