/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The monitor: what the ActiveOS sets, and what the BackupOS has found.
 *
 * One area at a fixed place in the head of the slot. As with the hand-off block, a
 * change of layout bumps %ORTHROS_HANDOFF_VERSION.
 */
#ifndef _LINUX_ORTHROS_ABI_MONITOR_H
#define _LINUX_ORTHROS_ABI_MONITOR_H

#include <linux/types.h>

/* Detectors by their place in the area. Append only. */
enum orthros_detector_id {
	ORTHROS_DET_CPU = 0,	/* a CPU without a sign of life */
	ORTHROS_DET_SPINLOCK,	/* a CPU waits for a spin lock */
	ORTHROS_DET_SOFTLOCKUP,	/* a CPU does not switch tasks */
	ORTHROS_DET_STACK_END,	/* a task has written past its stack */
	ORTHROS_DET_OOPS,
	ORTHROS_DET_WARN,
	ORTHROS_DET_TAINT,
	ORTHROS_DET_HUNG_TASK,
	ORTHROS_DET_WAIT_CHANNEL,	/* many tasks wait at one place */
	ORTHROS_DET_RCU_STALL,
	ORTHROS_DET_FORK,
	ORTHROS_DET_MEMORY,
	ORTHROS_DET_DESCRIPTORS,	/* IDT, root of the page tables */
	ORTHROS_DET_RODATA,
	ORTHROS_DET_BLOCK,	/* requests that are not completed */
	ORTHROS_DET_OOM,	/* processes are killed for memory */
	ORTHROS_DET_TEXT,
	ORTHROS_DET_TASK_LIST,
	ORTHROS_DET_TRANSMIT,	/* queues of network cards that stand */
	ORTHROS_DET_NR,
};

enum orthros_finding_action {
	ORTHROS_FINDING_IGNORE = 0,
	ORTHROS_FINDING_REPORT,
	ORTHROS_FINDING_TAKEOVER,
	ORTHROS_FINDING_NR,
};

#define ORTHROS_DET_MAX		24
#define ORTHROS_FINDING_LEN	192
#define ORTHROS_INTERVAL_MS	100	/* from one look to the next */
#define ORTHROS_INTERVAL_MAX	1000

#define ORTHROS_POKES		64

/**
 * struct orthros_pokes - where a kernel has changed its own text
 * @seq:	twice the number of changes; odd in the middle of one
 * @at:		addresses of the last ones, the first at 0
 */
struct orthros_pokes {
	__u64	seq;
	__u64	at[ORTHROS_POKES];
};

/**
 * struct orthros_monitor_slot - a detector
 * @threshold:	by the ActiveOS, milliseconds or a number; 0 is the default
 * @action:	by the ActiveOS, 1 + &enum orthros_finding_action; 0 is the default
 * @count:	findings
 * @seq:	odd while @last is written
 * @pad:	zero
 * @last:	the last finding, NUL-terminated
 */
struct orthros_monitor_slot {
	__u32	threshold;
	__u32	action;
	__u64	count;
	__u32	seq;
	__u32	pad;
	char	last[ORTHROS_FINDING_LEN];
} __packed __aligned(8);

/**
 * struct orthros_monitor_area - the area
 * @interval_ms:	by the ActiveOS; 0 is the default
 * @findings:		of all detectors, counted when they are complete
 * @samples:		looks so far
 * @late:		looks that came much too late: the BackupOS has stood still itself
 * @busy_ns:		time that they took
 * @idle_ns:		time that the BackupOS's CPUs have been idle
 * @now_ns:		time of the last one, by the BackupOS's clock
 * @cpus:		the BackupOS's
 * @pad:		zero
 * @det:		by &enum orthros_detector_id
 */
struct orthros_monitor_area {
	__u32	interval_ms;
	__u32	findings;
	__u64	samples;
	__u64	late;
	__u64	busy_ns;
	__u64	idle_ns;
	__u64	now_ns;
	__u32	cpus;
	__u32	pad;
	struct orthros_monitor_slot det[ORTHROS_DET_MAX];
} __packed __aligned(8);

#endif /* _LINUX_ORTHROS_ABI_MONITOR_H */
