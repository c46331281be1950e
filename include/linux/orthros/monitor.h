/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The monitor's settings and findings, for the control interface.
 */
#ifndef _LINUX_ORTHROS_MONITOR_H
#define _LINUX_ORTHROS_MONITOR_H

#include <linux/orthros/abi/monitor.h>

/* What both kernels see of it; NULL when this machine has no partition. */
struct orthros_monitor_area *orthros_monitor_area(void);

/* Of this kernel; they go along with each update. */
const struct orthros_monitor_area *orthros_monitor_settings(void);
void orthros_monitor_set_interval(u32 ms);
void orthros_monitor_set_threshold(enum orthros_detector_id id, u32 threshold);
void orthros_monitor_set_action(enum orthros_detector_id id, enum orthros_finding_action action);

#endif /* _LINUX_ORTHROS_MONITOR_H */
