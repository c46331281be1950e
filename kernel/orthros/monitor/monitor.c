// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: The monitor
 *
 * Each look goes through the table of detectors (detectors.c). What one sees must be
 * seen by its next look, too, to be a finding; the same is told once. Time is what was
 * watched: when we have stood still ourselves, nobody has been silent meanwhile.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/barrier.h>
#include "monitor_internal.h"

/* Looks may be late by so much. */
#define LATE_MS		50

/**
 * orthros_monitor_interval() - time from one look to the next
 * @area:	settings
 *
 * Return: ms.
 */
u32 orthros_monitor_interval(const struct orthros_monitor_area *area)
{
	u32 ms = READ_ONCE(area->interval_ms);

	return ms && ms <= ORTHROS_INTERVAL_MAX ? ms : ORTHROS_INTERVAL_MS;
}
EXPORT_SYMBOL_GPL(orthros_monitor_interval);

/**
 * orthros_monitor_threshold() - what is too much
 * @area:	settings
 * @id:		for which detector
 *
 * Return: in its unit.
 */
u32 orthros_monitor_threshold(const struct orthros_monitor_area *area,
			      enum orthros_detector_id id)
{
	u32 val = READ_ONCE(area->det[id].threshold);

	return max_t(u32, val ? val : orthros_detectors[id].threshold,
		     orthros_detectors[id].least);
}
EXPORT_SYMBOL_GPL(orthros_monitor_threshold);

/**
 * orthros_monitor_action() - what to do of a finding
 * @area:	settings
 * @id:		of which detector
 *
 * Return: &enum orthros_finding_action.
 */
u32 orthros_monitor_action(const struct orthros_monitor_area *area, enum orthros_detector_id id)
{
	u32 val = READ_ONCE(area->det[id].action);

	return val && val <= ORTHROS_FINDING_NR ? val - 1 : orthros_detectors[id].action;
}
EXPORT_SYMBOL_GPL(orthros_monitor_action);

/**
 * orthros_monitor_init() - get ready to look at a source
 * @m:		monitor, all zero
 * @src:	source; a copy is taken that reports nothing, since a look at what changes
 *		may fail
 * @area:	settings and findings
 *
 * Return: 0, or negative errno: nothing can be looked at.
 */
int orthros_monitor_init(struct orthros_monitor *m, const struct orthros_src *src,
			 struct orthros_monitor_area *area)
{
	const struct orthros_detector *d;
	int err, id;

	m->src = *src;
	m->src.mem.report = NULL;
	m->src.mem.ctx = &m->src;
	m->area = area;
	err = orthros_read_rec(&m->src.mem, &orthros_table_mon_env, 0, &m->env);
	if (err)
		return err;
	orthros_mon_find_cpus(m);
	for (id = 0; id < ORTHROS_DET_NR; id++) {
		d = &orthros_detectors[id];
		m->det[id].able = !d->able || d->able(m);
	}
	return 0;
}

/**
 * orthros_monitor_arm() - begin to look
 * @m:		monitor
 * @now:	ns of the caller's clock
 *
 * What the source is like now is as it should be.
 */
void orthros_monitor_arm(struct orthros_monitor *m, u64 now)
{
	int id;

	m->last = now;
	/* Zero stands for never. */
	m->clock += MON_NS_PER_SEC;
	orthros_mon_arm_cpus(m);
	for (id = 0; id < ORTHROS_DET_NR; id++) {
		struct orthros_mon_state *st = &m->det[id];

		st->pending = false;
		st->nr_told = 0;
		st->next = 0;
		if (st->able && orthros_detectors[id].arm)
			orthros_detectors[id].arm(m);
	}
}

static void pass_time(struct orthros_monitor *m, u64 now)
{
	u64 interval = orthros_monitor_interval(m->area) * MON_NS_PER_MS;
	u64 step = now > m->last ? now - m->last : 0;

	m->last = now;
	if (step > 2 * interval + LATE_MS * MON_NS_PER_MS) {
		step = interval;
		m->area->late++;
	}
	m->clock += step;
}

static void tell(struct orthros_monitor *m, int id, const struct orthros_finding *f)
{
	struct orthros_monitor_slot *slot = &m->area->det[id];
	struct orthros_mon_state *st = &m->det[id];

	st->told[st->nr_told++ % ORTHROS_MON_TOLD] = f->key;
	if (st->nr_told == 2 * ORTHROS_MON_TOLD)
		st->nr_told = ORTHROS_MON_TOLD;
	WRITE_ONCE(slot->seq, slot->seq + 1);
	/* A reader sees that it changes before it does... */
	smp_wmb();
	memcpy(slot->last, f->text, sizeof(slot->last));
	slot->last[sizeof(slot->last) - 1] = '\0';
	WRITE_ONCE(slot->count, slot->count + 1);
	/* ...and that it has changed after it. */
	smp_wmb();
	WRITE_ONCE(slot->seq, slot->seq + 1);
	WRITE_ONCE(m->area->findings, m->area->findings + 1);
}

static bool look(struct orthros_monitor *m, int id, struct orthros_finding *f)
{
	const struct orthros_detector *d = &orthros_detectors[id];
	struct orthros_mon_state *st = &m->det[id];
	u64 every = d->every_ms * MON_NS_PER_MS;

	if (!st->able || m->clock < st->next)
		return false;
	st->next = m->clock + every;
	f->key = 0;
	f->cpu = -1;
	f->sure = false;
	f->len = 0;
	f->text[0] = '\0';
	if (!d->sample(m, orthros_monitor_threshold(m->area, id), f)) {
		st->pending = false;
		return false;
	}
	if (orthros_mon_told(m, id, f->key))
		return false;
	if (!f->sure && (!st->pending || st->key != f->key)) {
		st->pending = true;
		st->key = f->key;
		return false;
	}
	st->pending = false;
	return true;
}

/**
 * orthros_monitor_sample() - look at the source
 * @m:		monitor
 * @now:	ns of the caller's clock
 * @signs:	of each CPU, that it works
 * @quick:	only by detectors that look each time
 *
 * Findings go to the area. Neither allocates nor sleeps.
 *
 * Return: the detector whose finding is a reason for a takeover, the finding in
 * &orthros_monitor.found; or -1.
 */
int orthros_monitor_sample(struct orthros_monitor *m, u64 now,
			   const struct orthros_mon_signs *signs, bool quick)
{
	struct orthros_finding f;
	int id, found = -1;
	u32 action;

	pass_time(m, now);
	orthros_mon_look_cpus(m, signs);
	for (id = 0; id < ORTHROS_DET_NR && found < 0; id++) {
		action = orthros_monitor_action(m->area, id);
		if (action == ORTHROS_FINDING_IGNORE ||
		    (quick && orthros_detectors[id].every_ms) || !look(m, id, &f))
			continue;
		tell(m, id, &f);
		if (action == ORTHROS_FINDING_TAKEOVER) {
			m->found = f;
			found = id;
		}
	}
	return found;
}

/**
 * orthros_monitor_asks() - is a CPU to be asked whether it works?
 * @m:		monitor
 * @cpu:	source's number
 *
 * After each look. Whoever asks does so in a way that reaches a CPU whatever it does, if
 * only it runs.
 *
 * Return: true once a question.
 */
bool orthros_monitor_asks(struct orthros_monitor *m, u32 cpu)
{
	bool ask = cpu < m->nr_cpus && m->cpu[cpu].ask;

	if (ask)
		m->cpu[cpu].ask = false;
	return ask;
}

/**
 * orthros_monitor_due() - should there be a look that is not quick?
 * @m:		monitor
 *
 * Return: true if it is the time of a detector that does not look each time.
 */
bool orthros_monitor_due(const struct orthros_monitor *m)
{
	int id;

	for (id = 0; id < ORTHROS_DET_NR; id++)
		if (m->det[id].able && orthros_detectors[id].every_ms &&
		    m->clock >= m->det[id].next &&
		    orthros_monitor_action(m->area, id) != ORTHROS_FINDING_IGNORE)
			return true;
	return false;
}
