/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the ActiveOS tells of its PCI devices. The BackupOS makes devices of
 * its own of it while the hardware is still the other's.
 */
#ifndef _LINUX_ORTHROS_ABI_PCI_H
#define _LINUX_ORTHROS_ABI_PCI_H

#include <linux/types.h>

#define ORTHROS_PCI_CONFIG	256
#define ORTHROS_PCI_BARS	7	/* the last one is the ROM */
#define ORTHROS_PCI_USERS	480
#define ORTHROS_PCI_NO_GSI	0xffffffffU

/**
 * struct orthros_pci_fn - one function
 * @domain:	PCI segment
 * @bus:	its bus as the ActiveOS numbered it
 * @devfn:	device and function there
 * @root:	number of the root bus it is below
 * @level:	its interrupt is level-triggered
 * @low:	and active low
 * @pad:	zero
 * @gsi:	interrupt that its pin leads to, %ORTHROS_PCI_NO_GSI if unknown
 * @pad2:	zero
 * @bar_size:	bytes that each base address register decodes, 0 for none
 * @config:	configuration space
 * @users:	the drivers at work below it and the disks they made, in the order
 *		of the device tree, as in "pci:virtio-pci virtio:virtio_blk
 *		disk:vda=254:0 part:vda1=254:1"; empty if there is no driver
 */
struct orthros_pci_fn {
	__u16	domain;
	__u8	bus;
	__u8	devfn;
	__u8	root;
	__u8	level;
	__u8	low;
	__u8	pad;
	__u32	gsi;
	__u32	pad2;
	__u64	bar_size[ORTHROS_PCI_BARS];
	__u8	config[ORTHROS_PCI_CONFIG];
	char	users[ORTHROS_PCI_USERS];
} __packed;

/**
 * struct orthros_pci - all functions
 * @nr:		entries in @fn
 * @incomplete:	there were more than fit, or one could not be described
 * @fn:		in the order of the device list: parents first
 */
struct orthros_pci {
	__u32	nr;
	__u32	incomplete;
	struct orthros_pci_fn fn[];
} __packed;

#endif /* _LINUX_ORTHROS_ABI_PCI_H */
