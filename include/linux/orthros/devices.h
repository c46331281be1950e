/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices that change hands, for the core: arch/x86/orthros/pci*.c.
 */
#ifndef _LINUX_ORTHROS_DEVICES_H
#define _LINUX_ORTHROS_DEVICES_H

#include <linux/types.h>

/* A device that cannot be taken over: its name, and why. */
typedef void (*orthros_refuse_dev_fn)(void *ctx, const char *what, const char *why);

/* The ActiveOS: before it asks something of the BackupOS. */
void orthros_tell_pci(void);
/* Routes of interrupts, while the other kernel may change them. */
int orthros_save_irqs(void);
void orthros_restore_irqs(void);

/* The BackupOS: at boot, at a check, after the fence. */
int orthros_scan_devices(void);
int orthros_check_devices(orthros_refuse_dev_fn refuse, void *ctx);
/* After a check: is it a disk, or a part of one, that will be taken over? */
bool orthros_disk_known(dev_t dev);
int orthros_take_devices(void);
/* Drivers start in the background (probe.c): wait for some. */
int orthros_need_nics(void);
void orthros_waited_for_nics(u64 since);
int orthros_need_disk(const char *name, dev_t dev);
void orthros_need_devices(void);
int orthros_make_disk_nodes(void);
/* The commit, and then the rest. */
int orthros_devices_failed(void);
void orthros_commit_devices(void);
void orthros_settle_devices(void);
bool orthros_devices_hang(void);
bool orthros_device_fails(const char *name, const char *how);
const char *orthros_devices_error(void);
ssize_t orthros_devices_show(char *buf);

#endif /* _LINUX_ORTHROS_DEVICES_H */
