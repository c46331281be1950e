// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration space that is none: while the hardware is the ActiveOS's,
 * this kernel scans what that one told of it. So the devices are there, with
 * their names and resources, before the hop, and only their drivers are left
 * to be started in it.
 *
 * The bytes come from the other kernel. They are this kernel's own copy, and
 * looked at by nothing but the PCI core, which does not trust hardware either.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/pci.h>
#include <linux/slab.h>
#include <asm/pci_x86.h>
#include "arch.h"
#include "pci.h"

static struct orthros_pci *copy;

/**
 * orthros_pci_copy - what the ActiveOS told when this kernel began
 *
 * Return: it, copied once and checked; NULL if there is no memory.
 */
const struct orthros_pci *orthros_pci_copy(void)
{
	const struct orthros_pci *told = (void *)orthros_ho + ORTHROS_RES_PCI;
	u32 i, nr = min_t(u32, READ_ONCE(told->nr), ORTHROS_PCI_MAX);

	if (copy)
		return copy;
	copy = kvzalloc(struct_size(copy, fn, nr), GFP_KERNEL);
	if (!copy)
		return NULL;
	memcpy(copy->fn, told->fn, nr * sizeof(copy->fn[0]));
	copy->nr = nr;
	copy->incomplete = told->incomplete;
	for (i = 0; i < nr; i++) {
		u64 *size = copy->fn[i].bar_size;
		int bar;

		copy->fn[i].users[ORTHROS_PCI_USERS - 1] = '\0';
		for (bar = 0; bar < ORTHROS_PCI_BARS; bar++)
			if (!is_power_of_2(size[bar]))
				size[bar] = 0;
	}
	return copy;
}

/**
 * orthros_pci_fn - find a function in the copy
 * @domain:	PCI segment
 * @bus:	bus number
 * @devfn:	device and function
 *
 * Return: NULL if there was none.
 */
struct orthros_pci_fn *orthros_pci_fn(u16 domain, u8 bus, u8 devfn)
{
	u32 i;

	for (i = 0; copy && i < copy->nr; i++) {
		struct orthros_pci_fn *fn = &copy->fn[i];

		if (fn->domain == domain && fn->bus == bus && fn->devfn == devfn)
			return fn;
	}
	return NULL;
}

static int header_type(const struct orthros_pci_fn *fn)
{
	return fn->config[PCI_HEADER_TYPE] & PCI_HEADER_TYPE_MASK;
}

/* Bits of a base address register that can be written. */
static u32 bar_mask(const struct orthros_pci_fn *fn, int bar)
{
	const u32 *reg = (const u32 *)(fn->config + PCI_BASE_ADDRESS_0);
	u64 size = fn->bar_size[bar];

	if (size)
		return ~(u32)(size - 1) &
		       (reg[bar] & PCI_BASE_ADDRESS_SPACE_IO ? PCI_BASE_ADDRESS_IO_MASK :
							       PCI_BASE_ADDRESS_MEM_MASK);
	/* The upper half of the one before? */
	if (bar && fn->bar_size[bar - 1] &&
	    !(reg[bar - 1] & PCI_BASE_ADDRESS_SPACE_IO) &&
	    (reg[bar - 1] & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64)
		return ~((fn->bar_size[bar - 1] - 1) >> 32);
	return 0;
}

/* Bits of the aligned word at @reg that can be written. */
static u32 write_mask(const struct orthros_pci_fn *fn, int reg)
{
	bool bridge = header_type(fn) == PCI_HEADER_TYPE_BRIDGE;
	int bars = bridge ? 2 : PCI_STD_NUM_BARS;
	u64 rom = fn->bar_size[ORTHROS_PCI_BARS - 1];

	if (reg >= PCI_BASE_ADDRESS_0 && reg < PCI_BASE_ADDRESS_0 + 4 * bars)
		return bar_mask(fn, (reg - PCI_BASE_ADDRESS_0) / 4);
	if (reg == (bridge ? PCI_ROM_ADDRESS1 : PCI_ROM_ADDRESS))
		return rom ? (~(u32)(rom - 1) & PCI_ROM_ADDRESS_MASK) |
			     PCI_ROM_ADDRESS_ENABLE : 0;
	/* Who writes a status clears bits of it. */
	if (reg == PCI_COMMAND || (bridge && reg == (PCI_SEC_STATUS & ~3)))
		return 0x0000ffff;
	return ~0U;
}

static int shadow_read(unsigned int domain, unsigned int bus, unsigned int devfn,
		       int reg, int len, u32 *val)
{
	const struct orthros_pci_fn *fn = orthros_pci_fn(domain, bus, devfn);

	*val = 0;
	if (reg < 0 || reg + len > ORTHROS_PCI_CONFIG)
		return -EINVAL;
	if (fn)
		memcpy(val, fn->config + reg, len);
	else
		memset(val, 0xff, len);
	return 0;
}

static int shadow_write(unsigned int domain, unsigned int bus, unsigned int devfn,
			int reg, int len, u32 val)
{
	struct orthros_pci_fn *fn = orthros_pci_fn(domain, bus, devfn);
	u32 old, new, mask;
	int at = reg & ~3;

	if (reg < 0 || reg + len > ORTHROS_PCI_CONFIG)
		return -EINVAL;
	if (!fn)
		return 0;
	memcpy(&old, fn->config + at, 4);
	new = old;
	memcpy((u8 *)&new + (reg & 3), &val, min(len, 4 - (reg & 3)));
	mask = write_mask(fn, at);
	new = (old & ~mask) | (new & mask);
	memcpy(fn->config + at, &new, 4);
	return 0;
}

const struct pci_raw_ops orthros_pci_shadow = {
	.read = shadow_read,
	.write = shadow_write,
};
