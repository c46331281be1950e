// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCI devices change hands. The kernel that takes them does not have ACPI: it
 * uses configuration mechanism #1, and leaves bus numbers and BARs as they are.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/device.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <asm/i8259.h>
#include <asm/io_apic.h>
#include <asm/pci-direct.h>
#include <asm/pci_x86.h>
#include "arch.h"

/* Bridges below each other. */
#define MAX_DEPTH	8

/**
 * orthros_save_irqs - note how interrupts are routed
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_save_irqs(void)
{
	return nr_ioapics ? save_ioapic_entries() : 0;
}

/**
 * orthros_restore_irqs - route interrupts as they were
 */
void orthros_restore_irqs(void)
{
	if (nr_ioapics)
		restore_ioapic_entries();
	legacy_pic->restore_mask();
}

/* A device that still knows buffers of the old kernel must not write there. */
static void stop_dma_bus(u8 bus, int depth)
{
	u8 dev, fn;

	for (dev = 0; dev < 32; dev++) {
		for (fn = 0; fn < 8; fn++) {
			u8 type;
			u16 cmd;

			if (read_pci_config_16(bus, dev, fn, PCI_VENDOR_ID) == 0xffff) {
				if (!fn)
					break;
				continue;
			}
			type = read_pci_config_byte(bus, dev, fn, PCI_HEADER_TYPE);
			if ((type & 0x7f) == PCI_HEADER_TYPE_BRIDGE && depth < MAX_DEPTH) {
				u8 next = read_pci_config_byte(bus, dev, fn,
							       PCI_SECONDARY_BUS);

				if (next > bus)
					stop_dma_bus(next, depth + 1);
			}
			cmd = read_pci_config_16(bus, dev, fn, PCI_COMMAND);
			if (cmd & PCI_COMMAND_MASTER)
				write_pci_config_16(bus, dev, fn, PCI_COMMAND,
						    cmd & ~PCI_COMMAND_MASTER);
			if (!fn && !(type & 0x80))
				break;
		}
	}
}

/**
 * orthros_stop_dma - no device writes to memory after this
 *
 * Neither kernel may use configuration space meanwhile but the caller.
 */
void orthros_stop_dma(void)
{
	stop_dma_bus(0, 0);
}

static int pci_irq_on(struct pci_dev *dev)
{
	/* Message-signalled interrupts alone. */
	return 0;
}

static void pci_irq_off(struct pci_dev *dev)
{
}

static int scan_root(int busnr)
{
	struct pci_sysdata *sd = kzalloc(sizeof(*sd), GFP_KERNEL);
	struct pci_bus *bus;
	LIST_HEAD(resources);

	if (!sd)
		return -ENOMEM;
	sd->node = NUMA_NO_NODE;
	x86_pci_root_bus_resources(busnr, &resources);
	bus = pci_scan_root_bus(NULL, busnr, &pci_root_ops, sd, &resources);
	if (!bus) {
		pci_free_resource_list(&resources);
		kfree(sd);
		return -ENODEV;
	}
	pci_bus_claim_resources(bus);
	pci_bus_add_devices(bus);
	return 0;
}

/**
 * orthros_take_devices - give the machine's devices to this kernel's drivers
 *
 * By the BackupOS when the ActiveOS is parked. Until the commit the way back
 * is orthros_give_up().
 *
 * Return: 0 or negative errno.
 */
int orthros_take_devices(void)
{
	int err;

	orthros_stop_dma();
	raw_pci_ops = &pci_direct_conf1;
	pcibios_enable_irq = pci_irq_on;
	pcibios_disable_irq = pci_irq_off;
	err = scan_root(0);
	if (err)
		return err;
	wait_for_device_probe();
	return 0;
}
