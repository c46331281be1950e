// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: The table of detectors
 *
 * In the order of their looks: who can say more of the same failure comes first.
 */
#include <linux/export.h>
#include "monitor_internal.h"

#define REPORT		ORTHROS_FINDING_REPORT
#define TAKEOVER	ORTHROS_FINDING_TAKEOVER

const struct orthros_detector orthros_detectors[ORTHROS_DET_NR] = {
	[ORTHROS_DET_CPU] = {
		.name = "cpu",
		.what = "a CPU gives no sign of life: its interrupts are off, or it does not run",
		.unit = "ms",
		.threshold = 1000,
		/* One is given every 250 ms. */
		.least = 500,
		.action = TAKEOVER,
		.sample = orthros_mon_cpu,
	},
	[ORTHROS_DET_SPINLOCK] = {
		.name = "spinlock",
		.what = "a CPU waits for a spin lock",
		.unit = "ms",
		.threshold = 10000,
		.least = 100,
		.action = TAKEOVER,
		.able = orthros_mon_can_spinlock,
		.sample = orthros_mon_spinlock,
	},
	[ORTHROS_DET_SOFTLOCKUP] = {
		.name = "softlockup",
		.what = "a CPU does not switch tasks, though others wait for it",
		.unit = "ms",
		/* The kernel's own limit, twice its watchdog_thresh. */
		.threshold = 20000,
		.least = 100,
		.action = TAKEOVER,
		.sample = orthros_mon_softlockup,
	},
	[ORTHROS_DET_STACK_END] = {
		.name = "stack_end",
		.what = "a task has written past the end of its stack",
		.unit = "tasks",
		.threshold = 1,
		.action = TAKEOVER,
		.every_ms = 50,
		.sample = orthros_mon_stack_end,
	},
	[ORTHROS_DET_OOPS] = {
		.name = "oops",
		.what = "the kernel has oopsed",
		.unit = "oopses",
		.threshold = 1,
		.action = REPORT,
		.able = orthros_mon_can_oops,
		.arm = orthros_mon_arm_oops,
		.sample = orthros_mon_oops,
	},
	[ORTHROS_DET_WARN] = {
		.name = "warn",
		.what = "the kernel has warned",
		.unit = "warnings",
		.threshold = 1,
		.action = REPORT,
		.able = orthros_mon_can_warn,
		.arm = orthros_mon_arm_warn,
		.sample = orthros_mon_warn,
	},
	[ORTHROS_DET_TAINT] = {
		.name = "taint",
		.what = "something new taints the kernel",
		.unit = "flags",
		.threshold = 1,
		.action = REPORT,
		.able = orthros_mon_can_taint,
		.arm = orthros_mon_arm_taint,
		.sample = orthros_mon_taint,
	},
	[ORTHROS_DET_HUNG_TASK] = {
		.name = "hung_task",
		.what = "a task waits without end",
		.unit = "ms",
		.threshold = 120000,
		.action = REPORT,
		.every_ms = 100,
		.arm = orthros_mon_arm_waits,
		.sample = orthros_mon_hung_task,
	},
	[ORTHROS_DET_WAIT_CHANNEL] = {
		.name = "wait_channel",
		.what = "many tasks wait at one place",
		.unit = "tasks",
		.threshold = 64,
		.action = REPORT,
		.every_ms = 500,
		.able = orthros_mon_can_wait_channel,
		.sample = orthros_mon_wait_channel,
	},
	[ORTHROS_DET_TASK_LIST] = {
		.name = "task_list",
		.what = "the list of processes is torn",
		.unit = "places",
		.threshold = 1,
		.action = REPORT,
		.every_ms = 500,
		.sample = orthros_mon_task_list,
	},
	[ORTHROS_DET_RCU_STALL] = {
		.name = "rcu_stall",
		.what = "a grace period of RCU does not end",
		.unit = "ms",
		/* After the kernel's own, which says more. */
		.threshold = 25000,
		.action = REPORT,
		.able = orthros_mon_can_rcu,
		.arm = orthros_mon_arm_rcu,
		.sample = orthros_mon_rcu,
	},
	[ORTHROS_DET_FORK] = {
		.name = "fork",
		.what = "processes are made until no more can be",
		.unit = "percent",
		.threshold = 90,
		.action = REPORT,
		.every_ms = 100,
		.able = orthros_mon_can_fork,
		.arm = orthros_mon_arm_fork,
		.sample = orthros_mon_fork,
	},
	[ORTHROS_DET_MEMORY] = {
		.name = "memory",
		.what = "memory is short, and none is reclaimed",
		.unit = "ms",
		.threshold = 5000,
		.action = REPORT,
		.every_ms = 100,
		.able = orthros_mon_can_memory,
		.arm = orthros_mon_arm_memory,
		.sample = orthros_mon_memory,
	},
	[ORTHROS_DET_OOM] = {
		.name = "oom",
		.what = "processes are killed for memory, and it is short again",
		.unit = "processes",
		/* One that has taken too much is killed, and there is enough. */
		.threshold = 3,
		.action = REPORT,
		.every_ms = 50,
		.able = orthros_mon_can_oom,
		.arm = orthros_mon_arm_oom,
		.sample = orthros_mon_oom,
	},
	[ORTHROS_DET_DESCRIPTORS] = {
		.name = "descriptors",
		.what = "the IDT, a GDT, or the root of the kernel's page tables has changed",
		.unit = "entries",
		.threshold = 1,
		.action = REPORT,
		.every_ms = 500,
		.able = orthros_mon_can_descriptors,
		.arm = orthros_mon_arm_descriptors,
		.sample = orthros_mon_descriptors,
	},
	[ORTHROS_DET_RODATA] = {
		.name = "rodata",
		.what = "read-only data has changed",
		.unit = "pieces",
		.threshold = 1,
		.action = REPORT,
		/* 8 MiB take some 7 s, or 13 s by default. */
		.every_ms = 50,
		.able = orthros_mon_can_rodata,
		.arm = orthros_mon_arm_rodata,
		.sample = orthros_mon_rodata,
	},
	[ORTHROS_DET_TEXT] = {
		.name = "text",
		.what = "the kernel's text has changed, and not by itself",
		.unit = "pieces",
		.threshold = 1,
		.action = REPORT,
		/* 16 MiB take some 13 s, or 26 s by default. */
		.every_ms = 50,
		.able = orthros_mon_can_text,
		.arm = orthros_mon_arm_text,
		.sample = orthros_mon_text,
	},
	[ORTHROS_DET_TRANSMIT] = {
		.name = "transmit",
		.what = "a network card does not send",
		.unit = "ms",
		/* After the kernel's own, which resets the card. */
		.threshold = 30000,
		.action = REPORT,
		.every_ms = 250,
		.able = orthros_mon_can_transmit,
		.arm = orthros_mon_arm_transmit,
		.sample = orthros_mon_transmit,
	},
	[ORTHROS_DET_BLOCK] = {
		.name = "block",
		.what = "a disk does not complete a request",
		.unit = "ms",
		.threshold = 60000,
		.action = REPORT,
		.every_ms = 100,
		.able = orthros_mon_can_block,
		.arm = orthros_mon_arm_block,
		.sample = orthros_mon_block,
	},
};

/**
 * orthros_detector() - one of the table
 * @id:		which
 *
 * Return: the detector.
 */
const struct orthros_detector *orthros_detector(enum orthros_detector_id id)
{
	return &orthros_detectors[id];
}
EXPORT_SYMBOL_GPL(orthros_detector);
