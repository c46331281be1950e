// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the source counts: oopses, warnings, grace periods, processes, pages.
 */
#include <linux/kernel.h>
#include "monitor_internal.h"

/* The state of a grace period is in these bits of its number. */
#define GP_STATE	3
/* Forks are counted over such a time. */
#define FORK_MS		1000
/* Within twice this time they have to be killed. */
#define OOM_MS		5000

/* ---- counters that should not move ------------------------------------------ */

/**
 * orthros_mon_can_oops() - are oopses counted?
 * @m:		monitor
 *
 * Return: true if they are.
 */
bool orthros_mon_can_oops(const struct orthros_monitor *m)
{
	return m->env.die;
}

/**
 * orthros_mon_arm_oops() - from now on they count
 * @m:		monitor
 */
void orthros_mon_arm_oops(struct orthros_monitor *m)
{
	if (!orthros_mon_u32(m, m->env.die, &m->die))
		m->die = 0;
}

static bool moved(const struct orthros_monitor *m, u64 addr, u32 from, u32 threshold,
		  const char *what, struct orthros_finding *f)
{
	u32 now;

	if (!orthros_mon_u32(m, addr, &now) || now - from < threshold || (s32)(now - from) < 0)
		return false;
	f->key = now;
	orthros_mon_say(f, "%u %s since protection began", now - from, what);
	return true;
}

/**
 * orthros_mon_oops() - the kernel has oopsed
 * @m:		monitor
 * @threshold:	so often
 * @f:		finding
 *
 * Return: true if it has.
 */
bool orthros_mon_oops(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	return moved(m, m->env.die, m->die, threshold, "oopses", f);
}

/**
 * orthros_mon_can_warn() - are warnings counted?
 * @m:		monitor
 *
 * Return: true if they are.
 */
bool orthros_mon_can_warn(const struct orthros_monitor *m)
{
	return m->env.warns;
}

/**
 * orthros_mon_arm_warn() - from now on they count
 * @m:		monitor
 */
void orthros_mon_arm_warn(struct orthros_monitor *m)
{
	if (!orthros_mon_u32(m, m->env.warns, &m->warns))
		m->warns = 0;
}

/**
 * orthros_mon_warn() - the kernel has warned
 * @m:		monitor
 * @threshold:	so often
 * @f:		finding
 *
 * Return: true if it has.
 */
bool orthros_mon_warn(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	return moved(m, m->env.warns, m->warns, threshold, "warnings", f);
}

/**
 * orthros_mon_can_taint() - is it known what taints the kernel?
 * @m:		monitor
 *
 * Return: true if it is.
 */
bool orthros_mon_can_taint(const struct orthros_monitor *m)
{
	return m->env.taint;
}

/**
 * orthros_mon_arm_taint() - what taints it now is known
 * @m:		monitor
 */
void orthros_mon_arm_taint(struct orthros_monitor *m)
{
	if (!orthros_mon_u64(m, m->env.taint, &m->taint))
		m->taint = 0;
}

/**
 * orthros_mon_taint() - something new taints the kernel
 * @m:		monitor
 * @threshold:	so many flags
 * @f:		finding
 *
 * Return: true if it does.
 */
bool orthros_mon_taint(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	u64 now, new;
	u32 nr = 0;

	if (!orthros_mon_u64(m, m->env.taint, &now))
		return false;
	for (new = now & ~m->taint; new; new &= new - 1)
		nr++;
	if (!nr || nr < threshold)
		return false;
	f->key = now;
	orthros_mon_say(f, "the kernel is tainted: %llu, was %llu", (unsigned long long)now,
			(unsigned long long)m->taint);
	return true;
}

/* ---- one that should move --------------------------------------------------- */

/**
 * orthros_mon_can_rcu() - can grace periods be seen?
 * @m:		monitor
 *
 * Return: true if they can.
 */
bool orthros_mon_can_rcu(const struct orthros_monitor *m)
{
	return m->env.rcu_state;
}

/**
 * orthros_mon_arm_rcu() - one begins now
 * @m:		monitor
 */
void orthros_mon_arm_rcu(struct orthros_monitor *m)
{
	m->gp.since = m->clock;
	m->gp.value = 0;
}

/**
 * orthros_mon_rcu() - a grace period does not end
 * @m:		monitor
 * @threshold:	for so many ms
 * @f:		finding
 *
 * Return: true if it does not.
 */
bool orthros_mon_rcu(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	u64 seq, ms;

	if (!orthros_mon_u64(m, m->env.rcu_state + m->env.gp_seq, &seq))
		return false;
	ms = orthros_mon_still(m, &m->gp, seq) / MON_NS_PER_MS;
	if (!(seq & GP_STATE) || ms < threshold)
		return false;
	f->key = seq;
	orthros_mon_say(f, "RCU: grace period %llu does not end for %llu ms",
			(unsigned long long)(seq / (GP_STATE + 1)), (unsigned long long)ms);
	return true;
}

/* ---- processes and memory ---------------------------------------------------- */

/**
 * orthros_mon_can_fork() - are processes counted?
 * @m:		monitor
 *
 * Return: true if they are.
 */
bool orthros_mon_can_fork(const struct orthros_monitor *m)
{
	return m->env.total_forks && m->env.nr_threads && m->env.max_threads;
}

/**
 * orthros_mon_arm_fork() - from now on they count
 * @m:		monitor
 */
void orthros_mon_arm_fork(struct orthros_monitor *m)
{
	m->forks_at = 0;
	m->crowd = 0;
}

/**
 * orthros_mon_fork() - processes are made without end
 * @m:		monitor
 * @threshold:	so many percent of what there may be at all are there
 * @f:		finding
 *
 * Return: true if they are, and ever more.
 */
bool orthros_mon_fork(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	const struct orthros_mon_env *e = &m->env;
	u64 forks, new, ms;
	u32 nr, max;

	if (!orthros_mon_u64(m, e->total_forks, &forks) ||
	    !orthros_mon_u32(m, e->nr_threads, &nr) ||
	    !orthros_mon_u32(m, e->max_threads, &max) || !max)
		return false;
	if (!m->forks_at || forks < m->forks) {
		m->forks = forks;
		m->forks_at = m->clock;
		return false;
	}
	new = forks - m->forks;
	ms = (m->clock - m->forks_at) / MON_NS_PER_MS;
	if (ms >= FORK_MS) {
		m->forks = forks;
		m->forks_at = m->clock;
	}
	if ((u64)nr * 100 < (u64)max * threshold) {
		m->crowd = 0;
		return false;
	}
	if (!m->crowd)
		m->crowd = m->clock;
	if (!new || !ms)
		return false;
	f->key = m->crowd;
	orthros_mon_say(f, "%u processes and threads, %u are the limit, %llu new ones in %llu ms",
			nr, max, (unsigned long long)new, (unsigned long long)ms);
	return true;
}

/**
 * orthros_mon_can_memory() - are free and reclaimed pages counted?
 * @m:		monitor
 *
 * Return: true if they are.
 */
bool orthros_mon_can_memory(const struct orthros_monitor *m)
{
	return m->env.zone_stat && m->env.events && m->env.min_free_kbytes &&
	       m->env.steal_kswapd && m->env.steal_direct;
}

/**
 * orthros_mon_arm_memory() - it is not short
 * @m:		monitor
 */
void orthros_mon_arm_memory(struct orthros_monitor *m)
{
	m->low = 0;
}

/* CPUs that are not online keep what they have counted. */
static u64 count_events(const struct orthros_monitor *m, u32 event)
{
	u64 sum = 0, val;
	u32 i;

	for (i = 0; i < m->nr_cpus; i++) {
		u64 at = m->cpu[i].offset ? m->env.events + m->cpu[i].offset : 0;

		if (at && orthros_mon_u64(m, at + event * 8, &val))
			sum += val;
	}
	return sum;
}

static u64 stolen(const struct orthros_monitor *m)
{
	return count_events(m, m->env.steal_kswapd) + count_events(m, m->env.steal_direct);
}

/* Pages that are free, and that should be. The counter lags behind: it may be below zero. */
static bool count_free(const struct orthros_monitor *m, s64 *free, u32 *least)
{
	u64 pages;
	u32 min_kb;

	if (!orthros_mon_u64(m, m->env.zone_stat + m->env.nr_free * 8, &pages) ||
	    !orthros_mon_u32(m, m->env.min_free_kbytes, &min_kb))
		return false;
	*free = pages;
	*least = min_kb / 4;
	return true;
}

/**
 * orthros_mon_memory() - memory is short, and none is reclaimed
 * @m:		monitor
 * @threshold:	for so many ms
 * @f:		finding
 *
 * Return: true if it is.
 */
bool orthros_mon_memory(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	u64 now, ms;
	u32 least;
	s64 free;

	if (!count_free(m, &free, &least))
		return false;
	if (free >= least) {
		m->low = 0;
		return false;
	}
	now = stolen(m);
	if (!m->low || now != m->stolen) {
		m->low = m->clock;
		m->stolen = now;
		return false;
	}
	ms = (m->clock - m->low) / MON_NS_PER_MS;
	if (ms < threshold)
		return false;
	f->key = m->low;
	orthros_mon_say(f, "%lld pages are free, the minimum is %u", (long long)free, least);
	orthros_mon_say(f, ", and none is reclaimed for %llu ms", (unsigned long long)ms);
	return true;
}

/**
 * orthros_mon_can_oom() - is it counted who is killed for memory?
 * @m:		monitor
 *
 * Return: true if it is.
 */
bool orthros_mon_can_oom(const struct orthros_monitor *m)
{
	return m->env.zone_stat && m->env.events && m->env.min_free_kbytes && m->env.oom_kill;
}

/**
 * orthros_mon_arm_oom() - nobody is
 * @m:		monitor
 */
void orthros_mon_arm_oom(struct orthros_monitor *m)
{
	m->kills_at = 0;
	m->short_at = 0;
}

/**
 * orthros_mon_oom() - processes are killed for memory, one after the other
 * @m:		monitor
 * @threshold:	so many in some seconds are too many
 * @f:		finding
 *
 * Those whose control group is at its limit do not count: then memory is not short.
 *
 * Return: true if there are.
 */
bool orthros_mon_oom(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	u64 kills, ms;
	u32 least;
	s64 free;

	if (!count_free(m, &free, &least))
		return false;
	/* Some of it is kept for other zones, so it does not get to the minimum. */
	if (free < 2 * (s64)least)
		m->short_at = m->clock;
	kills = count_events(m, m->env.oom_kill);
	ms = (m->clock - m->kills_at) / MON_NS_PER_MS;
	if (!m->kills_at || kills < m->kills) {
		m->kills = kills;
		m->kills_then = kills;
		m->kills_at = m->clock;
		m->short_at = 0;
	} else if (ms >= OOM_MS) {
		m->kills = m->kills_then;
		m->kills_then = kills;
		m->kills_at = m->clock;
	}
	if (kills - m->kills < threshold || !m->short_at ||
	    m->clock - m->short_at > OOM_MS * MON_NS_PER_MS)
		return false;
	f->key = m->kills;
	orthros_mon_say(f, "%llu processes were killed for memory in %u ms, ",
			(unsigned long long)(kills - m->kills), 2 * OOM_MS);
	orthros_mon_say(f, "%lld pages are free, the minimum is %u", (long long)free, least);
	return true;
}
