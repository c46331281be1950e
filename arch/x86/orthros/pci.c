// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCI devices change hands.
 *
 * The kernel that takes them has no ACPI: it uses configuration mechanism #1,
 * and leaves bus numbers and base addresses as they are. It has made its
 * devices at boot of what the ActiveOS told (pci_shadow.c). In the hop, after
 * the fence, it stops the DMA of all of them, and a thread starts the drivers,
 * those first that the processes wait for.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/completion.h>
#include <linux/device.h>
#include <linux/kallsyms.h>
#include <linux/kthread.h>
#include <linux/orthros/devices.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <kernel/rcu/rcu.h>
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

/* Where the thread that starts the drivers is. */
static DECLARE_COMPLETION(needed_done);
static DECLARE_COMPLETION(all_done);
static char probe_text[TEXT_LEN];
static int probe_err;

/* Functions in the order in which their drivers are started. */
static struct orthros_pci_fn **order;
static u32 nr_order, nr_needed;

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
	const struct orthros_pci *pci = orthros_pci_copy();
	DECLARE_BITMAP(roots, 256) = { 1 };
	unsigned int bus;
	u32 i;

	for (i = 0; pci && i < pci->nr; i++)
		__set_bit(pci->fn[i].root, roots);
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

static const char *disk_of(const struct orthros_pci_fn *fn)
{
	const char *disk = strstr(fn->users, "disk:");

	return disk ? disk + strlen("disk:") : NULL;
}

/* What processes wait for: disks and network cards. */
static bool is_needed(const struct orthros_pci_fn *fn)
{
	return disk_of(fn) || fn->config[PCI_CLASS_DEVICE + 1] == PCI_BASE_CLASS_NETWORK;
}

static bool same_drivers(const struct orthros_pci_fn *a, const struct orthros_pci_fn *b)
{
	size_t len = disk_of(a) - a->users;

	return disk_of(b) - b->users == len && !memcmp(a->users, b->users, len);
}

/* vda before vdb before vdaa: a driver names its disks as it finds them. */
static bool disk_before(const struct orthros_pci_fn *a, const struct orthros_pci_fn *b)
{
	const char *x = disk_of(a), *y = disk_of(b);
	size_t nx = strcspn(x, "="), ny = strcspn(y, "=");

	return nx != ny ? nx < ny : strncmp(x, y, nx) < 0;
}

/*
 * The order of the ActiveOS, so that buses number their devices as it did; but
 * disks take each other's places by their names. After the last one of those
 * that are needed nobody waits any more.
 */
static int make_order(const struct orthros_pci *pci)
{
	u32 i, j, next;

	order = kvcalloc(pci->nr ?: 1, sizeof(*order), GFP_KERNEL);
	if (!order)
		return -ENOMEM;
	for (i = 0; i < pci->nr; i++) {
		order[i] = (struct orthros_pci_fn *)&pci->fn[i];
		if (is_needed(order[i]))
			nr_needed = i + 1;
	}
	nr_order = pci->nr;
	for (i = 0; i < nr_order; i++) {
		if (!disk_of(order[i]))
			continue;
		for (next = i, j = i + 1; j < nr_order; j++)
			if (disk_of(order[j]) && same_drivers(order[j], order[next]) &&
			    disk_before(order[j], order[next]))
				next = j;
		swap(order[i], order[next]);
	}
	return 0;
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

static struct pci_dev *dev_of(const struct orthros_pci_fn *fn)
{
	return pci_get_domain_bus_and_slot(fn->domain, fn->bus, fn->devfn);
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

/* ---- the hop ----------------------------------------------------------- */

/* Is the hardware what was told? */
static int verify_hardware(const struct orthros_pci *pci)
{
	u32 i;

	for (i = 0; i < pci->nr; i++) {
		const struct orthros_pci_fn *fn = &pci->fn[i];
		u32 id = read_pci_config(fn->bus, PCI_SLOT(fn->devfn), PCI_FUNC(fn->devfn),
					 PCI_VENDOR_ID);

		if (!fn->users[0] || !memcmp(&id, fn->config, sizeof(id)))
			continue;
		snprintf(probe_text, sizeof(probe_text),
			 "device %02x:%02x.%u is another one: %08x", fn->bus,
			 PCI_SLOT(fn->devfn), PCI_FUNC(fn->devfn), id);
		return -ENODEV;
	}
	return 0;
}

/* Do the same drivers have it, and the disks the same names? */
static int verify_users(const struct orthros_pci_fn *fn)
{
	struct pci_dev *dev = dev_of(fn);
	struct orthros_pci_fn *now;
	int err = 0;

	/* A bridge's children speak for themselves. */
	if (!dev)
		return -ENODEV;
	now = kmalloc(sizeof(*now), GFP_KERNEL);
	if (!now) {
		err = -ENOMEM;
		goto out;
	}
	orthros_pci_users(dev, now);
	if (fn->users[0] && strcmp(now->users, fn->users)) {
		err = -ENODEV;
		pci_err(dev, "was %s, is %s\n", fn->users, now->users[0] ? now->users : "nothing");
		/* The first one is told. */
		if (!probe_text[0])
			snprintf(probe_text, sizeof(probe_text),
				 "device %s: was %.60s, is %.60s", pci_name(dev), fn->users,
				 now->users[0] ? now->users : "nothing");
	}
	kfree(now);
out:
	pci_dev_put(dev);
	return err;
}

/* Start the drivers of order[from..to), and look at the result. */
static int start_drivers(u32 from, u32 to)
{
	int err = 0, ret;
	u32 i;

	for (i = from; i < to; i++) {
		struct pci_dev *dev = dev_of(order[i]);

		if (!dev)
			continue;
		pci_lock_rescan_remove();
		pci_bus_add_device(dev);
		pci_unlock_rescan_remove();
		pci_dev_put(dev);
	}
	/* Some probe in the background. */
	wait_for_device_probe();
	for (i = from; i < to; i++) {
		ret = verify_users(order[i]);
		if (!err)
			err = ret;
	}
	return err;
}

static int probe_thread(void *unused)
{
	/* As while a kernel boots: probing waits for many a grace period. */
	rcu_expedite_gp();
	probe_err = start_drivers(0, nr_needed);
	orthros_stamp(ORTHROS_TS_PROBED);
	complete_all(&needed_done);
	if (!probe_err)
		probe_err = start_drivers(nr_needed, nr_order);
	rcu_unexpedite_gp();
	complete_all(&all_done);
	return 0;
}

/**
 * orthros_take_devices - give the machine's devices to this kernel's drivers
 *
 * By the BackupOS when the ActiveOS is parked. The drivers start in the
 * background. Until the commit the way back is orthros_give_up().
 *
 * Return: 0 or negative errno, and orthros_devices_error() says why.
 */
int orthros_take_devices(void)
{
	const struct orthros_pci *pci = orthros_pci_copy();
	struct task_struct *t;
	int err;

	orthros_stop_dma();
	err = orthros_take_irqs();
	if (err)
		return err;
	err = verify_hardware(pci) ?: make_order(pci);
	if (err)
		return err;
	raw_pci_ops = &pci_direct_conf1;
	t = kthread_run(probe_thread, NULL, "orthros_probe");
	return PTR_ERR_OR_ZERO(t);
}

/**
 * orthros_need_devices - wait for disks and network cards
 *
 * Return: 0, or negative errno when one did not come up as it was in the
 * ActiveOS; orthros_devices_error() names it.
 */
int orthros_need_devices(void)
{
	wait_for_completion(&needed_done);
	return probe_err;
}

/**
 * orthros_all_devices - wait for the devices that nobody waits for
 *
 * Return: as orthros_need_devices().
 */
int orthros_all_devices(void)
{
	wait_for_completion(&all_done);
	return probe_err;
}

/**
 * orthros_devices_error - why a device could not be taken over
 *
 * Return: text, empty if there is nothing to say.
 */
const char *orthros_devices_error(void)
{
	return probe_text;
}
