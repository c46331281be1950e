// SPDX-License-Identifier: GPL-2.0-only
/*
 * The partition: CPUs and memory that the first kernel leaves alone.
 *
 * orthros.cpus= names CPUs that this kernel never starts, orthros.slot= a
 * physical range that it does not take for RAM: it is outside the direct
 * map. Both must be given, and hold, or the kernel boots without Orthros and
 * says why. It is decided before the memory map becomes memblock; that is
 * before the number of CPUs is known, which is checked later.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/acpi.h>
#include <linux/cpu.h>
#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/orthros/abi/rearm.h>
#include <linux/orthros/rearm.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include <asm/apic.h>
#include <asm/cmdline.h>
#include <asm/e820/api.h>
#include <asm/io_apic.h>
#include <asm/irq.h>
#include <asm/msr.h>
#include <asm/sections.h>
#include <asm/setup.h>
#include <asm/tsc.h>
#include "arch.h"
#include "ioapic.h"

static char partition_error[128];
/* As it was given: a mask is cut to the CPUs that are possible. */
static char cpus_text[64] __initdata;

#define refuse(fmt, ...)						\
	do {								\
		snprintf(partition_error, sizeof(partition_error),	\
			 fmt, ##__VA_ARGS__);				\
		pr_err("no partition: %s\n", partition_error);		\
	} while (0)

/**
 * orthros_partition_error - why is there no partition?
 *
 * Return: text, empty when none was asked for or it is in force.
 */
const char *orthros_partition_error(void)
{
	return partition_error;
}
EXPORT_SYMBOL_GPL(orthros_partition_error);

/**
 * orthros_donated_cpus - CPUs of the second kernel
 *
 * Return: mask by this kernel's numbers, empty without a partition.
 */
const struct cpumask *orthros_donated_cpus(void)
{
	return orthros_part.valid ? &orthros_part.cpus : cpu_none_mask;
}
EXPORT_SYMBOL_GPL(orthros_donated_cpus);

/* All RAM of the map as the firmware gave it, bytes. */
static u64 __init ram_bytes(void)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < e820_table->nr_entries; i++)
		if (e820_table->entries[i].type == E820_TYPE_RAM)
			sum += e820_table->entries[i].size;
	return sum;
}

/* Lowest place for the low area: whole pages, a start-up IPI can name them. */
static u64 __init find_low(void)
{
	u64 at;

	for (at = SZ_64K; at + ORTHROS_LOW_SIZE <= 640 * SZ_1K; at += PAGE_SIZE)
		if (e820__mapped_all(at, at + ORTHROS_LOW_SIZE, E820_TYPE_RAM) &&
		    !memblock_is_region_reserved(at, ORTHROS_LOW_SIZE))
			return at;
	return 0;
}

static void __init decide(char *slot, char *cpus)
{
	u64 start, size, need;
	char *p;

	if (cpulist_parse(cpus, &orthros_part.cpus)) {
		refuse("orthros.cpus=%s is not a list of CPUs", cpus);
		return;
	}
	if (cpumask_empty(&orthros_part.cpus)) {
		refuse("orthros.cpus= names no CPU");
		return;
	}
	/* The firmware's boot CPU must not be reset by an INIT, so it stays. */
	if (cpumask_test_cpu(0, &orthros_part.cpus)) {
		refuse("CPU 0 cannot be given away");
		return;
	}

	size = memparse(slot, &p);
	/* Slot 0 holds this kernel, slot 1 of the same size follows it. */
	start = *p == '@' ? memparse(p + 1, &p) : size;
	if (*p || !size || !IS_ALIGNED(start | size, SZ_2M)) {
		refuse("orthros.slot=%s is not size[@start] in units of 2M", slot);
		return;
	}
	need = ram_bytes() / PAGE_SIZE * sizeof(struct page) + SZ_128M;
	if (size < need) {
		refuse("slot of %lluM is too small: this machine's memmap asks for %lluM",
		       size >> 20, DIV_ROUND_UP(need, SZ_1M));
		return;
	}
	if (start + size < start ||
	    !e820__mapped_all(start, start + size, E820_TYPE_RAM)) {
		refuse("slot [%#llx, %#llx) is not RAM", start, start + size);
		return;
	}
	if (memblock_is_region_reserved(start, size)) {
		refuse("slot [%#llx, %#llx) overlaps this kernel or its initrd",
		       start, start + size);
		return;
	}
	orthros_part.low = find_low();
	if (!orthros_part.low) {
		refuse("no %uK of free memory below 640K", ORTHROS_LOW_SIZE >> 10);
		return;
	}

	e820__range_update(start, size, E820_TYPE_RAM, E820_TYPE_RESERVED);
	e820__range_update(orthros_part.low, ORTHROS_LOW_SIZE, E820_TYPE_RAM,
			   E820_TYPE_RESERVED);
	e820__update_table(e820_table);
	orthros_part.slot = start;
	orthros_part.slot_size = size;
	/* What this kernel boots in becomes a slot when it has gone. */
	if (min(start, size) >= SZ_2M + need) {
		orthros_part.own = SZ_2M;
		orthros_part.own_size = min(start, size) - SZ_2M;
	}
	orthros_part.low_ram = orthros_part.low + ORTHROS_LOW_RAM;
	orthros_part.valid = true;
	pr_info("slot [%#llx, %#llx) and CPUs %*pbl set aside\n",
		start, start + size, cpumask_pr_args(&orthros_part.cpus));
}

/*
 * Both options lead here; whichever comes first sees both, since the whole
 * command line is known by then.
 */
static int __init partition_param(void)
{
	static bool seen __initdata;
	char slot[64];
	int nslot, ncpus;

	if (seen)
		return 0;
	seen = true;
	/* The second kernel's partition is the first one's doing. */
	if (orthros_is_backup())
		return 0;
	nslot = cmdline_find_option(boot_command_line, "orthros.slot",
				    slot, sizeof(slot));
	ncpus = cmdline_find_option(boot_command_line, "orthros.cpus",
				    cpus_text, sizeof(cpus_text));
	if (nslot <= 0 || ncpus <= 0)
		refuse("orthros.cpus= and orthros.slot= belong together");
	else if (nslot >= sizeof(slot) || ncpus >= sizeof(cpus_text))
		refuse("orthros.cpus= or orthros.slot= is too long");
	else
		decide(slot, cpus_text);
	return 0;
}

static int __init slot_param(char *unused)
{
	return partition_param();
}
early_param("orthros.slot", slot_param);

static int __init cpus_param(char *unused)
{
	return partition_param();
}
early_param("orthros.cpus", cpus_param);

static void report_death(struct work_struct *work)
{
	orthros_ho->text[sizeof(orthros_ho->text) - 1] = 0;
	pr_err("the second kernel died: %s\n", orthros_ho->text);
}

static DECLARE_WORK(death_work, report_death);

/* X86_PLATFORM_IPI_VECTOR: the other kernel has changed something. */
static void peer_kicked(void)
{
	static u32 last;
	u32 state = READ_ONCE(orthros_ho->peer_state);

	if (orthros_part.valid && state == ORTHROS_ST_DEAD && last != state)
		schedule_work(&death_work);
	last = state;
	wake_up_all(&orthros_peer_wq);
}

static int __init orthros_ipi_init(void)
{
	if (orthros_partitioned())
		x86_platform_ipi_callback = peer_kicked;
	return 0;
}
core_initcall(orthros_ipi_init);

/* Give up a partition after the memory map was changed for it. */
static void __init withdraw(void)
{
	orthros_part.valid = false;
	pr_err("the slot stays unused until the next boot\n");
}

/* Before the other CPUs are started: are the named ones there? */
static int __init orthros_check_cpus(void)
{
	unsigned int cpu;

	if (!orthros_part.valid)
		return 0;
	if (!cpumask_subset(&orthros_part.cpus, cpu_present_mask)) {
		refuse("orthros.cpus=%s: this machine has CPUs %*pbl", cpus_text,
		       cpumask_pr_args(cpu_present_mask));
		withdraw();
		return 0;
	}
	for_each_present_cpu(cpu) {
		if (cpu >= ORTHROS_MAX_CPUS) {
			refuse("more than %d CPUs", ORTHROS_MAX_CPUS);
			withdraw();
			return 0;
		}
	}
	return 0;
}
early_initcall(orthros_check_cpus);

static void __init fill_machine(struct orthros_park *park)
{
	u8 a, b;
	int i;

	park->magic = ORTHROS_PARK_MAGIC;
	park->version = ORTHROS_PARK_VERSION;
	park->size = sizeof(*park);
	park->nr_cpus = orthros_ho->nr_cpus;
	park->bsp_apic_id = cpu_physical_id(0);
	park->x2apic = x2apic_enabled();
	park->lapic = APIC_DEFAULT_PHYS_BASE;
	park->nr_ioapics = min(nr_ioapics, ORTHROS_MAX_IOAPICS);
	for (i = 0; i < park->nr_ioapics; i++) {
		park->ioapic[i] = mpc_ioapic_addr(i);
		park->ioapic_gsi[i] = orthros_ioapic_gsi_base(i);
	}
#ifdef CONFIG_ACPI
	/* A kernel without ACPI can still switch the machine off by these. */
	if (!acpi_disabled && !acpi_gbl_reduced_hardware &&
	    ACPI_SUCCESS(acpi_get_sleep_type_data(ACPI_STATE_S5, &a, &b)) &&
	    acpi_gbl_FADT.xpm1a_control_block.space_id == ACPI_ADR_SPACE_SYSTEM_IO) {
		park->pm1a = acpi_gbl_FADT.xpm1a_control_block.address;
		park->pm1b = acpi_gbl_FADT.xpm1b_control_block.address;
		park->slp_typa = a;
		park->slp_typb = b;
	}
#endif
}

/* The block in this kernel's own slot, while &orthros_ho is in the other one. */
static struct orthros_handoff *own_ho;

/**
 * orthros_handoff_init - make the hand-off block of a second kernel
 *
 * At the head of its slot, which nobody uses. From here on the block is
 * &orthros_ho; the time line of the hop that brought this kernel comes along.
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_handoff_init(void)
{
	struct orthros_handoff *ho, *last = orthros_ho;
	unsigned int cpu;

	ho = memremap(orthros_part.slot, ORTHROS_RES_SIZE, MEMREMAP_WB);
	if (!ho)
		return -ENOMEM;
	memset(ho, 0, ORTHROS_RES_SIZE);
	ho->magic = ORTHROS_HANDOFF_MAGIC;
	ho->version = ORTHROS_HANDOFF_VERSION;
	ho->size = sizeof(*ho);
	ho->slot_start = orthros_part.slot;
	ho->slot_size = orthros_part.slot_size;
	ho->reserved_start = orthros_part.slot;
	ho->reserved_size = ORTHROS_RES_SIZE;
	ho->other_start = orthros_part.own;
	ho->other_size = orthros_part.own_size;
	ho->low_ram_start = orthros_part.low_ram;
	ho->low_ram_size = ORTHROS_LOW_RAM_SIZE;
	ho->low_start = orthros_part.low;
	ho->low_size = ORTHROS_LOW_SIZE;
	ho->park_phys = orthros_part.low + ORTHROS_LOW_PARK;
	ho->log_phys = orthros_part.slot + ORTHROS_RES_LOG;
	ho->log_size = ORTHROS_LOG_SIZE;
	ho->report_phys = orthros_part.slot + ORTHROS_RES_REPORT;
	ho->report_size = ORTHROS_RES_REPORT_SIZE;
	if (IS_ENABLED(CONFIG_ORTHROS_TRACE)) {
		ho->trace_phys = orthros_part.slot + ORTHROS_RES_TRACE;
		ho->trace_size = ORTHROS_RES_TRACE_SIZE;
	}
	ho->src_apic_id = cpu_physical_id(0);
	ho->dst_apic_id = cpu_physical_id(cpumask_first(&orthros_part.cpus));
	for_each_present_cpu(cpu) {
		ho->cpu_apic_id[cpu] = cpu_physical_id(cpu);
		ho->cpu_donated[cpu] = cpumask_test_cpu(cpu, &orthros_part.cpus);
		ho->nr_cpus = cpu + 1;
	}
	if (last) {
		ho->tsc_khz = last->tsc_khz;
		memcpy(ho->stamps, last->stamps, sizeof(ho->stamps));
		memcpy(ho->counts, last->counts, sizeof(ho->counts));
	}
	orthros_trace_move((void *)ho + ORTHROS_RES_TRACE, ORTHROS_RES_TRACE_SIZE);
	own_ho = last;
	orthros_ho = ho;
	return 0;
}

/**
 * orthros_handoff_drop - leave the hand-off block of a second kernel
 *
 * Its slot becomes ordinary memory. What there is to read of that kernel, its log
 * and the trace, comes to the block that this kernel has in its own slot.
 */
void orthros_handoff_drop(void)
{
	struct orthros_handoff *own = own_ho;

	if (!own)
		return;
	memcpy((void *)own + ORTHROS_RES_LOG, (void *)orthros_ho + ORTHROS_RES_LOG,
	       sizeof(struct orthros_ring) + ORTHROS_LOG_SIZE);
	memcpy(own->stamps, orthros_ho->stamps, sizeof(own->stamps));
	memcpy(own->counts, orthros_ho->counts, sizeof(own->counts));
	orthros_trace_move((void *)own + ORTHROS_RES_TRACE, ORTHROS_RES_TRACE_SIZE);
	own_ho = NULL;
	orthros_ho = own;
}

/**
 * orthros_rearm_block() - what the kernel in the slot is told to do after a takeover
 *
 * Return: in the head of its slot: this kernel's own slot when none is loaded.
 */
struct orthros_rearm *orthros_rearm_block(void)
{
	static_assert(ORTHROS_RES_REARM + sizeof(struct orthros_rearm) <= ORTHROS_RES_LOG);

	return orthros_ho ? (void *)orthros_ho + ORTHROS_RES_REARM : NULL;
}

/* Late enough for ACPI's name space; nothing loads a kernel before. */
static int __init orthros_partition_init(void)
{
	if (!orthros_part.valid)
		return 0;
	if (orthros_handoff_init()) {
		refuse("the slot cannot be mapped");
		withdraw();
		return 0;
	}
	memset(orthros_low(0), 0, ORTHROS_LOW_SIZE);
	fill_machine(orthros_park());
	return 0;
}
subsys_initcall_sync(orthros_partition_init);
