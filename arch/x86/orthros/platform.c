// SPDX-License-Identifier: GPL-2.0-only
/*
 * The second kernel's boot, in the manner of jailhouse.c: it owns some CPUs
 * and a slot of memory, and no device. All other RAM is the ActiveOS's; it
 * is RAM here too, but reserved, so that its pages have a struct page and
 * can be read through the direct map.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/acpi.h>
#include <linux/cpufeature.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mc146818rtc.h>
#include <linux/memblock.h>
#include <linux/sched/clock.h>
#include <linux/serial_8250.h>
#include <linux/serial_core.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <asm/apic.h>
#include <asm/cpu.h>
#include <asm/e820/api.h>
#include <asm/i8259.h>
#include <asm/pci_x86.h>
#include <asm/realmode.h>
#include <asm/setup.h>
#include <asm/tsc.h>
#include "arch.h"
#include "compat.h"

static phys_addr_t handoff_phys;
/* The block before the direct map is there. */
static struct orthros_handoff boot_ho __initdata;
static struct orthros_clock clock_boot;
static u32 known_tsc_khz;

static u64 clock_elapsed_ns(void)
{
	return mul_u64_u64_div_u64(rdtsc_ordered() - clock_boot.tsc,
				   NSEC_PER_MSEC, known_tsc_khz);
}

/**
 * read_persistent_wall_and_boot_offset - clocks at boot
 * @wall_time:	CLOCK_REALTIME
 * @boot_offset: CLOCK_MONOTONIC
 *
 * A second kernel's clocks go on from the first one's; any other kernel
 * does as the generic code.
 */
void __init read_persistent_wall_and_boot_offset(struct timespec64 *wall_time,
						 struct timespec64 *boot_offset)
{
	if (orthros_is_backup()) {
		u64 ns = clock_elapsed_ns();

		*wall_time = ns_to_timespec64(clock_boot.real_ns + ns);
		*boot_offset = ns_to_timespec64(clock_boot.mono_ns + ns);
		return;
	}
	read_persistent_clock64(wall_time);
	*boot_offset = ns_to_timespec64(local_clock());
}

static void orthros_get_wallclock(struct timespec64 *now)
{
	if (orthros_is_backup())
		*now = ns_to_timespec64(clock_boot.real_ns + clock_elapsed_ns());
	else
		mach_get_cmos_time(now);
}

static int orthros_set_wallclock(const struct timespec64 *now)
{
	return orthros_is_backup() ? -ENODEV : mach_set_cmos_time(now);
}

static unsigned long orthros_get_tsc(void)
{
	return known_tsc_khz;
}

/**
 * orthros_adopt_tsc_khz() - take over what the source knows of the TSC's frequency
 * @khz:	as it knows it now: it may have measured it better since it told it
 *
 * Return: @khz if it is news; 0 if it is known, or cannot be.
 */
u32 orthros_adopt_tsc_khz(u32 khz)
{
	/* As close as a first measurement is, see tsc_refine_calibration_work(). */
	if (khz == tsc_khz || khz < tsc_khz - tsc_khz / 100 || khz > tsc_khz + tsc_khz / 100)
		return 0;
	known_tsc_khz = khz;
	tsc_khz = khz;
	orthros_ho->tsc_khz = khz;
	return khz;
}

static void __init orthros_timer_init(void)
{
	lapic_timer_period = boot_ho.lapic_khz * 1000ULL / HZ;
}

static int __init orthros_pci_arch_init(void)
{
	return 0;
}

#ifdef CONFIG_SERIAL_8250
/* The 8250 driver's first port, which has its console. */
struct uart_port *orthros_uart0;

/* The ports are the ActiveOS's. */
static void orthros_serial_fixup(int port, struct uart_port *up, u32 *caps)
{
	if (!orthros_is_backup())
		return;
	if (!port)
		orthros_uart0 = up;
	up->iobase = 0;
}
#endif

/*
 * A CPU that a kernel was on before is in x2APIC mode, which INIT does not end. Of no
 * vendor the tables are, so that nothing but that mode chooses the driver; there is no
 * interrupt remapping here, without which it is the physical one.
 */
static void __init choose_apic(void)
{
#ifdef CONFIG_X86_X2APIC
	if (!x2apic_enabled())
		return;
	x2apic_phys = 1;
	default_acpi_madt_oem_check("", "");
#endif
}

static void __init orthros_smp_config(void)
{
	struct orthros_park *park;
	u32 i;

	/* The direct map is there: no more early mappings. */
	orthros_ho = __va(handoff_phys);
	orthros_ringcon_remap();
	orthros_trace_join(__va(boot_ho.trace_phys), boot_ho.trace_size);
	park = orthros_park();

	choose_apic();
	register_lapic_address(park->lapic);
	/* The own CPUs first: they get the lowest numbers. */
	for (i = 0; i < boot_ho.nr_cpus; i++)
		if (boot_ho.cpu_donated[i])
			orthros_register_apic(boot_ho.cpu_apic_id[i]);
	for (i = 0; i < boot_ho.nr_cpus; i++)
		if (!boot_ho.cpu_donated[i])
			orthros_register_apic(boot_ho.cpu_apic_id[i]);
	smp_found_config = 1;
}

/* Reserve [start, end) but for [hole, hole_end). */
static void __init reserve_around(u64 start, u64 end, u64 hole, u64 hole_end)
{
	hole = clamp(hole, start, end);
	hole_end = clamp(hole_end, start, end);
	if (hole > start)
		memblock_reserve(start, hole - start);
	if (end > hole_end)
		memblock_reserve(hole_end, end - hole_end);
}

static void __init reserve_source(void)
{
	u64 slot = boot_ho.slot_start, slot_end = slot + boot_ho.slot_size;
	u64 low = boot_ho.low_ram_start;
	u64 low_end = low + boot_ho.low_ram_size;
	u32 i;

	for (i = 0; i < e820_table->nr_entries; i++) {
		struct e820_entry *e = &e820_table->entries[i];
		u64 end = e->addr + e->size;

		if (e->type != E820_TYPE_RAM)
			continue;
		if (e->addr < SZ_1M)
			reserve_around(e->addr, end, low, low_end);
		else
			reserve_around(e->addr, end, slot, slot_end);
	}
	memblock_reserve(boot_ho.reserved_start, boot_ho.reserved_size);
}

/* There is nobody to talk to but the block: the ActiveOS finds the state. */
static void __init __noreturn refuse_boot(struct orthros_handoff *ho,
					  const char *why)
{
	strscpy(ho->text, why, sizeof(ho->text));
	/* The text before the state. */
	smp_store_release(&ho->peer_state, ORTHROS_ST_REFUSED);
	for (;;)
		native_halt();
}

static int __init orthros_handoff_param(char *arg)
{
	struct orthros_handoff *ho;

	if (!arg || kstrtoull(arg, 0, &handoff_phys) || !handoff_phys)
		return -EINVAL;
	ho = early_memremap(handoff_phys, sizeof(*ho));
	if (!ho || ho->magic != ORTHROS_HANDOFF_MAGIC)
		panic("no hand-off block at %pa\n", &handoff_phys);
	if (ho->version != ORTHROS_HANDOFF_VERSION || ho->size != sizeof(*ho))
		refuse_boot(ho, "hand-off block of another version");
	boot_ho = *ho;
	ho->peer_state = ORTHROS_ST_BOOTED;
	early_memunmap(ho, sizeof(*ho));
	if (boot_ho.nr_cpus > ORTHROS_MAX_CPUS)
		boot_ho.nr_cpus = ORTHROS_MAX_CPUS;

	orthros_set_backup(true);
	clock_boot = boot_ho.clock_boot;
	known_tsc_khz = boot_ho.tsc_khz;
	orthros_ringcon_early(boot_ho.log_phys, boot_ho.log_size);
	reserve_source();

	x86_init.resources.probe_roms = x86_init_noop;
	x86_init.irqs.pre_vector_init = x86_init_noop;
	x86_init.timers.timer_init = orthros_timer_init;
	x86_init.timers.wallclock_init = x86_init_noop;
	x86_init.pci.arch_init = orthros_pci_arch_init;
	orthros_set_smp_config(orthros_smp_config);

	x86_platform.calibrate_cpu = orthros_get_tsc;
	x86_platform.calibrate_tsc = orthros_get_tsc;
	x86_platform.get_wallclock = orthros_get_wallclock;
	x86_platform.set_wallclock = orthros_set_wallclock;
	x86_platform.legacy.rtc = 0;
	x86_platform.legacy.warm_reset = 0;
	x86_platform.legacy.reserve_bios_regions = 0;
	x86_platform.legacy.i8042 = X86_LEGACY_I8042_PLATFORM_ABSENT;
	legacy_pic = &null_legacy_pic;

	setup_force_cpu_cap(X86_FEATURE_CONSTANT_TSC);
	setup_force_cpu_cap(X86_FEATURE_TSC_RELIABLE);
	setup_force_cpu_cap(X86_FEATURE_TSC_KNOWN_FREQ);
	preset_lpj = known_tsc_khz * 1000ULL / HZ;

	pci_probe = 0;
	disable_acpi();
#ifdef CONFIG_SERIAL_8250
	serial8250_set_isa_configurator(orthros_serial_fixup);
#endif
	return 0;
}
early_param("orthros.handoff", orthros_handoff_param);

/*
 * Start a CPU: by its mailbox when it sits in the park, else by INIT and
 * start-up IPI.
 */
static int orthros_wakeup_cpu(u32 apic_id, unsigned long start64)
{
	struct orthros_park_cpu *pc = orthros_park_find(apic_id);

	if (pc && orthros_park_state(pc) == ORTHROS_PARK_PARKED)
		return orthros_park_wake(pc, ORTHROS_PARK_START, start64, 10000) ?
			0 : -EIO;
	if (apic_id == orthros_park()->bsp_apic_id) {
		/* An INIT would reset the machine. */
		pr_err("APIC %u cannot be started again\n", apic_id);
		return -EIO;
	}
	orthros_send_init(apic_id);
	orthros_send_sipi(apic_id, real_mode_header->trampoline_start);
	return 0;
}

static int __init orthros_wakeup_init(void)
{
	/* The driver is chosen by now, and still writable. */
	if (orthros_is_backup())
		apic->wakeup_secondary_cpu_64 =
			(typeof(apic->wakeup_secondary_cpu_64))orthros_wakeup_cpu;
	return 0;
}
early_initcall(orthros_wakeup_init);
