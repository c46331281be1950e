/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ORTHROS_CONTROL_H
#define _ORTHROS_CONTROL_H

#include <linux/kobject.h>
#include <linux/sysfs.h>

int orthros_may_control(void);

int orthros_sysfs_init(void);
void orthros_sysfs_exit(void);

int orthros_monitor_sysfs_init(struct kset *kset);
void orthros_monitor_sysfs_exit(void);

extern const struct attribute_group orthros_stats_group;

#endif /* _ORTHROS_CONTROL_H */
