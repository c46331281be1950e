// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: The ActiveOS's devices fall silent
 *
 * As for hibernation: the drivers' own freeze callbacks end what the devices
 * do in memory, and if the hop does not come to pass, their restore callbacks
 * set the devices up again, whatever the other kernel has done to them. Only
 * what hangs off PCI takes part. Serial ports go on talking: this kernel
 * writes its log there until its last moment, and the other kernel takes them
 * over without looking at their state.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/gfp.h>
#include <linux/mutex.h>
#include <linux/orthros/devices.h>
#include <linux/orthros/platform.h>
#include <linux/pci.h>
#include <linux/percpu-refcount.h>
#include <linux/pm.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include <kernel/power/power.h>
#include <kernel/rcu/rcu.h>
#include <drivers/base/power/power.h>
#include "hop.h"

/* Devices that are passed over for now. */
static struct device **passed;
static size_t nr_passed;

static bool below_pci(struct device *dev)
{
	for (; dev; dev = dev->parent)
		if (dev_is_pci(dev))
			return true;
	return false;
}

static void pass_none(void)
{
	size_t i;

	for (i = 0; i < nr_passed; i++) {
		dev_pm_syscore_device(passed[i], false);
		put_device(passed[i]);
	}
	kvfree(passed);
	passed = NULL;
	nr_passed = 0;
}

/*
 * Devices that are none of PCI's are suspended by nobody: the PM core takes
 * them for some that are looked after elsewhere.
 */
static int pass_others(void)
{
	struct device *dev;
	size_t n = 0;

	device_pm_lock();
	list_for_each_entry(dev, &dpm_list, power.entry)
		n++;
	device_pm_unlock();
	/* Who comes in between is suspended like a PCI device. */
	passed = kvmalloc_array(n, sizeof(*passed), GFP_KERNEL);
	if (!passed)
		return -ENOMEM;
	device_pm_lock();
	list_for_each_entry(dev, &dpm_list, power.entry) {
		if (nr_passed == n)
			break;
		if (dev->power.syscore || below_pci(dev))
			continue;
		dev_pm_syscore_device(dev, true);
		passed[nr_passed++] = get_device(dev);
	}
	device_pm_unlock();
	return 0;
}

static void switch_queues(void (*fn)(struct percpu_ref *ref))
{
	struct class_dev_iter iter;
	struct device *dev;

	class_dev_iter_init(&iter, &block_class, NULL, &disk_type);
	while ((dev = class_dev_iter_next(&iter)))
		fn(&dev_to_disk(dev)->queue->q_usage_counter);
	class_dev_iter_exit(&iter);
}

static void to_atomic(struct percpu_ref *ref)
{
	percpu_ref_switch_to_atomic(ref, NULL);
}

/**
 * orthros_prepare_devices() - what makes orthros_quiesce_devices() fast
 *
 * While processes still run. The users of a queue are counted on each CPU, and
 * it takes a grace period to bring the counters together when it is frozen.
 * File systems and drivers wait for more of them while they stop: from here on
 * they are short.
 */
void orthros_prepare_devices(void)
{
	rcu_expedite_gp();
	switch_queues(to_atomic);
	switch_queues(percpu_ref_switch_to_atomic_sync);
}

/**
 * orthros_unprepare_devices() - undo orthros_prepare_devices()
 */
void orthros_unprepare_devices(void)
{
	switch_queues(percpu_ref_switch_to_percpu);
	rcu_unexpedite_gp();
}

/**
 * orthros_quiesce_devices() - stop every device that could write to memory
 *
 * Processes and freezable kernel threads are frozen, file systems are in sync;
 * system_transition_mutex is held (orthros_freeze()).
 *
 * Return: 0, or negative errno with all devices at work again.
 */
int orthros_quiesce_devices(void)
{
	int err;

	/* What was written to the devices themselves, past any file system. */
	sync_bdevs(false);
	sync_bdevs(true);
	err = pass_others();
	if (err)
		return err;
	/* No page is written out from here on. */
	pm_restrict_gfp_mask();
	err = dpm_suspend_start(PMSG_FREEZE);
	if (err)
		goto out_resume;
	err = dpm_suspend_end(PMSG_FREEZE);
	if (err)
		goto out_resume;
	err = orthros_save_irqs();
	if (!err)
		return 0;
	dpm_resume_start(PMSG_RECOVER);
out_resume:
	dpm_resume_end(PMSG_RECOVER);
	pm_restore_gfp_mask();
	pass_none();
	return err;
}

/**
 * orthros_resume_devices() - undo orthros_quiesce_devices()
 * @touched:	the other kernel may have used the devices
 */
void orthros_resume_devices(bool touched)
{
	pm_message_t state = touched ? PMSG_RESTORE : PMSG_RECOVER;

	orthros_restore_irqs();
	dpm_resume_start(state);
	dpm_resume_end(state);
	pm_restore_gfp_mask();
	pass_none();
}
