// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCI devices change hands.
 *
 * The kernel that takes them has no ACPI: it uses configuration mechanism #1,
 * and leaves bus numbers and base addresses as they are. It has made its
 * devices at boot of what the ActiveOS told (pci_shadow.c). In the hop, after
 * the fence, it stops the DMA of all of them, and a thread starts the drivers
 * (probe.c).
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/device.h>
#include <linux/kallsyms.h>
#include <linux/orthros/devices.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <asm/i8259.h>
#include <asm/io_apic.h>
#include <asm/pci-direct.h>
#include <asm/pci_x86.h>
#include "arch.h"
#include "ioapic.h"
#include "pci.h"

/* Bridges below each other. */
#define MAX_DEPTH	8
#define TEXT_LEN	160

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
 * Nobody else may use configuration space meanwhile.
 */
void orthros_stop_dma(void)
{
	DECLARE_BITMAP(roots, 256) = { 1 };
	const struct orthros_pci *pci;
	struct pci_bus *root;
	unsigned int bus;
	u32 i;

	if (orthros_is_backup()) {
		pci = orthros_pci_copy();
		for (i = 0; pci && i < pci->nr; i++)
			__set_bit(pci->fn[i].root, roots);
	} else {
		list_for_each_entry(root, &pci_root_buses, node)
			if (!pci_domain_nr(root))
				__set_bit(root->number, roots);
	}
	for_each_set_bit(bus, roots, 256)
		stop_dma_bus(bus, 0);
}

/* ---- interrupts ------------------------------------------------------ */

static int pci_irq_on(struct pci_dev *dev)
{
	const struct orthros_pci_fn *fn = orthros_pci_fn(pci_domain_nr(dev->bus),
							 dev->bus->number, dev->devfn);
	struct orthros_ioapic_pin pin;
	int irq;

	if (dev->irq_managed && dev->irq)
		return 0;
	/* There are still message-signalled interrupts. */
	dev->irq = IRQ_NOTCONNECTED;
	if (!fn || fn->gsi == ORTHROS_PCI_NO_GSI)
		return 0;
	pin.gsi = fn->gsi;
	pin.level = fn->level;
	pin.low = fn->low;
	irq = orthros_ioapic_map(&pin);
	if (irq < 0) {
		pci_warn(dev, "no interrupt for GSI %u: %pe\n", pin.gsi, ERR_PTR(irq));
		return 0;
	}
	dev->irq = irq;
	dev->irq_managed = 1;
	return 0;
}

static void pci_irq_off(struct pci_dev *dev)
{
}

/**
 * orthros_take_irqs - take the machine's I/O APICs, with every pin masked
 *
 * Return: 0 or negative errno.
 */
int orthros_take_irqs(void)
{
	struct orthros_park *park = orthros_park();
	u32 i;
	int err;

	if (park->magic != ORTHROS_PARK_MAGIC || park->version != ORTHROS_PARK_VERSION ||
	    park->nr_ioapics > ORTHROS_MAX_IOAPICS)
		return -EINVAL;
	for (i = 0; i < park->nr_ioapics; i++) {
		err = orthros_ioapic_add(park->ioapic[i], park->ioapic_gsi[i]);
		if (err) {
			pr_err("I/O APIC at %#llx cannot be taken: %pe\n",
			       park->ioapic[i], ERR_PTR(err));
			return err;
		}
	}
	pcibios_enable_irq = pci_irq_on;
	pcibios_disable_irq = pci_irq_off;
	return 0;
}

/* ---- devices before the hop ------------------------------------------- */

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
	return 0;
}

/**
 * orthros_scan_devices - make this kernel's devices
 *
 * By the BackupOS before it is ready. The hardware is not touched.
 *
 * Return: 0 or negative errno.
 */
int orthros_scan_devices(void)
{
	const struct orthros_pci *pci = orthros_pci_copy();
	DECLARE_BITMAP(roots, 256) = { 0 };
	unsigned int bus;
	u32 i;
	int err;

	if (!pci)
		return -ENOMEM;
	raw_pci_ops = &orthros_pci_shadow;
	for (i = 0; i < pci->nr; i++)
		__set_bit(pci->fn[i].root, roots);
	for_each_set_bit(bus, roots, 256) {
		err = scan_root(bus);
		if (err)
			return err;
	}
	return 0;
}

/* ---- check ------------------------------------------------------------ */

/* A driver of "bus:driver"; true also for what is no driver or not known. */
static bool have_driver(const char *user, size_t len)
{
	char text[ORTHROS_PCI_USERS], *name, symbol[sizeof(text) + 16];
	struct device_driver *drv;
	unsigned long bus;

	strscpy(text, user, min(len + 1, sizeof(text)));
	name = text;
	strsep(&name, ":");
	if (!name || !strcmp(text, "disk") || !strcmp(text, "part"))
		return true;
	/* "pci" has pci_bus_type, "virtio" has virtio_bus. */
	snprintf(symbol, sizeof(symbol), "%s_bus_type", text);
	bus = kallsyms_lookup_name(symbol);
	if (!bus) {
		snprintf(symbol, sizeof(symbol), "%s_bus", text);
		bus = kallsyms_lookup_name(symbol);
	}
	if (!bus)
		return false;
	drv = driver_find(name, (void *)bus);
	return drv;
}

static void check_fn(struct orthros_pci_fn *fn, orthros_refuse_dev_fn refuse, void *ctx)
{
	const struct orthros_pci_fn *known = orthros_pci_fn(fn->domain, fn->bus, fn->devfn);
	char name[64], why[TEXT_LEN];
	const char *p;
	size_t len;

	fn->users[ORTHROS_PCI_USERS - 1] = '\0';
	snprintf(name, sizeof(name), "device %04x:%02x:%02x.%u (%02x%02x:%02x%02x)",
		 fn->domain, fn->bus, PCI_SLOT(fn->devfn), PCI_FUNC(fn->devfn),
		 fn->config[1], fn->config[0], fn->config[3], fn->config[2]);
	/* What nobody uses need not be taken over. */
	if (!fn->users[0])
		return;
	if (!known || memcmp(known->config, fn->config, 4)) {
		refuse(ctx, name, "came after the second kernel was loaded: load it again");
		return;
	}
	for (p = fn->users; *p; p += len + strspn(p + len, " ")) {
		len = strcspn(p, " ");
		if (have_driver(p, len))
			continue;
		snprintf(why, sizeof(why), "the second kernel has no driver %.*s", (int)len, p);
		refuse(ctx, name, why);
	}
	if (fn->domain)
		refuse(ctx, name, "PCI segments other than 0 cannot be reached");
}

/**
 * orthros_check_devices - which devices could not be taken over?
 * @refuse:	called for each
 * @ctx:	for @refuse
 *
 * By the BackupOS while the ActiveOS runs, or is parked.
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_check_devices(orthros_refuse_dev_fn refuse, void *ctx)
{
	const struct orthros_pci *told = (void *)orthros_ho + ORTHROS_RES_PCI;
	u32 i, nr = min_t(u32, READ_ONCE(told->nr), ORTHROS_PCI_MAX);
	struct orthros_pci_fn *fn = kmalloc(sizeof(*fn), GFP_KERNEL);

	if (!fn)
		return -ENOMEM;
	if (READ_ONCE(told->incomplete))
		refuse(ctx, "devices", "more than can be described");
	for (i = 0; i < nr; i++) {
		struct orthros_pci_fn *known;

		*fn = told->fn[i];
		check_fn(fn, refuse, ctx);
		/* What is expected of our own drivers. */
		known = orthros_pci_fn(fn->domain, fn->bus, fn->devfn);
		if (known)
			memcpy(known->users, fn->users, sizeof(known->users));
	}
	kfree(fn);
	return 0;
}

/**
 * orthros_disk_known - is a block device one of those that are taken over?
 * @dev:	its number in the ActiveOS
 *
 * By the BackupOS, after orthros_check_devices().
 */
bool orthros_disk_known(dev_t dev)
{
	const struct orthros_pci *pci = orthros_pci_copy();
	char name[24];
	size_t len = snprintf(name, sizeof(name), "=%u:%u", MAJOR(dev), MINOR(dev));
	u32 i;

	for (i = 0; pci && i < pci->nr; i++) {
		const char *at = pci->fn[i].users;

		while ((at = strstr(at, name))) {
			at += len;
			if (!*at || *at == ' ')
				return true;
		}
	}
	return false;
}
