// SPDX-License-Identifier: GPL-2.0
/*
 * The network's configuration in the destination: what the source has told
 * (describe.c) is read, checked and replayed.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/mount.h>
#include <linux/net.h>
#include <linux/orthros/devices.h>
#include <linux/orthros/platform.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/msr.h>
#include "../machine/machine.h"
#include "../sock/sock.h"
#include "net_internal.h"
#include "nl.h"

/* Key: where the source has it */
static const struct orthros_type netconf_type = { .name = "the network's configuration" };

/* ---- sysctls ------------------------------------------------------------ */

/*
 * Those of memory have to wait for the commit: this kernel has little before.
 * Those of the network want its devices.
 */
static enum orthros_sysctls sysctls_of(const char *name)
{
	if (str_has_prefix(name, "vm/"))
		return ORTHROS_SYSCTLS_LATE;
	return str_has_prefix(name, "net/") ? ORTHROS_SYSCTLS_NET : ORTHROS_SYSCTLS_EARLY;
}

static int write_sysctl(struct vfsmount *proc, const char *name, const char *value)
{
	struct file *file;
	loff_t pos = 0;
	ssize_t len;
	char *path;

	path = kasprintf(GFP_KERNEL, "sys/%s", name);
	if (!path)
		return -ENOMEM;
	file = file_open_root_mnt(proc, path, O_WRONLY, 0);
	kfree(path);
	/* It has been writable there. */
	if (IS_ERR(file))
		return PTR_ERR(file);
	len = kernel_write(file, value, strlen(value), &pos);
	fput(file);
	return len < 0 ? len : 0;
}

/* @same: it is what it was when the source booted */
typedef int (*sysctl_fn)(struct vfsmount *proc, const char *name, const char *value, bool same,
			 void *ctx);

/* Strings in pairs; between pairs there may be NULs. */
static int each_sysctl(const struct orthros_net_data *net, sysctl_fn fn, void *ctx)
{
	const char *name, *value, *end;
	struct vfsmount *proc;
	size_t len;
	bool same;
	int err = 0;

	name = orthros_sections_find(net->data, net->len, ORTHROS_NETCONF_SYSCTL, &len);
	if (!len)
		return 0;
	proc = orthros_proc_mount();
	if (IS_ERR(proc))
		return PTR_ERR(proc);
	for (end = name + len; name < end && !err; name = value + strlen(value) + 1) {
		if (!*name) {
			value = name;
			continue;
		}
		value = memchr(name, '\0', end - name);
		if (!value || ++value >= end || !memchr(value, '\0', end - value)) {
			err = orthros_bad(-EINVAL, "netconf: sysctls");
			break;
		}
		same = *name == ORTHROS_SYSCTL_UNCHANGED;
		err = fn(proc, name + same, value, same, ctx);
	}
	kern_unmount(proc);
	return err;
}

static int build_sysctl(struct vfsmount *proc, const char *name, const char *value, bool same,
			void *ctx)
{
	enum orthros_sysctls which = *(enum orthros_sysctls *)ctx;
	int err;

	if (sysctls_of(name) != which)
		return 0;
	err = write_sysctl(proc, name, value);
	/* Nobody misses what was never set, or not for long. */
	if (!err || same)
		return 0;
	if (which != ORTHROS_SYSCTLS_LATE)
		return orthros_fail(err, "sysctl %s", name);
	pr_err("sysctl %s: %pe\n", name, ERR_PTR(err));
	return 0;
}

/* Those of network devices come and go with them. */
static bool is_of_device(const char *name)
{
	static const char *const dirs[] = { "net/ipv4/conf/", "net/ipv6/conf/",
					    "net/ipv4/neigh/", "net/ipv6/neigh/" };
	static const char *const ours[] = { "all/", "default/", "lo/" };
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (!str_has_prefix(name, dirs[i]))
			continue;
		for (k = 0; k < ARRAY_SIZE(ours); k++)
			if (str_has_prefix(name + strlen(dirs[i]), ours[k]))
				return false;
		return true;
	}
	return false;
}

/* Whether this kernel takes it shows when it is written, which is for the hop anyway. */
static int check_sysctl(struct vfsmount *proc, const char *name, const char *value, bool same,
			void *ctx)
{
	const struct orthros_finder who = orthros_of_machine(ctx);
	int err;

	if (same || sysctls_of(name) == ORTHROS_SYSCTLS_LATE || is_of_device(name))
		return 0;
	err = write_sysctl(proc, name, value);
	if (err == -ENOMEM)
		return err;
	if (err)
		orthros_refuse(&who, "sysctl %s: %.*s: %s", name,
			       (int)strcspn(value, "\n"), value,
			       err == -ENOENT ? "the other kernel has none" :
						"the other kernel rejects it");
	return 0;
}

/* Only in a check: in a hop they are written, and an error ends it. */
static int check_sysctls(struct orthros_image *img, const struct orthros_net_data *net)
{
	return img->frozen ? 0 : each_sysctl(net, check_sysctl, img);
}

/* ---- reading ------------------------------------------------------------ */

static struct orthros_net_data net_data(const struct orthros_obj *obj)
{
	return (struct orthros_net_data){ .data = obj->rec, .len = obj->rec_size };
}

/**
 * orthros_read_net() - read what the source tells of its network
 * @img:	image
 *
 * Return: 0 or -errno; what cannot be carried is reported.
 */
int orthros_read_net(struct orthros_image *img)
{
	struct orthros_net_data net;
	struct orthros_netconf conf;
	struct orthros_obj *obj;
	u64 addr;
	int err;

	err = orthros_src_sym(img->src, "orthros_netconf", &addr) ?:
	      orthros_src_read(img->src, addr, &conf, sizeof(conf));
	if (err)
		return orthros_bad(err, "source: orthros_netconf");
	if (conf.version != ORTHROS_NETCONF_VERSION || conf.len > ORTHROS_NETCONF_MAX)
		return orthros_bad(-EPROTO, "source: orthros_netconf: version %llu, %llu bytes",
				   conf.version, conf.len);
	obj = orthros_obj_add(img, &netconf_type, addr, 0, conf.len);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	err = conf.len ? orthros_src_read(img->src, conf.data, obj->rec, conf.len) : 0;
	if (err)
		return orthros_bad(err, "source: orthros_netconf");
	net = net_data(obj);
	return orthros_check_links(img, &net) ?: orthros_check_routes(img, &net) ?:
	       check_sysctls(img, &net);
}

/**
 * orthros_build_sysctls() - write the sysctls that were written in the source
 * @img:	image
 * @which:	group of them
 *
 * It mounts proc, see orthros_net_go_on().
 *
 * Return: 0 or -errno; late ones that fail are logged.
 */
int orthros_build_sysctls(struct orthros_image *img, enum orthros_sysctls which)
{
	struct orthros_net_data net;
	struct orthros_obj *obj;
	int err = 0;

	orthros_for_each_obj(obj, img, &netconf_type) {
		net = net_data(obj);
		err = err ?: each_sysctl(&net, build_sysctl, &which);
	}
	return err;
}

/* ---- building ----------------------------------------------------------- */

/*
 * The network is rebuilt by a thread beside file trees and processes, since
 * the drivers of its cards need their time; who builds a socket waits for it.
 * After the commit the same thread opens the cards and kicks the connections,
 * while the processes run.
 */
static DECLARE_COMPLETION(minors_taken);
static DECLARE_COMPLETION(net_built);
static DECLARE_COMPLETION(committed);
static DECLARE_COMPLETION(released);
static DECLARE_COMPLETION(links_open);
static int net_err;

static int build_net(struct orthros_image *img, const struct orthros_net_data *net)
{
	struct orthros_nl nl;
	int err;

	err = orthros_nl_open(&nl, NETLINK_ROUTE);
	if (err)
		return err;
	err = orthros_build_links(&nl, net, false);
	if (!err) {
		wait_for_completion(&minors_taken);
		/* Those of single devices want these; the others decide how they come up. */
		err = orthros_build_sysctls(img, ORTHROS_SYSCTLS_NET) ?:
		      orthros_build_links(&nl, net, true) ?: orthros_build_addrs(&nl, net) ?:
		      orthros_build_routes(&nl, net);
	}
	orthros_nl_close(&nl);
	return err;
}

static int build_all(struct orthros_image *img)
{
	struct orthros_net_data net;
	struct orthros_obj *obj;
	int err;

	err = orthros_need_nics();
	if (err)
		return orthros_fail(err, "%s", orthros_devices_error());
	orthros_for_each_obj(obj, img, &netconf_type) {
		net = net_data(obj);
		err = build_net(img, &net);
		if (err)
			return err;
	}
	orthros_stamp(ORTHROS_TS_NET);
	return 0;
}

static int net_thread(void *data)
{
	struct orthros_image *img = data;

	net_err = build_all(img);
	complete_all(&net_built);
	/* For ever, if the hop fails. */
	wait_for_completion(&committed);
	orthros_open_links();
	orthros_settle_tcp(img);
	wait_for_completion(&released);
	orthros_kick_tcp(img);
	orthros_stamp(ORTHROS_TS_LINKS);
	complete_all(&links_open);
	return 0;
}

/**
 * orthros_prepare_net() - what need not be done in a hop
 *
 * By the BackupOS before it is ready.
 *
 * Return: 0 or -errno.
 */
int orthros_prepare_net(void)
{
	struct orthros_nl nl;
	int err;

	err = orthros_nl_open(&nl, NETLINK_ROUTE);
	if (err)
		return err;
	err = orthros_drop_links(&nl);
	orthros_nl_close(&nl);
	return err;
}

/**
 * orthros_begin_net() - begin to rebuild the configuration of the network
 * @img:	image
 *
 * Nothing is sent or received before orthros_start_net().
 *
 * Return: 0 or -errno.
 */
int orthros_begin_net(struct orthros_image *img)
{
	orthros_set_limits(img);
	return PTR_ERR_OR_ZERO(kthread_run(net_thread, img, "orthros_net"));
}

/**
 * orthros_net_go_on() - the device numbers of the mounts are taken
 *
 * From now on somebody else may mount something beside them.
 */
void orthros_net_go_on(void)
{
	complete_all(&minors_taken);
}

/**
 * orthros_need_net() - wait for the network's configuration
 *
 * Before anything that is bound to an address or a device, or looks at them.
 *
 * Return: 0 or -errno if it could not be rebuilt.
 */
int orthros_need_net(void)
{
	u64 since;

	if (!completion_done(&net_built)) {
		since = rdtsc();
		wait_for_completion(&net_built);
		orthros_waited_for_nics(since);
	}
	return net_err;
}

/**
 * orthros_settle_net() - what can wait until the processes run
 * @img:	image
 */
void orthros_settle_net(struct orthros_image *img)
{
	struct orthros_net_data net;
	struct orthros_obj *obj;
	struct orthros_nl nl;

	orthros_build_sysctls(img, ORTHROS_SYSCTLS_LATE);
	if (orthros_nl_open(&nl, NETLINK_ROUTE))
		return;
	orthros_for_each_obj(obj, img, &netconf_type) {
		net = net_data(obj);
		orthros_settle_addrs(&nl, &net);
	}
	orthros_nl_close(&nl);
}

/**
 * orthros_start_net() - let the network cards be opened
 *
 * After the commit. What is sent meanwhile waits.
 */
void orthros_start_net(void)
{
	orthros_hold_links();
	complete_all(&committed);
}

/**
 * orthros_release_net() - the processes run: let TCP connections go on
 */
void orthros_release_net(void)
{
	complete_all(&released);
}

/**
 * orthros_finish_net() - wait until that has been done
 */
void orthros_finish_net(void)
{
	wait_for_completion(&links_open);
}
