// SPDX-License-Identifier: GPL-2.0
/*
 * The CPUs that interrupts go to, where somebody has written them: to
 * /proc/irq/N/smp_affinity, or for those to come to /proc/irq/default_smp_affinity.
 *
 * The number of an interrupt is each kernel's own, but for those of old. One that is
 * a message is told by its device's place and the number of the message, another one
 * by its handler. One that this kernel has not got is told to the next one as it was.
 *
 * A second kernel gets CPUs of this one. Of an interrupt whose CPUs all go the kernel
 * forgets what was written, and drivers spread their interrupts anew; so it is kept
 * here. What the kernel has changed at other times is no longer what was written.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqnr.h>
#include <linux/list.h>
#include <linux/msi.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include "../core/image.h"
#include "../core/report.h"
#include "../core/sections.h"
#include "irq.h"
#include "machine.h"

#define IRQ_NAME	96
/* Of what is yet to be requested. */
#define DEFAULT_NAME	"default"
/* Before the name of one that nobody has written, and that has the default. */
#define HAS_DEFAULT	'-'

/**
 * struct written - CPUs that somebody has written
 * @list:	in @written_irqs
 * @mask:	the CPUs
 * @told:	it was, since this kernel has such an interrupt
 * @kept:	it is to be given again, since it held when CPUs went or devices stopped
 * @name:	of the interrupt
 */
struct written {
	struct list_head list;
	struct cpumask mask;
	bool told;
	bool kept;
	char name[IRQ_NAME];
};

static LIST_HEAD(written_irqs);
/*
 * Taken within irq_lock_sparse(), if that is taken: who frees an interrupt holds that,
 * and waits for those who are writing to its files.
 */
static DEFINE_MUTEX(written_lock);
/* CPUs are away, or devices are stopped for a hop, or both. */
static unsigned int away;

/* Whoever calls keeps the interrupt from being freed. */
static bool get_name(unsigned int irq, char *name)
{
	struct irq_desc *desc = irq_to_desc(irq);
	struct msi_desc *msi;
	unsigned long flags;
	bool has = false;

	if (!desc)
		return false;
	raw_spin_lock_irqsave(&desc->lock, flags);
	msi = irq_data_get_msi_desc(&desc->irq_data);
	if (irq < NR_IRQS_LEGACY)
		has = snprintf(name, IRQ_NAME, "number %u", irq) < IRQ_NAME;
	else if (msi && msi->dev)
		has = snprintf(name, IRQ_NAME, "message %u of %s", msi->msi_index,
			       dev_name(msi->dev)) < IRQ_NAME;
	else if (desc->action && desc->action->name)
		has = snprintf(name, IRQ_NAME, "handler %s", desc->action->name) < IRQ_NAME;
	raw_spin_unlock_irqrestore(&desc->lock, flags);
	return has;
}

/* As /proc/irq/N/smp_affinity shows it. */
static void get_mask(unsigned int irq, struct cpumask *mask)
{
	struct irq_desc *desc = irq_to_desc(irq);
	const struct cpumask *from;
	unsigned long flags;

	raw_spin_lock_irqsave(&desc->lock, flags);
	from = irq_data_get_affinity_mask(&desc->irq_data);
#ifdef CONFIG_GENERIC_PENDING_IRQ
	if (irqd_is_setaffinity_pending(&desc->irq_data))
		from = desc->pending_mask;
#endif
	cpumask_copy(mask, from);
	raw_spin_unlock_irqrestore(&desc->lock, flags);
}

static bool may_be_set(unsigned int irq)
{
	return irq_can_set_affinity(irq) && !irqd_affinity_is_managed(irq_get_irq_data(irq));
}

static struct written *find_written(const char *name)
{
	struct written *w;

	list_for_each_entry(w, &written_irqs, list)
		if (!strcmp(w->name, name))
			return w;
	return NULL;
}

static void note(const char *name, const struct cpumask *mask)
{
	struct written *w;

	mutex_lock(&written_lock);
	w = find_written(name);
	if (!w) {
		w = kzalloc(sizeof(*w), GFP_KERNEL);
		if (w) {
			strscpy(w->name, name, sizeof(w->name));
			list_add_tail(&w->list, &written_irqs);
		} else {
			pr_err("CPUs of interrupt \"%s\" will be lost\n", name);
		}
	}
	if (w) {
		cpumask_copy(&w->mask, mask);
		w->kept = true;
	}
	mutex_unlock(&written_lock);
}

/**
 * orthros_irq_written() - are the CPUs of an interrupt what was written?
 * @path:	of a file of procfs that was written
 *
 * Return: true if so; it is carried.
 */
bool orthros_irq_written(const char *path)
{
	char name[IRQ_NAME];
	struct cpumask mask;
	unsigned int irq;

	if (!strcmp(path, "/irq/default_smp_affinity")) {
		cpumask_copy(&mask, irq_default_affinity);
		note(DEFAULT_NAME, &mask);
		orthros_changed();
		return true;
	}
	if (sscanf(path, "/irq/%u/", &irq) != 1 || !strstr(path, "/smp_affinity") ||
	    !get_name(irq, name))
		return false;
	get_mask(irq, &mask);
	note(name, &mask);
	orthros_changed();
	return true;
}

/* With the lock: is it what the interrupt has now, or would have if it could? */
static bool holds(const struct written *w, const struct cpumask *now)
{
	if (away)
		return w->kept;
	return cpumask_equal(&w->mask, now) || !cpumask_intersects(&w->mask, cpu_online_mask);
}

/* ---- CPUs and devices that go and come back ------------------------------ */

/**
 * orthros_keep_irqs() - remember what holds before CPUs go or devices stop
 */
void orthros_keep_irqs(void)
{
	char name[IRQ_NAME];
	struct cpumask now;
	struct written *w;
	unsigned int irq;

	irq_lock_sparse();
	mutex_lock(&written_lock);
	if (!away)
		list_for_each_entry(w, &written_irqs, list)
			w->kept = false;
	for_each_active_irq(irq) {
		w = get_name(irq, name) ? find_written(name) : NULL;
		if (!w)
			continue;
		get_mask(irq, &now);
		w->kept = holds(w, &now);
	}
	away++;
	mutex_unlock(&written_lock);
	irq_unlock_sparse();
}

/**
 * orthros_return_irqs() - give interrupts the CPUs that were written
 * @back:	the end of orthros_keep_irqs(); else CPUs have gone
 */
void orthros_return_irqs(bool back)
{
	char name[IRQ_NAME];
	struct cpumask now;
	struct written *w;
	unsigned int irq;
	int err;

	irq_lock_sparse();
	mutex_lock(&written_lock);
	for_each_active_irq(irq) {
		w = get_name(irq, name) ? find_written(name) : NULL;
		if (!w || !w->kept || !cpumask_intersects(&w->mask, cpu_online_mask))
			continue;
		get_mask(irq, &now);
		err = cpumask_equal(&now, &w->mask) ? 0 : irq_set_affinity(irq, &w->mask);
		if (err)
			pr_warn("interrupt \"%s\": CPUs %*pbl: %pe\n", name,
				cpumask_pr_args(&w->mask), ERR_PTR(err));
	}
	if (back)
		away--;
	mutex_unlock(&written_lock);
	irq_unlock_sparse();
}

/* ---- the source --------------------------------------------------------- */

static int tell(struct orthros_sections *s, bool by_default, const char *name,
		const struct cpumask *mask)
{
	char *cpus = kasprintf(GFP_KERNEL, "%*pbl", cpumask_pr_args(mask));
	char *full = kasprintf(GFP_KERNEL, "%s%s", by_default ? "-" : "", name);
	int err = cpus && full ? orthros_sections_put_pair(s, full, cpus) : -ENOMEM;

	kfree(full);
	kfree(cpus);
	return err;
}

/* Of the CPUs that are there. */
static bool has_default(const struct cpumask *now, const struct written *standard)
{
	struct cpumask a, b;

	cpumask_and(&a, now, cpu_online_mask);
	cpumask_and(&b, &standard->mask, cpu_online_mask);
	return cpumask_equal(&a, &b);
}

/* What was written; of others those that got the default when they were requested. */
static int tell_irq(struct orthros_sections *s, unsigned int irq, const struct written *standard)
{
	char name[IRQ_NAME];
	struct cpumask now;
	struct written *w;

	if (!get_name(irq, name))
		return 0;
	get_mask(irq, &now);
	w = find_written(name);
	if (w)
		w->told = true;
	if (w && may_be_set(irq))
		return holds(w, &now) ? tell(s, false, name, &w->mask) : 0;
	if (w)
		return tell(s, false, name, &w->mask);
	if (standard && may_be_set(irq) && has_default(&now, standard))
		return tell(s, true, name, &standard->mask);
	return 0;
}

static int tell_irqs(struct orthros_sections *s)
{
	const struct written *standard = find_written(DEFAULT_NAME);
	struct written *w;
	unsigned int irq;
	int err = 0;

	list_for_each_entry(w, &written_irqs, list)
		w->told = false;
	for_each_active_irq(irq)
		err = err ?: tell_irq(s, irq, standard);
	list_for_each_entry(w, &written_irqs, list)
		if (!w->told)
			err = err ?: tell(s, false, w->name, &w->mask);
	return err;
}

/* If there is no hop, devices request their interrupts again. */
static int freeze(void)
{
	orthros_keep_irqs();
	return 0;
}

static void thaw(void)
{
	orthros_return_irqs(true);
}

static int describe(struct orthros_sections *s, bool frozen)
{
	int err;

	err = orthros_sections_begin(s, ORTHROS_NETCONF_IRQ);
	if (err)
		return err;
	irq_lock_sparse();
	mutex_lock(&written_lock);
	if (!list_empty(&written_irqs))
		err = tell_irqs(s);
	mutex_unlock(&written_lock);
	irq_unlock_sparse();
	if (!err)
		orthros_sections_end(s);
	return err;
}

/* ---- the destination ---------------------------------------------------- */

static int set_irq(const char *wanted, const struct cpumask *mask)
{
	char name[IRQ_NAME];
	unsigned int irq;
	int err = -ENOENT;

	if (!cpumask_intersects(mask, cpu_online_mask))
		return -ENXIO;
	if (!strcmp(wanted, DEFAULT_NAME)) {
		cpumask_copy(irq_default_affinity, mask);
		return 0;
	}
	irq_lock_sparse();
	for_each_active_irq(irq) {
		if (!get_name(irq, name) || strcmp(name, wanted))
			continue;
		err = may_be_set(irq) ? irq_set_affinity(irq, mask) : -EPERM;
		break;
	}
	irq_unlock_sparse();
	return err;
}

/* When devices and CPUs are there. */
static void settle(struct orthros_image *img)
{
	const char *at, *end, *name, *cpus;
	struct cpumask mask;
	const void *told;
	size_t len;
	int err;

	told = orthros_told(img, &len);
	at = orthros_sections_find(told, len, ORTHROS_NETCONF_IRQ, &len);
	for (end = at + len; orthros_sections_next_pair(&at, end, &name, &cpus);) {
		bool by_default = *name == HAS_DEFAULT;

		name += by_default;
		err = strlen(name) < IRQ_NAME ? cpulist_parse(cpus, &mask) : -EINVAL;
		if (!err && !by_default)
			note(name, &mask);
		err = err ?: set_irq(name, &mask);
		if (err)
			pr_warn("interrupt \"%.*s\": CPUs %.*s: %pe\n", IRQ_NAME, name, 80, cpus,
				ERR_PTR(err));
	}
}

const struct orthros_kind orthros_irq_kind = {
	.name	= "CPUs of interrupts",
	.describe = describe,
	.freeze	= freeze,
	.thaw	= thaw,
	.settle	= settle,
};
