// SPDX-License-Identifier: GPL-2.0
/*
 * The network's configuration in the destination: what the source has told
 * (describe.c) is read, checked and replayed.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/mount.h>
#include <linux/net.h>
#include <linux/orthros/devices.h>
#include <linux/orthros/platform.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/msr.h>
#include "../core/sections.h"
#include "../core/steps.h"
#include "../machine/machine.h"
#include "../ns/ns.h"
#include "net_internal.h"
#include "nl.h"

/* ---- reading ------------------------------------------------------------ */

/* When it is known which namespaces go. */
static int check_nets(struct orthros_image *img)
{
	struct orthros_net_data net = {};
	int err = 0;

	while (!err && orthros_next_net(img, &net))
		err = orthros_check_links(&net) ?: orthros_check_routes(img, &net) ?:
		      orthros_check_nft(img, &net) ?:
		      (net.ns == orthros_initial_ns(img, ORTHROS_NS_NET) ? 0 :
		       orthros_check_net_sysctls(img, net.data, net.len));
	return err;
}

/* ---- building ----------------------------------------------------------- */

static bool has_others(struct orthros_image *img)
{
	struct orthros_net_data net = {};

	return orthros_next_net(img, &net) && orthros_next_net(img, &net);
}

static int place(struct orthros_nl *nl, const struct orthros_net_data *net)
{
	return orthros_build_net_ids(net) ?: orthros_place_links(nl, net);
}

/* Those of single devices want these; the others decide how they come up. */
static int set_sysctls(struct orthros_nl *nl, const struct orthros_net_data *net)
{
	return orthros_build_net_sysctls(net->data, net->len);
}

static int build_rules(struct orthros_nl *nl, const struct orthros_net_data *net)
{
	return orthros_build_nft(net->img, orthros_this_net(), net) ?:
	       orthros_build_conntrack(orthros_this_net(), net);
}

static int build_rest(struct orthros_nl *nl, const struct orthros_net_data *net)
{
	return orthros_build_addrs(nl, net) ?: orthros_build_routes(nl, net);
}

/*
 * The network is rebuilt by a thread beside file trees and processes, since
 * the drivers of its cards need their time; who builds a socket waits for it.
 * After the commit the same thread opens the cards and kicks the connections,
 * while the processes run.
 *
 * Step by step in all namespaces: devices are pairs across them.
 */
static int build_net(struct orthros_image *img)
{
	int err;

	/* The namespaces are made by then. */
	if (has_others(img))
		orthros_step_wait(&orthros_minors_taken);
	err = orthros_each_net(img, place) ?: orthros_each_net(img, orthros_make_links) ?:
	      orthros_each_net(img, orthros_set_links) ?:
	      /* Rules are there before anything is up; conntrack begins with what it knew. */
	      orthros_each_net(img, build_rules);
	if (err)
		return err;
	orthros_step_wait(&orthros_minors_taken);
	err = orthros_each_net(img, set_sysctls) ?: orthros_each_net(img, orthros_raise_links);
	if (err)
		return err;
	orthros_see_carriers();
	return orthros_each_net(img, build_rest);
}

static int build_all(struct orthros_image *img)
{
	int err;

	err = orthros_need_nics();
	if (err)
		return orthros_fail(err, "%s", orthros_devices_error());
	return build_net(img) ?: orthros_reach(ORTHROS_TS_NET);
}

static int net_thread(void *data)
{
	struct orthros_image *img = data;

	orthros_step_done(&orthros_net_built, build_all(img));
	/* For ever, if the hop fails. */
	orthros_step_wait(&orthros_committed);
	orthros_open_links();
	orthros_kinds_online(img);
	orthros_stamp(ORTHROS_TS_LINKS);
	orthros_step_done(&orthros_links_open, 0);
	return 0;
}

/* What need not be done in a hop. */
static int resolve_net(struct orthros_src *src)
{
	struct orthros_nl nl;
	int err;

	orthros_net_built.waited = orthros_waited_for_nics;
	err = orthros_nl_open(&nl, NETLINK_ROUTE);
	if (!err) {
		err = orthros_drop_links(&nl);
		orthros_nl_close(&nl);
	}
	if (err)
		pr_err("network devices: %pe\n", ERR_PTR(err));
	return 0;
}

/* Begins: nothing is sent or received before the commit. */
static int begin_net(struct orthros_image *img)
{
	return PTR_ERR_OR_ZERO(kthread_run(net_thread, img, "orthros_net"));
}

static int verify_net(struct orthros_image *img)
{
	return orthros_step_wait(&orthros_net_built) ?: orthros_fail_point(ORTHROS_TS_PROBED);
}

/* Network cards may be opened. What is sent meanwhile waits. */
static void commit_net(struct orthros_image *img)
{
	orthros_hold_links();
	orthros_step_done(&orthros_committed, 0);
}

const struct orthros_kind orthros_net_kind = {
	.name	= "network",
	.describe = orthros_describe_net,
	.watch	= orthros_watch_net,
	.resolve = resolve_net,
	.gather	= check_nets,
	.build	= begin_net,
	.verify	= verify_net,
	.commit	= commit_net,
};

static int settle_cards(struct orthros_nl *nl, const struct orthros_net_data *net)
{
	orthros_build_ethtool(net, true);
	return orthros_settle_addrs(nl, net);
}

static void settle_links(struct orthros_image *img)
{
	int err;

	orthros_step_wait(&orthros_links_open);
	err = orthros_each_net(img, settle_cards);
	if (err)
		pr_err("network: %pe\n", ERR_PTR(err));
}

const struct orthros_kind orthros_links_kind = {
	.name	= "network cards",
	.settle	= settle_links,
};
