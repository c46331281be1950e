// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks that wait without end.
 *
 * The list of tasks is walked a few at a time. Those that are in an uninterruptible
 * sleep are noted, and looked at again until they have switched.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include "monitor_internal.h"

/* In one look so many are walked, noted ones are all seen again. */
#define STEP		64
#define THREADS_MAX	4096
/* In a list that is sound there are not more. */
#define TASKS_MAX	4000000
/* Words of the stack of a task that waits, in which its caller is. */
#define STACK_WORDS	64
/* Who waits for so long is one of those that pile up. */
#define PILE_MS		2000

/**
 * orthros_mon_arm_waits() - nobody waits
 * @m:		monitor
 */
void orthros_mon_arm_waits(struct orthros_monitor *m)
{
	memset(m->wait, 0, sizeof(m->wait));
	m->walk = 0;
	m->walk_at = 0;
	m->torn = 0;
}

static bool waits(const struct orthros_monitor *m, const struct orthros_mon_task *t)
{
	const struct orthros_mon_env *e = &m->env;

	return t->state & e->uninterruptible &&
	       !(t->state & (e->wakekill | e->noload | e->frozen));
}

static u64 switches_of(const struct orthros_mon_task *t)
{
	return t->nvcsw + t->nivcsw;
}

static bool is_text(const struct orthros_mon_env *e, u64 addr)
{
	return addr >= e->stext && addr < e->etext;
}

static bool is_sched(const struct orthros_mon_env *e, u64 addr)
{
	return addr >= e->sched_text && addr < e->sched_text_end;
}

/*
 * Who has called the functions that wait: after an address in them, the next one on
 * the stack that is not.
 */
static u64 place_of(const struct orthros_monitor *m, const struct orthros_mon_task *t)
{
	u64 w[STACK_WORDS];
	bool in_sched = false;
	u32 i;

	if (!m->env.sched_text || orthros_src_read(&m->src, t->sp, w, sizeof(w)))
		return 0;
	for (i = 0; i < STACK_WORDS; i++) {
		if (is_sched(&m->env, w[i]))
			in_sched = true;
		else if (in_sched && is_text(&m->env, w[i]))
			return w[i];
	}
	return 0;
}

static void note(struct orthros_monitor *m, u64 addr, const struct orthros_mon_task *t)
{
	struct orthros_mon_wait *w, *room = NULL;

	for (w = m->wait; w < m->wait + ORTHROS_MON_TASKS; w++) {
		if (w->task == addr)
			return;
		if (!w->task && !room)
			room = w;
	}
	if (!room)
		return;
	room->task = addr;
	room->switches = switches_of(t);
	room->since = m->clock;
	room->place = place_of(m, t);
	room->pid = t->pid;
	room->told = false;
}

/* Those that have gone on, or are gone. Stale memory does not look the same. */
static void look_again(struct orthros_monitor *m)
{
	struct orthros_mon_wait *w;
	struct orthros_mon_task t;

	for (w = m->wait; w < m->wait + ORTHROS_MON_TASKS; w++)
		if (w->task && (!orthros_mon_read_task(m, w->task, &t) || !waits(m, &t) ||
				switches_of(&t) != w->switches || t.pid != w->pid))
			w->task = 0;
}

/* All threads of a process; how many, or 0 if the list does not hold. */
static u32 walk_threads(struct orthros_monitor *m, u64 head)
{
	u64 node, addr;
	struct orthros_mon_task t;
	u32 nr;

	if (!orthros_mon_u64(m, head, &node))
		return 0;
	for (nr = 0; nr < THREADS_MAX && node != head; nr++) {
		addr = node - m->env.thread_node_off;
		if (!orthros_mon_read_task(m, addr, &t))
			return 0;
		if (waits(m, &t))
			note(m, addr, &t);
		node = t.thread_next;
	}
	return nr;
}

/* The process at which the last step has ended may be gone: its neighbour does not know it. */
static bool still_listed(const struct orthros_monitor *m, u64 addr)
{
	struct orthros_mon_task t;
	u64 next;

	return orthros_mon_read_task(m, addr, &t) &&
	       orthros_mon_u64(m, t.tasks_prev, &next) && next == addr + m->env.tasks_off;
}

/* Is @next after @from, which is in the list, and not to be read, or before another one? */
static bool is_torn(const struct orthros_monitor *m, u64 from, u64 next)
{
	struct orthros_mon_task t, n;

	if (!still_listed(m, from) || !orthros_mon_read_task(m, from, &t) ||
	    t.tasks_next != next + m->env.tasks_off)
		return false;
	return !orthros_mon_read_task(m, next, &n) || n.tasks_prev != from + m->env.tasks_off;
}

static void walk(struct orthros_monitor *m)
{
	struct orthros_mon_task t;
	u32 left = STEP, nr;
	u64 from = 0;

	if (!m->walk || m->walked > TASKS_MAX || !still_listed(m, m->walk)) {
		m->walk = m->env.init_task;
		m->walked = 0;
	}
	while (left) {
		bool ok = orthros_mon_read_task(m, m->walk, &t);

		if (from && !m->torn && (!ok || t.tasks_prev != from + m->env.tasks_off)) {
			m->torn = from;
			m->torn_next = m->walk;
		}
		if (!ok) {
			m->walk = 0;
			return;
		}
		from = m->walk;
		nr = t.thread_head ? walk_threads(m, t.thread_head) : 0;
		nr = nr ? nr : 1;
		m->walked += nr;
		left -= min_t(u32, nr, left);
		m->walk = t.tasks_next - m->env.tasks_off;
		if (m->walk == m->env.init_task) {
			if (!m->torn && is_torn(m, from, m->walk)) {
				m->torn = from;
				m->torn_next = m->walk;
			}
			m->walk = 0;
			return;
		}
	}
}

/* Once a look, whoever looks. */
static void step(struct orthros_monitor *m)
{
	if (m->walk_at == m->clock)
		return;
	m->walk_at = m->clock;
	look_again(m);
	walk(m);
}

/**
 * orthros_mon_task_list() - the list of processes is torn
 * @m:		monitor
 * @threshold:	so many places are too many
 * @f:		finding
 *
 * For a moment it is, where a process is put in or taken out.
 *
 * Return: true if it still is where a walk has found it so.
 */
bool orthros_mon_task_list(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	struct orthros_mon_task t;

	step(m);
	if (!m->torn)
		return false;
	if (!is_torn(m, m->torn, m->torn_next) || !orthros_mon_read_task(m, m->torn, &t)) {
		m->torn = 0;
		return false;
	}
	f->key = m->torn ^ m->torn_next << 16;
	orthros_mon_say(f, "the list of processes is torn after pid %d (%s)", t.pid, t.comm);
	/* Elsewhere it may be, too. */
	if (orthros_mon_told(m, ORTHROS_DET_TASK_LIST, f->key))
		m->torn = 0;
	return true;
}

static u64 key_of(const struct orthros_mon_wait *w)
{
	return w->task ^ w->switches << 48;
}

/**
 * orthros_mon_hung_task() - a task that waits without end
 * @m:		monitor
 * @threshold:	for so many ms
 * @f:		finding
 *
 * Return: true if there is one.
 */
bool orthros_mon_hung_task(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	struct orthros_mon_wait *w;
	struct orthros_mon_task t;
	u64 ms;

	step(m);
	for (w = m->wait; w < m->wait + ORTHROS_MON_TASKS; w++) {
		ms = (m->clock - w->since) / MON_NS_PER_MS;
		if (!w->task || w->told || ms < threshold)
			continue;
		/* There may be more than are remembered. */
		w->told = orthros_mon_told(m, ORTHROS_DET_HUNG_TASK, key_of(w));
		if (w->told || !orthros_mon_read_task(m, w->task, &t))
			continue;
		f->key = key_of(w);
		orthros_mon_say(f, "pid %d (%s) waits uninterruptibly for %llu ms at ", t.pid,
				t.comm, (unsigned long long)ms);
		orthros_mon_say_place(m, f, w->place);
		return true;
	}
	return false;
}

/**
 * orthros_mon_can_wait_channel() - is it known where tasks wait?
 * @m:		monitor
 *
 * Return: true if it is.
 */
bool orthros_mon_can_wait_channel(const struct orthros_monitor *m)
{
	return m->env.sched_text;
}

/**
 * orthros_mon_wait_channel() - tasks that pile up at one place
 * @m:		monitor
 * @threshold:	so many are too many
 * @f:		finding
 *
 * Return: true if there is such a place.
 */
bool orthros_mon_wait_channel(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	struct orthros_mon_wait *w, *o;
	u32 nr;

	step(m);
	for (w = m->wait; w < m->wait + ORTHROS_MON_TASKS; w++) {
		if (!w->task || !w->place)
			continue;
		for (o = m->wait, nr = 0; o < m->wait + ORTHROS_MON_TASKS; o++)
			if (o->task && o->place == w->place &&
			    m->clock - o->since >= PILE_MS * MON_NS_PER_MS)
				nr++;
		if (nr < threshold || orthros_mon_told(m, ORTHROS_DET_WAIT_CHANNEL, w->place))
			continue;
		f->key = w->place;
		orthros_mon_say(f, "%u tasks wait uninterruptibly, one of them pid %d, at ", nr,
				w->pid);
		orthros_mon_say_place(m, f, w->place);
		return true;
	}
	return false;
}
