/* SPDX-License-Identifier: GPL-2.0 */
/* Between the files of the monitor. */
#ifndef _ORTHROS_MONITOR_INTERNAL_H
#define _ORTHROS_MONITOR_INTERNAL_H

#include <linux/compiler_attributes.h>
#include "monitor.h"

#define MON_NS_PER_MS	1000000ULL
#define MON_NS_PER_SEC	1000000000ULL

/* A CPU that gives signs of life has given one in this time. */
#define MON_ALIVE_MS	750

/* probe.c */
const void *orthros_mon_map(const struct orthros_monitor *m, u64 vaddr, size_t size);
bool orthros_mon_u32(const struct orthros_monitor *m, u64 vaddr, u32 *val);
bool orthros_mon_u64(const struct orthros_monitor *m, u64 vaddr, u64 *val);
void orthros_mon_make_text(char *s, size_t size);
bool orthros_mon_read_task(const struct orthros_monitor *m, u64 addr, struct orthros_mon_task *t);
u64 orthros_mon_still(const struct orthros_monitor *m, struct orthros_still *s, u64 value);
bool orthros_mon_told(const struct orthros_monitor *m, enum orthros_detector_id id, u64 key);
__printf(2, 3) void orthros_mon_say(struct orthros_finding *f, const char *fmt, ...);
void orthros_mon_say_place(const struct orthros_monitor *m, struct orthros_finding *f, u64 addr);

/* cpu.c */
void orthros_mon_find_cpus(struct orthros_monitor *m);
void orthros_mon_look_cpus(struct orthros_monitor *m, const struct orthros_mon_signs *signs);
void orthros_mon_arm_cpus(struct orthros_monitor *m);
bool orthros_mon_cpu(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);
bool orthros_mon_softlockup(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);
bool orthros_mon_can_spinlock(const struct orthros_monitor *m);
bool orthros_mon_spinlock(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);
bool orthros_mon_stack_end(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);

/* wait.c */
void orthros_mon_arm_waits(struct orthros_monitor *m);
bool orthros_mon_hung_task(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);
bool orthros_mon_can_wait_channel(const struct orthros_monitor *m);
bool orthros_mon_wait_channel(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);

bool orthros_mon_task_list(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);

/* counters.c */
bool orthros_mon_can_oops(const struct orthros_monitor *m);
void orthros_mon_arm_oops(struct orthros_monitor *m);
bool orthros_mon_oops(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);
bool orthros_mon_can_warn(const struct orthros_monitor *m);
void orthros_mon_arm_warn(struct orthros_monitor *m);
bool orthros_mon_warn(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);
bool orthros_mon_can_taint(const struct orthros_monitor *m);
void orthros_mon_arm_taint(struct orthros_monitor *m);
bool orthros_mon_taint(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);
bool orthros_mon_can_rcu(const struct orthros_monitor *m);
void orthros_mon_arm_rcu(struct orthros_monitor *m);
bool orthros_mon_rcu(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);
bool orthros_mon_can_fork(const struct orthros_monitor *m);
void orthros_mon_arm_fork(struct orthros_monitor *m);
bool orthros_mon_fork(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);
bool orthros_mon_can_memory(const struct orthros_monitor *m);
void orthros_mon_arm_memory(struct orthros_monitor *m);
bool orthros_mon_memory(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);

bool orthros_mon_can_oom(const struct orthros_monitor *m);
void orthros_mon_arm_oom(struct orthros_monitor *m);
bool orthros_mon_oom(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);

/* sums.c */
bool orthros_mon_can_descriptors(const struct orthros_monitor *m);
void orthros_mon_arm_descriptors(struct orthros_monitor *m);
bool orthros_mon_descriptors(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);
bool orthros_mon_can_rodata(const struct orthros_monitor *m);
void orthros_mon_arm_rodata(struct orthros_monitor *m);
bool orthros_mon_rodata(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);

bool orthros_mon_can_text(const struct orthros_monitor *m);
void orthros_mon_arm_text(struct orthros_monitor *m);
bool orthros_mon_text(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);

/* block.c */
bool orthros_mon_can_block(const struct orthros_monitor *m);
void orthros_mon_arm_block(struct orthros_monitor *m);
bool orthros_mon_block(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);

/* transmit.c */
bool orthros_mon_can_transmit(const struct orthros_monitor *m);
void orthros_mon_arm_transmit(struct orthros_monitor *m);
bool orthros_mon_transmit(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f);

/* detectors.c */
extern const struct orthros_detector orthros_detectors[ORTHROS_DET_NR];

#endif /* _ORTHROS_MONITOR_INTERNAL_H */
