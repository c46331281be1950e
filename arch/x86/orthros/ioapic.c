// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of kernel/apic/io_apic.c, for what is private there:
 * I/O APICs that a kernel takes over long after its boot, and what it tells
 * the next kernel of its interrupts.
 */
#include "../../orthros/ioapic.h"

/**
 * orthros_ioapic_gsi_base - the first interrupt of an I/O APIC
 * @idx:	which
 */
u32 orthros_ioapic_gsi_base(int idx)
{
	return mp_ioapic_gsi_routing(idx)->gsi_base;
}

/**
 * orthros_ioapic_describe - the pin behind an interrupt number
 * @irq:	interrupt number
 * @pin:	filled
 *
 * Return: false if the interrupt does not come through an I/O APIC.
 */
bool orthros_ioapic_describe(unsigned int irq, struct orthros_ioapic_pin *pin)
{
	struct irq_data *data;

	for (data = irq_get_irq_data(irq); data; data = data->parent_data) {
		struct mp_chip_data *chip = data->chip_data;
		int idx;

		if (!data->domain || data->domain->ops != &mp_ioapic_irqdomain_ops || !chip)
			continue;
		idx = mp_irqdomain_ioapic_idx(data->domain);
		pin->gsi = mp_ioapic_gsi_routing(idx)->gsi_base + data->hwirq;
		pin->level = chip->is_level;
		pin->low = chip->active_low;
		return true;
	}
	return false;
}

/**
 * orthros_ioapic_add - take an I/O APIC over
 * @phys:	its physical address
 * @gsi_base:	its first interrupt
 *
 * Every pin of it is masked. An interrupt gets the number of its pin.
 *
 * Return: 0 or negative errno.
 */
int orthros_ioapic_add(u64 phys, u32 gsi_base)
{
	struct ioapic_domain_cfg cfg = {
		.type = IOAPIC_DOMAIN_STRICT,
		.ops = &mp_ioapic_irqdomain_ops,
	};
	int idx, pin, err;

	/* Else its domain would have to wait for this kernel's boot. */
	ioapic_initialized = 1;
	err = mp_register_ioapic(0, phys, gsi_base, &cfg);
	if (err)
		return err;
	idx = mp_find_ioapic(gsi_base);
	if (idx < 0)
		return -ENODEV;
	/* It was made before the number of pins was set. */
	kfree(ioapics[idx].saved_registers);
	ioapics[idx].saved_registers = NULL;
	alloc_ioapic_saved_registers(idx);
	for_each_pin(idx, pin)
		ioapic_mask_entry(idx, pin);
	return 0;
}

/**
 * orthros_ioapic_map - the interrupt number of a pin
 * @pin:	as the old kernel described it
 *
 * Return: number, or negative errno.
 */
int orthros_ioapic_map(const struct orthros_ioapic_pin *pin)
{
	struct irq_alloc_info info;

	ioapic_set_alloc_attr(&info, NUMA_NO_NODE, pin->level, pin->low);
	return mp_map_gsi_to_irq(pin->gsi, IOAPIC_MAP_ALLOC, &info);
}
