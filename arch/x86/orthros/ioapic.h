/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _X86_ORTHROS_IOAPIC_H
#define _X86_ORTHROS_IOAPIC_H

#include <linux/types.h>

/**
 * struct orthros_ioapic_pin - an input of an I/O APIC
 * @gsi:	number in the machine
 * @level:	level- or edge-triggered
 * @low:	active low or high
 */
struct orthros_ioapic_pin {
	u32 gsi;
	bool level;
	bool low;
};

u32 orthros_ioapic_gsi_base(int idx);
bool orthros_ioapic_describe(unsigned int irq, struct orthros_ioapic_pin *pin);
int orthros_ioapic_add(u64 phys, u32 gsi_base);
int orthros_ioapic_map(const struct orthros_ioapic_pin *pin);

#endif /* _X86_ORTHROS_IOAPIC_H */
