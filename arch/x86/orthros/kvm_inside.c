// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of arch/x86/kernel/kvm.c, whose functions are static.
 *
 * A hypervisor writes to memory that the guest has named, for each CPU: steal
 * time, the clock, whether an EOI is needed, which page has come. In the park
 * this memory may be given away, and nobody there would understand it.
 */
#ifdef CONFIG_ORTHROS
#include "kvm_inside.h"

/**
 * orthros_pv_stop() - no hypervisor writes to this kernel's memory for this CPU
 *
 * Right before it parks; CPUs that go offline do likewise, and an INIT has the
 * same effect. Clocks may still be read: they go on from what was written last.
 *
 * Context: interrupts off, no user task waits for a page.
 */
void orthros_pv_stop(void)
{
	if (hypervisor_is_type(X86_HYPER_KVM))
		kvm_guest_cpu_offline(false);
}

/**
 * orthros_pv_start() - the opposite of orthros_pv_stop()
 *
 * Context: interrupts off.
 */
void orthros_pv_start(void)
{
	if (!hypervisor_is_type(X86_HYPER_KVM))
		return;
	/* The clock's, if this is the clock. */
	x86_cpuinit.early_percpu_clock_init();
	kvm_guest_cpu_init();
}
#endif
