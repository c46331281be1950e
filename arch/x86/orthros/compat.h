/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the kernels' x86 interfaces differ: code is written for the newest
 * kernel; what an older one calls otherwise is mapped here.
 */
#ifndef _X86_ORTHROS_COMPAT_H
#define _X86_ORTHROS_COMPAT_H

#include <linux/kexec.h>
#include <linux/version.h>
#include <asm/apic.h>
#include <asm/mpspec.h>
#include <asm/x86_init.h>

/* The APIC registration and the MP table callbacks were reworked in v6.9. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
static void (*orthros_smp_config_fn)(void) __initdata;

static void __init orthros_get_smp_config(unsigned int early)
{
	if (!early)
		orthros_smp_config_fn();
}

static inline void __init orthros_set_smp_config(void (*fn)(void))
{
	orthros_smp_config_fn = fn;
	x86_init.mpparse.find_smp_config = x86_init_noop;
	x86_init.mpparse.get_smp_config = orthros_get_smp_config;
}

static inline void __init orthros_register_apic(u32 apic_id)
{
	generic_processor_info(apic_id, boot_cpu_apic_version);
}
#else
static inline void __init orthros_set_smp_config(void (*fn)(void))
{
	x86_init.mpparse.find_mptable = x86_init_noop;
	x86_init.mpparse.early_parse_smp_cfg = x86_init_noop;
	x86_init.mpparse.parse_smp_cfg = fn;
}

static inline void __init orthros_register_apic(u32 apic_id)
{
	topology_register_apic(apic_id, CPU_ACPIID_INVALID, true);
}
#endif

/*
 * May another kernel be loaded, for all that the administrator has said of kexec? It
 * takes one of those that may.
 * Linux kernel commit a42aaad2e47b ("kexec: introduce sysctl parameters kexec_load_limit_*")
 * (in v6.3)
 */
static inline bool orthros_kexec_permitted(void)
{
#if !defined(CONFIG_KEXEC_CORE)
	return true;
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	return kexec_load_permitted(KEXEC_TYPE_DEFAULT);
#else
	return !kexec_load_disabled;
#endif
}

#endif /* _X86_ORTHROS_COMPAT_H */
