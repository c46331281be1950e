// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this kernel tells the other one of its PCI devices, and what of them
 * the other one compares when it has them.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/orthros/devices.h>
#include <linux/pci.h>
#include "arch.h"
#include "ioapic.h"
#include "pci.h"

static void add_user(struct orthros_pci_fn *fn, const char *kind, const char *name)
{
	size_t at = strlen(fn->users);

	/* What does not fit is cut off on both sides alike. */
	scnprintf(fn->users + at, sizeof(fn->users) - at, "%s%s:%s", at ? " " : "",
		  kind, name);
}

static int tell_user(struct device *dev, void *data)
{
	/* A device behind a bridge speaks for itself. */
	if (dev_is_pci(dev))
		return 0;
	if (dev->class == &block_class) {
		char name[DISK_NAME_LEN + 24];

		/* Names and numbers are what processes know. */
		snprintf(name, sizeof(name), "%s=%u:%u", dev_name(dev), MAJOR(dev->devt),
			 MINOR(dev->devt));
		add_user(data, dev->type == &disk_type ? "disk" : "part", name);
	}
	if (dev->driver && dev->bus)
		add_user(data, dev->bus->name, dev->driver->name);
	return device_for_each_child(dev, data, tell_user);
}

/**
 * orthros_pci_users - the drivers below a function
 * @dev:	the function
 * @fn:		its users are set
 */
void orthros_pci_users(struct pci_dev *dev, struct orthros_pci_fn *fn)
{
	memset(fn->users, 0, sizeof(fn->users));
	device_lock(&dev->dev);
	if (dev->dev.driver)
		add_user(fn, "pci", dev->dev.driver->name);
	device_unlock(&dev->dev);
	if (dev->hdr_type == PCI_HEADER_TYPE_NORMAL)
		device_for_each_child(&dev->dev, fn, tell_user);
}

/* The interrupt that the function's pin was resolved to, here or earlier. */
static void tell_irq(struct pci_dev *dev, struct orthros_pci_fn *fn)
{
	const struct orthros_pci_fn *old;
	struct orthros_ioapic_pin pin;

	fn->gsi = ORTHROS_PCI_NO_GSI;
	if (!dev->pin)
		return;
	if (dev->irq && orthros_ioapic_describe(dev->irq, &pin)) {
		fn->gsi = pin.gsi;
		fn->level = pin.level;
		fn->low = pin.low;
		return;
	}
	old = orthros_pci_fn(fn->domain, fn->bus, fn->devfn);
	if (old) {
		fn->gsi = old->gsi;
		fn->level = old->level;
		fn->low = old->low;
	}
}

static u64 bar_size(struct pci_dev *dev, int bar)
{
	struct resource *res = &dev->resource[bar];

	/* An old IDE controller's ports are in no register. */
	if (!res->flags || (res->flags & IORESOURCE_PCI_FIXED))
		return 0;
	return pci_resource_len(dev, bar);
}

static int tell_fn(struct pci_dev *dev, struct orthros_pci_fn *fn)
{
	struct pci_bus *root = dev->bus;
	int i;

	while (root->parent)
		root = root->parent;
	memset(fn, 0, sizeof(*fn));
	fn->domain = pci_domain_nr(dev->bus);
	fn->bus = dev->bus->number;
	fn->devfn = dev->devfn;
	fn->root = root->number;
	tell_irq(dev, fn);
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		fn->bar_size[i] = bar_size(dev, i);
	fn->bar_size[ORTHROS_PCI_BARS - 1] = bar_size(dev, PCI_ROM_RESOURCE);
	for (i = 0; i < ORTHROS_PCI_CONFIG; i += 4) {
		u32 val;

		if (pci_read_config_dword(dev, i, &val))
			return -EIO;
		memcpy(fn->config + i, &val, sizeof(val));
	}
	orthros_pci_users(dev, fn);
	return 0;
}

/**
 * orthros_tell_pci - describe the PCI devices to the other kernel
 *
 * By the ActiveOS, whenever it is about to ask something of the other.
 */
void orthros_tell_pci(void)
{
	struct orthros_pci *pci = (void *)orthros_ho + ORTHROS_RES_PCI;
	struct pci_dev *dev = NULL;

	pci->nr = 0;
	pci->incomplete = 0;
	for_each_pci_dev(dev) {
		if (pci->nr == ORTHROS_PCI_MAX) {
			pci->incomplete = 1;
			continue;
		}
		if (tell_fn(dev, &pci->fn[pci->nr]))
			pci->incomplete = 1;
		else
			pci->nr++;
	}
}
