// SPDX-License-Identifier: GPL-2.0
/*
 * The network's configuration in the destination: what the source has told
 * (netconf.c) is read, checked and replayed.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "core.h"
#include "files.h"
#include "internal.h"
#include "netconf.h"
#include "nl.h"

/* ---- sysctls ------------------------------------------------------------ */

/*
 * They must be as they were before anything is built, but for those of memory:
 * this kernel has little before the commit.
 */
static bool is_late(const char *name)
{
	return str_has_prefix(name, "vm/");
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
	bool late = *(bool *)ctx;
	int err;

	if (is_late(name) != late)
		return 0;
	err = write_sysctl(proc, name, value);
	/* Nobody misses what was never set, or not for long. */
	if (!err || same)
		return 0;
	if (!late)
		return orthros_fail(err, "sysctl %s", name);
	pr_err("sysctl %s: %pe\n", name, ERR_PTR(err));
	return 0;
}

/**
 * orthros_build_sysctls() - write the sysctls that were written in the source
 * @net:	what the source told
 * @late:	those that have to wait for the commit
 *
 * Return: 0 or -errno.
 */
int orthros_build_sysctls(const struct orthros_net_data *net, bool late)
{
	return each_sysctl(net, build_sysctl, &late);
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
	int err;

	if (same || is_late(name) || is_of_device(name))
		return 0;
	err = write_sysctl(proc, name, value);
	if (err == -ENOMEM)
		return err;
	if (err)
		orthros_refuse(ctx, 0, "", "sysctl %s: %.*s: %s", name,
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
	obj = orthros_obj_add(img, ORTHROS_KIND_NETCONF, addr, 0, conf.len);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	err = conf.len ? orthros_src_read(img->src, conf.data, obj->rec, conf.len) : 0;
	if (err)
		return orthros_bad(err, "source: orthros_netconf");
	net = net_data(obj);
	return orthros_check_links(img, &net) ?: orthros_check_routes(img, &net) ?:
	       check_sysctls(img, &net);
}

/* ---- building ----------------------------------------------------------- */

static int build_net(const struct orthros_net_data *net)
{
	struct orthros_nl nl;
	int err;

	err = orthros_nl_open(&nl, NETLINK_ROUTE);
	if (err)
		return err;
	/* Those of single devices want these; the others decide how they come up. */
	err = orthros_build_links(&nl, net, false) ?: orthros_build_sysctls(net, false) ?:
	      orthros_build_links(&nl, net, true) ?: orthros_build_addrs(&nl, net) ?:
	      orthros_build_routes(&nl, net);
	orthros_nl_close(&nl);
	return err;
}

/**
 * orthros_build_net() - rebuild the configuration of the network
 * @img:	image
 *
 * Before any socket is bound; process context, as root in the initial
 * namespaces. Nothing is sent or received before orthros_start_net().
 *
 * Return: 0 or -errno.
 */
int orthros_build_net(struct orthros_image *img)
{
	struct orthros_net_data net;
	struct orthros_obj *obj;
	int err;

	orthros_set_limits(img);
	orthros_for_each_obj(obj, img, ORTHROS_KIND_NETCONF) {
		net = net_data(obj);
		err = build_net(&net);
		if (err)
			return err;
	}
	return 0;
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

	if (orthros_nl_open(&nl, NETLINK_ROUTE))
		return;
	orthros_for_each_obj(obj, img, ORTHROS_KIND_NETCONF) {
		net = net_data(obj);
		orthros_settle_addrs(&nl, &net);
		orthros_build_sysctls(&net, true);
	}
	orthros_nl_close(&nl);
}

/**
 * orthros_start_net() - let the network cards send and receive
 *
 * After the commit, before connections are kicked.
 */
void orthros_start_net(void)
{
	orthros_start_links();
}
