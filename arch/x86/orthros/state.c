// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this kernel knows of the other one's part of the machine: shared by those
 * who make the partition, park CPUs and boot on it.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cpumask.h>
#include <linux/export.h>
#include <linux/orthros/monitor.h>
#include <linux/smp.h>
#include "arch.h"

struct orthros_partition orthros_part;

static bool is_backup;

/**
 * orthros_is_backup - is this the second kernel, before it took over?
 */
bool orthros_is_backup(void)
{
	return READ_ONCE(is_backup);
}
EXPORT_SYMBOL_GPL(orthros_is_backup);

/**
 * orthros_set_backup - this kernel is the second one, or is it no more
 * @on:	from its boot until the machine is its own
 */
void orthros_set_backup(bool on)
{
	WRITE_ONCE(is_backup, on);
}

/**
 * orthros_cpu_adoptable - is this CPU the second kernel's from the start?
 * @cpu:	logical number here
 */
bool orthros_cpu_adoptable(unsigned int cpu)
{
	u32 apic_id = cpu_physical_id(cpu);
	u32 i;

	if (!orthros_ho)
		return false;
	for (i = 0; i < min_t(u32, orthros_ho->nr_cpus, ORTHROS_MAX_CPUS); i++)
		if (orthros_ho->cpu_apic_id[i] == apic_id)
			return orthros_ho->cpu_donated[i];
	return false;
}

/**
 * orthros_partitioned - do two kernels share the machine, or could they?
 *
 * Then the interrupt fabric must be used in physical mode and without
 * shorthands: the logical ids of the two kernels' CPUs are the same.
 */
bool orthros_partitioned(void)
{
	return orthros_part.valid || orthros_is_backup();
}

/**
 * orthros_cpu_allowed - may this kernel start a CPU?
 * @cpu:	logical number
 */
bool orthros_cpu_allowed(unsigned int cpu)
{
	if (orthros_is_backup())
		return orthros_cpu_adoptable(cpu);
	return !orthros_part.valid ||
	       !cpumask_test_cpu(cpu, &orthros_part.cpus);
}

/**
 * orthros_peer_alive - does the other kernel run?
 *
 * For the ActiveOS; a BackupOS that refused or failed still runs.
 */
bool orthros_peer_alive(void)
{
	u32 state;

	if (!orthros_part.valid || !orthros_ho)
		return false;
	state = READ_ONCE(orthros_ho->peer_state);
	return state >= ORTHROS_ST_STARTING && state <= ORTHROS_ST_FAILED;
}
EXPORT_SYMBOL_GPL(orthros_peer_alive);

/**
 * orthros_monitor_area - what both kernels see of the monitor
 *
 * Return: NULL if this machine has no partition.
 */
struct orthros_monitor_area *orthros_monitor_area(void)
{
	return orthros_ho ? (void *)orthros_ho + ORTHROS_RES_MONITOR : NULL;
}
EXPORT_SYMBOL_GPL(orthros_monitor_area);
