// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs that have stopped to do their work.
 *
 * Each look reads three words of a CPU, which are known to lie in our direct map.
 * More is read of one whose switches stand still.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include "monitor_internal.h"

/* Words of a stack above that of interrupts in which their registers are. */
#define FRAME_WORDS	64
/* The wait for a lock is in so many bytes of text. */
#define SPIN_TEXT	0x400
/* A CPU that is silent is asked from this part of the limit on, */
#define ASK_PART(ns)	((ns) / 10 * 6)
/* as often, and works, but for interrupts, when it has answered so many. */
#define ASK_MS		100
#define ANSWERS		3
/* The stack of a CPU's task is of this many bytes at most. */
#define STACK_MAX	0x10000

/* The CPUs that are online and can be seen: the next one from @c on, or NULL. */
static struct orthros_mon_cpu *next_cpu(struct orthros_monitor *m, struct orthros_mon_cpu *c)
{
	for (; c < m->cpu + m->nr_cpus; c++)
		if (c->online && c->switches)
			return c;
	return NULL;
}

static int nr_of(const struct orthros_monitor *m, const struct orthros_mon_cpu *c)
{
	return c - m->cpu;
}

/* Where the words are, of those CPUs that can be seen. */
static void find_cpu(struct orthros_monitor *m, u32 nr)
{
	struct orthros_mon_cpu *c = &m->cpu[nr];
	const struct orthros_mon_env *e = &m->env;
	u64 rq, idle;

	if (!orthros_mon_u64(m, e->per_cpu_offset + nr * sizeof(u64), &c->offset) || !c->offset)
		return;
	rq = e->runqueues + c->offset;
	c->curr = orthros_mon_map(m, rq + e->rq_curr, sizeof(u64));
	c->running = orthros_mon_map(m, rq + e->rq_running, sizeof(u32));
	if (c->curr && c->running && orthros_mon_u64(m, rq + e->rq_idle, &idle)) {
		c->idle = idle;
		c->switches = orthros_mon_map(m, rq + e->rq_switches, sizeof(u64));
	}
}

/**
 * orthros_mon_find_cpus() - find what is looked at of each CPU
 * @m:		monitor
 */
void orthros_mon_find_cpus(struct orthros_monitor *m)
{
	u32 nr;

	for (nr = 0; nr < ORTHROS_MAX_CPUS; nr++)
		find_cpu(m, nr);
}

/**
 * orthros_mon_arm_cpus() - all of them are well now
 * @m:		monitor
 */
void orthros_mon_arm_cpus(struct orthros_monitor *m)
{
	u32 nr;

	for (nr = 0; nr < ORTHROS_MAX_CPUS; nr++) {
		m->cpu[nr].online = false;
		m->cpu[nr].watched = 0;
		m->cpu[nr].spin = 0;
	}
}

static void forget(struct orthros_mon_cpu *c)
{
	c->watched = 0;
	c->spin = 0;
}

static void look_signs(struct orthros_monitor *m, struct orthros_mon_cpu *c, u64 beat,
		       u32 answered, bool new)
{
	if (new || !orthros_mon_still(m, &c->beat, beat)) {
		c->answered = answered;
		c->answers = 0;
		c->asked = 0;
		c->ask = false;
		return;
	}
	/* Of several questions it may answer the last one only. */
	if (answered != c->answered)
		c->answers++;
	c->answered = answered;
}

/**
 * orthros_mon_look_cpus() - look at each CPU
 * @m:		monitor
 * @signs:	that it works
 */
void orthros_mon_look_cpus(struct orthros_monitor *m, const struct orthros_mon_signs *signs)
{
	struct orthros_mon_cpu *c;
	u64 curr, beat;

	m->nr_cpus = min_t(u32, signs->nr_cpus, ORTHROS_MAX_CPUS);
	for (c = m->cpu; c < m->cpu + m->nr_cpus; c++) {
		bool new = !c->online;

		beat = signs->beat[nr_of(m, c)];
		c->online = beat;
		if (!c->online)
			continue;
		if (new) {
			c->beat.since = m->clock;
			c->sw.since = m->clock;
			forget(c);
		}
		look_signs(m, c, beat, signs->answered[nr_of(m, c)], new);
		if (!c->switches)
			continue;
		curr = READ_ONCE(*c->curr);
		if (orthros_mon_still(m, &c->sw, READ_ONCE(*c->switches)) && curr == c->task)
			continue;
		c->task = curr;
		c->sw.since = m->clock;
		forget(c);
	}
}

static u64 key_of(const struct orthros_monitor *m, const struct orthros_mon_cpu *c, u64 what)
{
	return what << 8 | nr_of(m, c);
}

static void ask(struct orthros_monitor *m, struct orthros_mon_cpu *c)
{
	if (c->asked && m->clock - c->asked < ASK_MS * MON_NS_PER_MS)
		return;
	c->asked = m->clock;
	c->ask = true;
}

/**
 * orthros_mon_cpu() - a CPU that gives no sign of life
 * @m:		monitor
 * @threshold:	for so many ms
 * @f:		finding
 *
 * What a hypervisor keeps from running is silent as well. Then it does not answer either,
 * and as soon as it does there are signs of life. One that answers again and again, and
 * gives none, has failed; one that does not answer has so when twice the time is over.
 *
 * Return: true if there is one.
 */
bool orthros_mon_cpu(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	struct orthros_mon_cpu *c;

	for (c = m->cpu; c < m->cpu + m->nr_cpus; c++) {
		u64 ns = m->clock - c->beat.since, ms = ns / MON_NS_PER_MS;
		bool answers = c->answers >= ANSWERS;

		if (!c->online)
			continue;
		if (ns >= ASK_PART(threshold * MON_NS_PER_MS))
			ask(m, c);
		if (ms < (answers ? threshold : 2 * threshold))
			continue;
		f->key = key_of(m, c, c->beat.value);
		f->cpu = nr_of(m, c);
		orthros_mon_say(f, "CPU %d has given no sign of life for %llu ms, and %s", f->cpu,
				(unsigned long long)ms,
				answers ? "has its interrupts off" : "does not answer");
		return true;
	}
	return false;
}

/*
 * Has it run @task for at least so long, and in the kernel alone? A task that is in user
 * mode is charged for it by each tick.
 */
static bool stands_still(struct orthros_monitor *m, struct orthros_mon_cpu *c, u64 ns,
			 struct orthros_mon_task *t)
{
	u64 age = m->clock - c->sw.since;

	if (c->task == c->idle || age < ns / 2 ||
	    m->clock - c->beat.since > MON_ALIVE_MS * MON_NS_PER_MS)
		return false;
	if (!orthros_mon_read_task(m, c->task, t))
		return false;
	if (!c->watched || t->utime != c->utime) {
		c->utime = t->utime;
		c->watched = m->clock;
		c->spin = 0;
	}
	return age >= ns && m->clock - c->watched >= ns / 2;
}

/*
 * Where the last interrupt has found the CPU, if that was in the kernel: the stack of
 * interrupts keeps, at its top, the place on the other stack where the registers lie.
 */
static bool last_frame(const struct orthros_monitor *m, const struct orthros_mon_cpu *c,
		       u64 *ip, u64 *di)
{
	const struct orthros_mon_env *e = &m->env;
	u64 top, sp, w[FRAME_WORDS];
	u32 cs = e->regs_cs / 8, at = e->regs_ip / 8, rsp = e->regs_sp / 8, i, off;

	if (!e->irq_stack || e->regs_size > sizeof(w) || cs < at || rsp < at ||
	    e->regs_di > e->regs_ip ||
	    !orthros_mon_u64(m, c->offset + e->irq_stack + e->irq_stack_off, &top) ||
	    !orthros_mon_u64(m, top, &sp) || sp % 8 ||
	    orthros_src_read(&m->src, sp, w, sizeof(w)))
		return false;
	for (i = at; i + rsp - at < FRAME_WORDS; i++) {
		off = i - at;
		if (w[off + cs] != e->kernel_cs ||
		    w[off + at] < e->stext || w[off + at] >= e->etext ||
		    w[off + rsp] < sp || w[off + rsp] - sp > STACK_MAX)
			continue;
		*ip = w[off + at];
		*di = w[off + e->regs_di / 8];
		return true;
	}
	return false;
}

static bool in_spin(struct orthros_monitor *m, struct orthros_mon_cpu *c)
{
	const struct orthros_mon_env *e = &m->env;
	u64 ip, di;
	u32 count;

	c->ip = 0;
	c->lock = 0;
	if (last_frame(m, c, &ip, &di)) {
		c->ip = ip;
		if (e->spin_slow && ip >= e->spin_slow && ip - e->spin_slow < SPIN_TEXT) {
			c->lock = di;
			return true;
		}
	}
	return e->qnodes && e->mcs_count &&
	       orthros_mon_u32(m, c->offset + e->qnodes + e->mcs_count, &count) &&
	       count && count <= 4;
}

static void say_cpu(struct orthros_monitor *m, struct orthros_mon_cpu *c,
		    const struct orthros_mon_task *t, struct orthros_finding *f)
{
	f->key = key_of(m, c, c->sw.value);
	f->cpu = nr_of(m, c);
	orthros_mon_say(f, "CPU %d: pid %d (%s) ", f->cpu, t->pid, t->comm);
}

/**
 * orthros_mon_softlockup() - a CPU that does not switch, though others wait for it
 * @m:		monitor
 * @threshold:	for so many ms
 * @f:		finding
 *
 * Return: true if there is one.
 */
bool orthros_mon_softlockup(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	struct orthros_mon_task t;
	struct orthros_mon_cpu *c;
	u64 ip, di;
	u32 nr;

	for (c = next_cpu(m, m->cpu); c; c = next_cpu(m, c + 1)) {
		if (!stands_still(m, c, threshold * MON_NS_PER_MS, &t))
			continue;
		nr = READ_ONCE(*c->running);
		if (nr < 2)
			continue;
		say_cpu(m, c, &t, f);
		orthros_mon_say(f, "has not let the CPU go for %llu ms, %u wait, at ",
				(unsigned long long)((m->clock - c->sw.since) / MON_NS_PER_MS),
				nr - 1);
		orthros_mon_say_place(m, f, last_frame(m, c, &ip, &di) ? ip : 0);
		return true;
	}
	return false;
}

/**
 * orthros_mon_can_spinlock() - does the source have queued spin locks?
 * @m:		monitor
 *
 * Return: true if those who wait can be seen.
 */
bool orthros_mon_can_spinlock(const struct orthros_monitor *m)
{
	return m->env.spin_slow || (m->env.qnodes && m->env.mcs_count);
}

/**
 * orthros_mon_spinlock() - a CPU that waits for a spin lock
 * @m:		monitor
 * @threshold:	for so many ms
 * @f:		finding
 *
 * Return: true if there is one.
 */
bool orthros_mon_spinlock(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	u64 ns = threshold * MON_NS_PER_MS;
	struct orthros_mon_task t;
	struct orthros_mon_cpu *c;
	bool still, spin;

	for (c = next_cpu(m, m->cpu); c; c = next_cpu(m, c + 1)) {
		still = stands_still(m, c, ns, &t);
		if (!c->watched)
			continue;
		spin = in_spin(m, c);
		if (!spin)
			c->spin = 0;
		else if (!c->spin)
			c->spin = m->clock;
		if (!still || !c->spin || m->clock - c->spin < ns / 4)
			continue;
		say_cpu(m, c, &t, f);
		orthros_mon_say(f, "waits for a spin lock for %llu ms, lock ",
				(unsigned long long)((m->clock - c->sw.since) / MON_NS_PER_MS));
		orthros_mon_say_place(m, f, c->lock);
		return true;
	}
	return false;
}

/**
 * orthros_mon_stack_end() - a task that has written past its stack
 * @m:		monitor
 * @threshold:	so many are too many
 * @f:		finding
 *
 * As long as the CPU does not switch its task has a stack, and the word at its end has
 * one value only: what is read between two equal counts is no accident.
 *
 * Return: true if there is one.
 */
bool orthros_mon_stack_end(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	struct orthros_mon_task t;
	struct orthros_mon_cpu *c;
	u64 switches, curr, end;

	for (c = next_cpu(m, m->cpu); c; c = next_cpu(m, c + 1)) {
		switches = READ_ONCE(*c->switches);
		curr = READ_ONCE(*c->curr);
		if (!orthros_mon_read_task(m, curr, &t) || !orthros_mon_u64(m, t.stack, &end) ||
		    end == m->env.stack_end || READ_ONCE(*c->switches) != switches ||
		    READ_ONCE(*c->curr) != curr)
			continue;
		f->key = curr;
		f->cpu = nr_of(m, c);
		f->sure = true;
		orthros_mon_say(f, "CPU %d: pid %d (%s) has written past the end of its stack",
				f->cpu, t.pid, t.comm);
		return true;
	}
	return false;
}
