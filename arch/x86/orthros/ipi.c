// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts that cross the border between the two kernels, by physical
 * APIC id: a CPU of the other kernel has no number here.
 */
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <asm/apic.h>
#include <asm/irq_vectors.h>
#include "arch.h"

static void send_icr(u32 low, u32 apic_id)
{
	unsigned long flags;

	local_irq_save(flags);
	safe_apic_wait_icr_idle();
	apic_icr_write(low, apic_id);
	safe_apic_wait_icr_idle();
	local_irq_restore(flags);
}

/**
 * orthros_send_init - make a CPU wait for a start-up IPI
 * @apic_id:	which; never the firmware's boot CPU
 *
 * Whatever the CPU was doing has ended when this returns. May sleep, unless
 * interrupts are off.
 */
void orthros_send_init(u32 apic_id)
{
	send_icr(APIC_INT_LEVELTRIG | APIC_INT_ASSERT | APIC_DM_INIT, apic_id);
	/* As long as the architecture wants between INIT and start-up. */
	if (irqs_disabled())
		mdelay(10);
	else
		usleep_range(10000, 12000);
	send_icr(APIC_INT_LEVELTRIG | APIC_DM_INIT, apic_id);
}

/**
 * orthros_stop_peer_cpus - stop the second kernel's CPUs, whatever they do
 *
 * May sleep, unless interrupts are off.
 */
void orthros_stop_peer_cpus(void)
{
	unsigned int cpu;

	for_each_cpu(cpu, &orthros_part.cpus)
		orthros_send_init(cpu_physical_id(cpu));
}

/**
 * orthros_send_sipi - start a CPU that waits for it
 * @apic_id:	which
 * @start:	physical address of real-mode code, page aligned, below 1 MiB
 */
void orthros_send_sipi(u32 apic_id, u64 start)
{
	int i;

	for (i = 0; i < 2; i++) {
		send_icr(APIC_DM_STARTUP | (start >> PAGE_SHIFT), apic_id);
		udelay(300);
	}
}

/**
 * orthros_send_nmi - an NMI for a CPU of the other kernel
 * @apic_id:	which
 */
void orthros_send_nmi(u32 apic_id)
{
	send_icr(APIC_DM_NMI, apic_id);
}

/**
 * orthros_resend_ipis - send this CPU what the park has swallowed
 *
 * None of them does harm that nobody has sent. Interrupts are off.
 */
void orthros_resend_ipis(void)
{
	static const u8 vectors[] = {
		LOCAL_TIMER_VECTOR, RESCHEDULE_VECTOR, CALL_FUNCTION_VECTOR,
		CALL_FUNCTION_SINGLE_VECTOR,
#ifdef CONFIG_IRQ_WORK
		IRQ_WORK_VECTOR,
#endif
		X86_PLATFORM_IPI_VECTOR,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++)
		send_icr(APIC_DM_FIXED | vectors[i], read_apic_id());
}

/**
 * orthros_kick_peer - tell the other kernel that the hand-off block changed
 *
 * Its &orthros_peer_wq is woken. Any context.
 */
void orthros_kick_peer(void)
{
	if (!orthros_ho)
		return;
	send_icr(APIC_DM_FIXED | X86_PLATFORM_IPI_VECTOR,
		 orthros_is_backup() ? orthros_ho->src_apic_id :
				       orthros_ho->dst_apic_id);
}
EXPORT_SYMBOL_GPL(orthros_kick_peer);
