// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drivers start on the devices, in a thread beside the rebuilding of the
 * processes. Each function of a device has a state of its own: who needs a disk
 * or the network cards waits for these alone, and what nobody needs may come
 * when the processes run already.
 *
 * A function that fails before the commit makes the hop fail. One that fails
 * later is not there, for its users as if it were broken: that is logged, and
 * told in last_error. One that hangs is passed by the next.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/async.h>
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/kthread.h>
#include <linux/orthros.h>
#include <linux/orthros/devices.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <drivers/base/base.h>
#include <kernel/rcu/rcu.h>
#include <asm/msr.h>
#include <asm/pci-direct.h>
#include <asm/pci_x86.h>
#include "../../../kernel/orthros/core/report.h"
#include "../../../kernel/orthros/core/trace.h"
#include "arch.h"
#include "pci.h"

#define TEXT_LEN	192
/* Seconds that the drivers of one device may take to start. */
#define PROBE_TIMEOUT	30
/* Jiffies after which it is not waited for with starting the next one. */
#define PASS_AFTER	(2 * HZ)

enum probe_state {
	PROBE_WAITS,
	PROBE_RUNS,
	PROBE_DONE,
};

/**
 * struct probe - drivers of a function start
 * @fn:		the function as the ActiveOS told of it
 * @state:	&enum probe_state; with PROBE_DONE the rest is complete
 * @err:	0 or negative errno
 * @cycles:	that it took
 */
struct probe {
	const struct orthros_pci_fn *fn;
	int state;
	int err;
	u64 cycles;
};

/* In the order in which drivers start. */
static struct probe *probes;
static u32 nr_probes;
static atomic_t nr_left;
/* Woken when a function is done. */
static DECLARE_WAIT_QUEUE_HEAD(probe_wq);
/* From the fence until all are done. */
static bool probing;
static bool committed;
/* When the last network card was done. */
static u64 nics_done;
/* The first failure. */
static char probe_text[TEXT_LEN];
static DEFINE_MUTEX(text_lock);

static unsigned int probe_timeout = PROBE_TIMEOUT;

static int __init probe_timeout_param(char *arg)
{
	return arg ? kstrtouint(arg, 0, &probe_timeout) : -EINVAL;
}
early_param("orthros.probe_timeout", probe_timeout_param);

/* A test hook: what fails, as "0000:00:03.0=probe". */
static char fail_device[64];

static int __init fail_device_param(char *arg)
{
	strscpy(fail_device, arg ?: "", sizeof(fail_device));
	return 0;
}
early_param("orthros.fail_device", fail_device_param);

/**
 * orthros_device_fails - is a device made to fail, for a test?
 * @name:	of the PCI function
 * @how:	"probe": its drivers do not start, "hang": they never end to start,
 *		"late": they fail, but not before the commit, "open": a network
 *		card does not open
 *
 * By orthros.fail_device=NAME=HOW on this kernel's command line.
 */
bool orthros_device_fails(const char *name, const char *how)
{
	size_t len = strlen(name);

	return !strncmp(fail_device, name, len) && fail_device[len] == '=' &&
	       !strcmp(fail_device + len + 1, how);
}

__printf(1, 2)
static void set_text(const char *fmt, ...)
{
	va_list args;

	mutex_lock(&text_lock);
	va_start(args, fmt);
	if (!probe_text[0])
		vsnprintf(probe_text, sizeof(probe_text), fmt, args);
	va_end(args);
	mutex_unlock(&text_lock);
}

static void fn_name(const struct orthros_pci_fn *fn, char *buf, size_t size)
{
	snprintf(buf, size, "%04x:%02x:%02x.%u", fn->domain, fn->bus, PCI_SLOT(fn->devfn),
		 PCI_FUNC(fn->devfn));
}

/* ---- order ------------------------------------------------------------- */

static const char *disk_of(const struct orthros_pci_fn *fn)
{
	const char *disk = strstr(fn->users, "disk:");

	return disk ? disk + strlen("disk:") : NULL;
}

static bool same_drivers(const struct orthros_pci_fn *a, const struct orthros_pci_fn *b)
{
	size_t len = disk_of(a) - a->users;

	return disk_of(b) - b->users == len && !memcmp(a->users, b->users, len);
}

/* vda before vdb before vdaa: a driver names its disks as it finds them. */
static bool disk_before(const struct orthros_pci_fn *a, const struct orthros_pci_fn *b)
{
	const char *x = disk_of(a), *y = disk_of(b);
	size_t nx = strcspn(x, "="), ny = strcspn(y, "=");

	return nx != ny ? nx < ny : strncmp(x, y, nx) < 0;
}

/*
 * The order of the ActiveOS, so that buses number their devices as it did; but
 * disks take each other's places by their names.
 */
static int make_order(const struct orthros_pci *pci)
{
	u32 i, j, next;

	probes = kvcalloc(pci->nr ?: 1, sizeof(*probes), GFP_KERNEL);
	if (!probes)
		return -ENOMEM;
	nr_probes = pci->nr;
	for (i = 0; i < nr_probes; i++)
		probes[i].fn = &pci->fn[i];
	for (i = 0; i < nr_probes; i++) {
		if (!disk_of(probes[i].fn))
			continue;
		for (next = i, j = i + 1; j < nr_probes; j++)
			if (disk_of(probes[j].fn) &&
			    same_drivers(probes[j].fn, probes[next].fn) &&
			    disk_before(probes[j].fn, probes[next].fn))
				next = j;
		swap(probes[i].fn, probes[next].fn);
	}
	return 0;
}

/* ---- the thread ---------------------------------------------------------- */

/* Is the hardware what was told? */
static int verify_hardware(const struct orthros_pci *pci)
{
	char name[16];
	u32 i;

	for (i = 0; i < pci->nr; i++) {
		const struct orthros_pci_fn *fn = &pci->fn[i];
		u32 id = read_pci_config(fn->bus, PCI_SLOT(fn->devfn), PCI_FUNC(fn->devfn),
					 PCI_VENDOR_ID);

		if (!fn->users[0] || !memcmp(&id, fn->config, sizeof(id)))
			continue;
		fn_name(fn, name, sizeof(name));
		set_text("device %s is another one: %08x", name, id);
		return -ENODEV;
	}
	return 0;
}

/* Do the same drivers have it, and the disks the same names? */
static int verify_users(const struct orthros_pci_fn *fn, struct pci_dev *dev)
{
	struct orthros_pci_fn *now;
	int err = 0;

	if (!fn->users[0])
		return 0;
	now = kmalloc(sizeof(*now), GFP_KERNEL);
	if (!now)
		return -ENOMEM;
	orthros_pci_users(dev, now);
	if (strcmp(now->users, fn->users)) {
		err = -ENODEV;
		set_text("device %s: was %.60s, is %.60s", pci_name(dev), fn->users,
			 now->users[0] ? now->users : "nothing");
	}
	kfree(now);
	return err;
}

static int start_drivers(const struct orthros_pci_fn *fn)
{
	struct pci_dev *dev;
	char name[16];
	int err = 0;

	fn_name(fn, name, sizeof(name));
	dev = pci_get_domain_bus_and_slot(fn->domain, fn->bus, fn->devfn);
	if (!dev) {
		set_text("device %s has vanished", name);
		return fn->users[0] ? -ENODEV : 0;
	}
	if (orthros_device_fails(name, "hang"))
		wait_event_idle(probe_wq, false);
	if (orthros_device_fails(name, "late"))
		wait_event_idle(probe_wq, READ_ONCE(committed));
	if (!orthros_device_fails(name, "probe") && !orthros_device_fails(name, "late")) {
		/* Not with the lock against removal: the next may have to pass us. */
		pci_bus_add_device(dev);
		/* Some probe in the background. */
		if (fn->users[0])
			async_synchronize_full();
	}
	err = verify_users(fn, dev);
	pci_dev_put(dev);
	return err;
}

static bool is_nic(const struct orthros_pci_fn *fn)
{
	return fn->users[0] && fn->config[PCI_CLASS_DEVICE + 1] == PCI_BASE_CLASS_NETWORK;
}

static int probe_thread(void *unused)
{
	char name[16];
	u64 begin;
	u32 i;

	for (i = 0; i < nr_probes; i++) {
		struct probe *p = &probes[i];

		/* Another one has it, and hangs. */
		if (cmpxchg(&p->state, PROBE_WAITS, PROBE_RUNS) != PROBE_WAITS)
			continue;
		fn_name(p->fn, name, sizeof(name));
		orthros_trace_step(ORTHROS_PHASE_PROBE, name, ORTHROS_TRACE_BEGIN, 0);
		begin = rdtsc();
		p->err = start_drivers(p->fn);
		p->cycles = rdtsc() - begin;
		orthros_trace_step(ORTHROS_PHASE_PROBE, name, ORTHROS_TRACE_END, p->err);
		if (is_nic(p->fn))
			nics_done = rdtsc();
		/* Pairs with the acquire in is_done(). */
		smp_store_release(&p->state, PROBE_DONE);
		wake_up_all(&probe_wq);
		if (atomic_dec_and_test(&nr_left)) {
			orthros_stamp(ORTHROS_TS_PROBED);
			WRITE_ONCE(probing, false);
		}
	}
	return 0;
}

static int start_probing(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(probe_thread, NULL, "orthros_probe"));
}

/**
 * orthros_take_devices - give the machine's devices to this kernel's drivers
 *
 * By the BackupOS when the ActiveOS is parked. The drivers start in the
 * background. Until the commit the way back is orthros_give_up(). Grace periods
 * are short until orthros_settle_devices().
 *
 * Return: 0 or negative errno, and orthros_devices_error() says why.
 */
int orthros_take_devices(void)
{
	const struct orthros_pci *pci = orthros_pci_copy();
	int err;

	orthros_stop_dma();
	err = orthros_take_irqs();
	if (err)
		return err;
	err = verify_hardware(pci) ?: make_order(pci);
	if (err)
		return err;
	raw_pci_ops = &pci_direct_conf1;
	/* As while a kernel boots: there is nobody whom it disturbs. */
	rcu_expedite_gp();
	orthros_ho->counts[ORTHROS_COUNT_DEVICE_WAIT] = 0;
	atomic_set(&nr_left, nr_probes);
	probing = nr_probes;
	return start_probing();
}

/* ---- who waits for it ---------------------------------------------------- */

static bool is_done(const struct probe *p)
{
	/* Pairs with the release in probe_thread(): it has an error or none. */
	return smp_load_acquire(&p->state) == PROBE_DONE;
}

static void waited(u64 cycles)
{
	orthros_ho->counts[ORTHROS_COUNT_DEVICE_WAIT] += orthros_tsc_to_ns(cycles);
}

static int wait_done(const struct probe *p)
{
	unsigned long end = jiffies + probe_timeout * HZ;
	char name[16];

	while (!wait_event_timeout(probe_wq, is_done(p), PASS_AFTER)) {
		if (time_after(jiffies, end)) {
			fn_name(p->fn, name, sizeof(name));
			set_text("device %s (%.60s) has not started for %u s", name,
				 p->fn->users, probe_timeout);
			return -ETIMEDOUT;
		}
		/* One before it hangs; then its numbers are given up. */
		if (READ_ONCE(p->state) == PROBE_WAITS)
			start_probing();
	}
	return p->err;
}

/**
 * orthros_need_nics - wait for the network cards
 *
 * Return: 0, or negative errno when one did not come up as it was in the
 * ActiveOS; orthros_devices_error() names it.
 */
int orthros_need_nics(void)
{
	int err = 0;
	u32 i;

	for (i = 0; i < nr_probes && !err; i++)
		if (is_nic(probes[i].fn))
			err = wait_done(&probes[i]);
	return err;
}

/**
 * orthros_waited_for_nics - account for who has waited for the network
 * @since:	TSC when that began
 */
void orthros_waited_for_nics(u64 since)
{
	if (nics_done > since)
		waited(nics_done - since);
}

/**
 * orthros_wait_probes - wait until no driver is being started
 */
void orthros_wait_probes(void)
{
	u32 i;

	for (i = 0; i < nr_probes; i++)
		wait_done(&probes[i]);
}

/**
 * orthros_need_devices - wait for all devices, whatever becomes of them
 */
void orthros_need_devices(void)
{
	u64 since = rdtsc();

	orthros_wait_probes();
	waited(rdtsc() - since);
}

static bool has_disk(const struct orthros_pci_fn *fn, const char *text)
{
	size_t len = strlen(text);
	const char *at = fn->users;

	while ((at = strstr(at, text))) {
		at += len;
		if (!*at || *at == ' ' || *at == '=')
			return true;
	}
	return false;
}

static const struct probe *find_disk(const char *text)
{
	u32 i;

	for (i = 0; i < nr_probes; i++)
		if (has_disk(probes[i].fn, text))
			return &probes[i];
	return NULL;
}

static int need_disk(const char *text)
{
	const struct probe *p = find_disk(text);
	u64 since = rdtsc();
	int err;

	if (!p)
		return 0;
	err = wait_done(p);
	waited(rdtsc() - since);
	return err;
}

/**
 * orthros_need_disk - wait for a disk, or a part of one
 * @name:	as the ActiveOS called it, or NULL
 * @dev:	or its number
 *
 * Before the commit.
 *
 * Return: as orthros_need_nics().
 */
int orthros_need_disk(const char *name, dev_t dev)
{
	char text[DISK_NAME_LEN + 8];

	if (name)
		snprintf(text, sizeof(text), ":%s", name);
	else
		snprintf(text, sizeof(text), "=%u:%u", MAJOR(dev), MINOR(dev));
	return need_disk(text);
}

/**
 * orthros_wait_disk - a block device is opened that does not exist (yet)
 * @dev:	its number
 *
 * After the commit, by processes.
 *
 * Return: true if it is there now.
 */
bool orthros_wait_disk(dev_t dev)
{
	const struct probe *p;
	char text[24];

	if (!READ_ONCE(probing) || !READ_ONCE(committed))
		return false;
	snprintf(text, sizeof(text), "=%u:%u", MAJOR(dev), MINOR(dev));
	p = find_disk(text);
	return p && wait_event_killable_timeout(probe_wq, is_done(p), probe_timeout * HZ) > 0 &&
	       !p->err;
}

/* The node of a disk to come; the driver finds it there. */
static int make_node(const char *entry, size_t len)
{
	unsigned int major, minor;
	char name[DISK_NAME_LEN + 24];
	struct device *dev;
	char *number;
	int err;

	strscpy(name, entry, min(len + 1, sizeof(name)));
	number = strchr(name, '=');
	if (!number || sscanf(number, "=%u:%u", &major, &minor) != 2)
		return 0;
	*number = '\0';
	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return -ENOMEM;
	dev->class = &block_class;
	dev->devt = MKDEV(major, minor);
	err = dev_set_name(dev, "%s", name);
	if (!err)
		err = devtmpfs_create_node(dev);
	kfree_const(dev->kobj.name);
	kfree(dev);
	return err == -EEXIST ? 0 : err;
}

/**
 * orthros_make_disk_nodes - device nodes of disks whose drivers still start
 *
 * Before file trees are rebuilt: a program shall find the node of a disk that
 * nobody has waited for; when it opens it, orthros_wait_disk() waits.
 *
 * Return: 0 or negative errno.
 */
int orthros_make_disk_nodes(void)
{
	const char *at;
	size_t len;
	u32 i;
	int err = 0;

	for (i = 0; i < nr_probes; i++) {
		if (is_done(&probes[i]))
			continue;
		for (at = probes[i].fn->users; *at && !err; at += len + strspn(at + len, " ")) {
			len = strcspn(at, " ");
			if (str_has_prefix(at, "disk:") || str_has_prefix(at, "part:"))
				err = make_node(at + 5, len - 5);
		}
	}
	return err;
}

/**
 * orthros_devices_failed - has any device failed so far?
 *
 * Right before the commit, when there is still a way back.
 *
 * Return: 0 or negative errno; orthros_devices_error() names it.
 */
int orthros_devices_failed(void)
{
	u32 i;

	for (i = 0; i < nr_probes; i++)
		if (is_done(&probes[i]) && probes[i].err)
			return probes[i].err;
	return 0;
}

/**
 * orthros_commit_devices - from here on, devices may fail
 */
void orthros_commit_devices(void)
{
	WRITE_ONCE(committed, true);
	wake_up_all(&probe_wq);
}

/**
 * orthros_settle_devices - wait for the devices that nobody has waited for
 *
 * In the background after the commit. What has failed is told in last_error.
 */
void orthros_settle_devices(void)
{
	char name[16];
	u32 i;

	for (i = 0; i < nr_probes; i++) {
		const struct orthros_pci_fn *fn = probes[i].fn;
		int err = wait_done(&probes[i]);

		fn_name(fn, name, sizeof(name));
		if (fn->users[0])
			pr_info("device %s (%.60s): %llu us\n", name, fn->users,
				orthros_tsc_to_ns(probes[i].cycles) / NSEC_PER_USEC);
		if (err)
			pr_err("device %s is lost: %pe\n", name, ERR_PTR(err));
	}
	if (probe_text[0]) {
		pr_err("%s\n", probe_text);
		orthros_set_last_error("%s", probe_text);
	}
	rcu_unexpedite_gp();
}

/**
 * orthros_devices_hang - is a driver still busy with taking a device?
 *
 * Return: true if so: devices cannot be suspended.
 */
bool orthros_devices_hang(void)
{
	return READ_ONCE(probing);
}

/**
 * orthros_devices_error - why a device could not be taken over
 *
 * Return: text, empty if there is nothing to say.
 */
const char *orthros_devices_error(void)
{
	return probe_text;
}

/**
 * orthros_devices_show - how long drivers took to start
 * @buf:	page
 *
 * Return: bytes written: a line for each function, nanoseconds or "failed".
 */
ssize_t orthros_devices_show(char *buf)
{
	ssize_t len = 0;
	char name[16];
	u32 i;

	for (i = 0; i < nr_probes; i++) {
		if (!probes[i].fn->users[0])
			continue;
		fn_name(probes[i].fn, name, sizeof(name));
		len += sysfs_emit_at(buf, len, "%s ", name);
		if (!is_done(&probes[i]) || probes[i].err)
			len += sysfs_emit_at(buf, len, "failed\n");
		else
			len += sysfs_emit_at(buf, len, "%llu\n",
					     orthros_tsc_to_ns(probes[i].cycles));
	}
	return len;
}
