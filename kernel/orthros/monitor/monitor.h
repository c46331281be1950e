/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The monitor: looks at a kernel that runs, through its memory, and says when it
 * has failed.
 *
 * It allocates nothing, sleeps never, and knows the core only. Who uses it calls
 * orthros_monitor_sample() every now and then.
 */
#ifndef _ORTHROS_MONITOR_H
#define _ORTHROS_MONITOR_H

#include <linux/types.h>
#include <linux/orthros/abi/monitor.h>
#include "../core/source.h"
#include "tables.h"

struct orthros_monitor;

/* So often the same thing is told once, by detector. */
#define ORTHROS_MON_TOLD	16
/* Tasks that wait, that are watched. */
#define ORTHROS_MON_TASKS	256
/* Pieces of read-only data, or of text, that have a sum. */
#define ORTHROS_MON_SUMS	1024
/* Queues of network cards that are watched. */
#define ORTHROS_MON_TXQS	32
/* Requests that are watched. */
#define ORTHROS_MON_REQS	64
#define ORTHROS_MON_IDT		512	/* u64 in an IDT */
#define ORTHROS_MON_GDT		16	/* in a GDT */
#define ORTHROS_MON_ROOT	256	/* entries of the kernel in a root of page tables */

/**
 * struct orthros_finding - what a detector sees
 * @key:	what it is about: two looks must see the same, and it is told once
 * @cpu:	of the source, whose task is to blame; -1: nobody's
 * @sure:	it needs no second look
 * @len:	of @text
 * @text:	the evidence
 */
struct orthros_finding {
	u64 key;
	int cpu;
	bool sure;
	size_t len;
	char text[ORTHROS_FINDING_LEN];
};

/**
 * struct orthros_detector - something that is looked for
 * @name:	in sysfs
 * @what:	what a finding means
 * @unit:	of the threshold
 * @threshold:	default
 * @least:	a lower one would be a false alarm
 * @action:	default, &enum orthros_finding_action
 * @every_ms:	it is not looked at more often; 0: each time, since it costs nothing
 * @able:	can this source be looked at? NULL: any
 * @arm:	what is there now is as it should be; may be NULL
 * @sample:	a look; true if there is something, which is in @f then
 */
struct orthros_detector {
	const char *name;
	const char *what;
	const char *unit;
	u32 threshold;
	u32 least;
	u32 action;
	u32 every_ms;
	bool (*able)(const struct orthros_monitor *m);
	void (*arm)(struct orthros_monitor *m);
	bool (*sample)(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);
};

/**
 * struct orthros_still - something that should move
 * @value:	at the last look
 * @since:	time when it moved last
 */
struct orthros_still {
	u64 value;
	u64 since;
};

/**
 * struct orthros_mon_signs - of a source's CPUs that they work
 * @nr_cpus:	entries in the others
 * @beat:	the last sign of life of each, 0: it need not give any
 * @answered:	how many questions each has answered, see orthros_monitor_asks()
 */
struct orthros_mon_signs {
	u32 nr_cpus;
	u64 beat[ORTHROS_MAX_CPUS];
	u32 answered[ORTHROS_MAX_CPUS];
};

/**
 * struct orthros_mon_cpu - a CPU of the source
 * @switches:	its rq.nr_switches, in our direct map; NULL: it cannot be seen
 * @curr:	its rq.curr
 * @running:	its rq.nr_running
 * @idle:	its idle task, source address
 * @offset:	of its per-CPU variables
 * @online:	it gives signs of life
 * @beat:	signs of life
 * @answered:	questions that it had answered when they were given last
 * @answers:	those that it has answered since
 * @asked:	when it was to be asked last, 0: it was not
 * @ask:	it is to be asked
 * @sw:		switches of tasks
 * @task:	what ran at the last look
 * @utime:	what that had then
 * @watched:	when @utime was noted, 0: not yet
 * @spin:	since when it waits for a spin lock, 0: it does not
 * @ip:		where an interrupt has found it last
 * @lock:	what it waits for there, or 0
 */
struct orthros_mon_cpu {
	const u64 *switches;
	const u64 *curr;
	const u32 *running;
	u64 idle;
	u64 offset;
	bool online;
	struct orthros_still beat;
	u32 answered;
	u32 answers;
	u64 asked;
	bool ask;
	struct orthros_still sw;
	u64 task;
	u64 utime;
	u64 watched;
	u64 spin;
	u64 ip;
	u64 lock;
};

/**
 * struct orthros_mon_wait - a task that waits and does not switch
 * @task:	source address, 0: free
 * @switches:	its switches so far
 * @since:	when it was seen first
 * @place:	where it waits, source address
 * @pid:	its number
 * @told:	it was told
 */
struct orthros_mon_wait {
	u64 task;
	u64 switches;
	u64 since;
	u64 place;
	s32 pid;
	bool told;
};

/**
 * struct orthros_mon_req - a request that a driver has
 * @addr:	source address, 0: free
 * @start:	when it began, by the source
 * @since:	when it was seen first
 * @told:	it was told
 */
struct orthros_mon_req {
	u64 addr;
	u64 start;
	u64 since;
	bool told;
};

/**
 * struct orthros_mon_txq - a queue of a network card that is stopped
 * @dev:	its card, source address
 * @addr:	source address, 0: free
 * @nr:		its number
 * @start:	when it was given something last, by the source
 * @since:	when it was seen first
 */
struct orthros_mon_txq {
	u64 dev;
	u64 addr;
	u32 nr;
	u64 start;
	u64 since;
};

/**
 * struct orthros_mon_state - what is known of a detector
 * @able:	it can look at this source
 * @next:	time of the next look
 * @pending:	there was something at the last one
 * @key:	what
 * @told:	what was told, the last ones
 * @nr_told:	how many so far
 */
struct orthros_mon_state {
	bool able;
	u64 next;
	bool pending;
	u64 key;
	u64 told[ORTHROS_MON_TOLD];
	u32 nr_told;
};

/**
 * struct orthros_mon_sums - memory that is summed up, in pieces
 * @base:	its source address
 * @size:	bytes
 * @sum:	of each piece, 0: not yet known
 * @piece:	which one is being summed up
 * @off:	how far
 * @now:	so far
 * @bad:	one that was not as the first time: looked at again
 */
struct orthros_mon_sums {
	u64 base;
	u64 size;
	u64 sum[ORTHROS_MON_SUMS];
	u32 piece;
	u32 off;
	u64 now;
	u64 bad;
};

/**
 * struct orthros_monitor - the monitor
 * @src:	how the source is read; silent, as it changes meanwhile
 * @env:	where it has what
 * @area:	settings and findings
 * @last:	when the last look was, by the caller's clock
 * @clock:	time that was watched, ns: our own standstills are not in it
 * @nr_cpus:	entries in @cpu
 * @cpu:	by the source's numbers
 * @det:	by &enum orthros_detector_id
 * @found:	what leads to a takeover
 * @walk:	next process of a walk of all tasks, source address; 0: from the beginning
 * @walk_at:	time of its last step
 * @walked:	tasks seen in it
 * @torn:	process that its neighbour @torn_next may not know, 0: there is none
 * @torn_next:	see there
 * @wait:	tasks that wait
 * @gp:		grace periods of RCU
 * @forks:	processes so far at the last look, @forks_at its time
 * @forks_at:	see there
 * @crowd:	since when there are too many, 0: there are not
 * @low:	since when memory is short, 0: it is not
 * @stolen:	pages that were reclaimed by then
 * @kills:	processes that were killed for memory, some time before @kills_at
 * @kills_then:	by @kills_at
 * @kills_at:	see there, 0: not yet known
 * @short_at:	when memory was short last
 * @taint:	when it was armed
 * @die:	likewise
 * @warns:	likewise
 * @idt:	likewise
 * @root:	likewise
 * @gdt:	likewise, of each CPU
 * @gdt_known:	CPUs whose @gdt is known, bit mask
 * @changed:	the word of @idt, @root or @gdt that was seen to have changed
 * @changed_to:	what it is now
 * @data:	read-only data
 * @text:	the kernel's text
 * @poked:	changes of text that are known
 * @req:	requests that drivers have
 * @disk:	the next disk, by its place in the list of block devices
 * @queue:	its next hardware queue
 * @txq:	queues of network cards that are stopped
 * @netdev:	the next card, by its place in the list
 */
struct orthros_monitor {
	struct orthros_src src;
	struct orthros_mon_env env;
	struct orthros_monitor_area *area;
	u64 last;
	u64 clock;
	u32 nr_cpus;
	struct orthros_mon_cpu cpu[ORTHROS_MAX_CPUS];
	struct orthros_mon_state det[ORTHROS_DET_NR];
	struct orthros_finding found;

	u64 walk;
	u64 walk_at;
	u32 walked;
	u64 torn;
	u64 torn_next;
	struct orthros_mon_wait wait[ORTHROS_MON_TASKS];

	struct orthros_still gp;
	u64 forks;
	u64 forks_at;
	u64 crowd;
	u64 low;
	u64 stolen;
	u64 kills;
	u64 kills_then;
	u64 kills_at;
	u64 short_at;
	u64 taint;
	u32 die;
	u32 warns;
	u64 idt[ORTHROS_MON_IDT];
	u64 root[ORTHROS_MON_ROOT];
	u64 gdt[ORTHROS_MAX_CPUS][ORTHROS_MON_GDT];
	u64 gdt_known;
	u64 *changed;
	u64 changed_to;
	struct orthros_mon_sums data;
	struct orthros_mon_sums text;
	u64 poked;
	struct orthros_mon_req req[ORTHROS_MON_REQS];
	u32 disk;
	u32 queue;
	struct orthros_mon_txq txq[ORTHROS_MON_TXQS];
	u32 netdev;
};

const struct orthros_detector *orthros_detector(enum orthros_detector_id id);
u32 orthros_monitor_interval(const struct orthros_monitor_area *area);
u32 orthros_monitor_threshold(const struct orthros_monitor_area *area,
			      enum orthros_detector_id id);
u32 orthros_monitor_action(const struct orthros_monitor_area *area, enum orthros_detector_id id);
int orthros_monitor_init(struct orthros_monitor *m, const struct orthros_src *src,
			 struct orthros_monitor_area *area);
void orthros_monitor_arm(struct orthros_monitor *m, u64 now);
int orthros_monitor_sample(struct orthros_monitor *m, u64 now,
			   const struct orthros_mon_signs *signs, bool quick);
bool orthros_monitor_asks(struct orthros_monitor *m, u32 cpu);
bool orthros_monitor_due(const struct orthros_monitor *m);

#endif /* _ORTHROS_MONITOR_H */
