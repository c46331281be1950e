// SPDX-License-Identifier: GPL-2.0
/* What hop_refuse.c tries to have: the network's configuration. */
#include <arpa/inet.h>
#include <linux/if_bridge.h>
#include <linux/if_tun.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include "netns_test.h"
#include "nft_test.h"
#include "refuse.h"

static int hold_tun_device(void)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN, .ifr_name = "otun0" };
	int fd = open("/dev/net/tun", O_RDWR);

	if (fd < 0)
		return OP_SKIP;
	return ioctl(fd, TUNSETIFF, &ifr);
}

/* A VLAN in a namespace, of a device outside. */
static int hold_vlan_across(void)
{
	int fd = net_new(), ret;
	struct ifinfomsg ifi = {};
	struct rtnl_req req;

	ret = system("ip link add orefd type dummy && "
		     "ip link add link orefd name orefv type vlan id 7");
	if (ret)
		return ret;
	ifi.ifi_index = if_nametoindex("orefv");
	req = rtnl_req(RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	rtnl_put(&req, IFLA_NET_NS_FD, &fd, sizeof(fd));
	return rtnl_send(&req);
}

static void undo_vlan_across(void)
{
	if (system("ip link del orefd"))
		printf("# the device stays\n");
}

static int make_bridge(void)
{
	return system("brctl addbr orefbr && ip link add orefport type dummy && "
		      "brctl addif orefbr orefport && ip link set orefport up && "
		      "ip link set orefbr up");
}

static void undo_bridge(void)
{
	if (system("ip link set orefbr down; brctl delbr orefbr; ip link del orefport"))
		printf("# the bridge stays\n");
}

static int hold_bridge_group(void)
{
	struct {
		struct nlmsghdr nlh;
		struct br_port_msg port;
		struct nlattr attr;
		struct br_mdb_entry entry;
	} req = {
		.nlh = {
			.nlmsg_len = sizeof(req),
			.nlmsg_type = RTM_NEWMDB,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE,
		},
		.port.family = AF_BRIDGE,
		.attr = { sizeof(req.attr) + sizeof(req.entry), MDBA_SET_ENTRY },
		.entry = {
			.state = MDB_PERMANENT,
			.addr.proto = htons(ETH_P_IP),
			.addr.u.ip4 = inet_addr("239.1.2.3"),
		},
	};
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
		char rest[512];
	} answer;
	int fd, ret = make_bridge();

	if (ret)
		return ret;
	req.port.ifindex = if_nametoindex("orefbr");
	req.entry.ifindex = if_nametoindex("orefport");
	fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	if (send(fd, &req, sizeof(req), 0) < 0 || recv(fd, &answer, sizeof(answer), 0) < 0)
		return -1;
	close(fd);
	errno = -answer.err.error;
	return answer.nlh.nlmsg_type != NLMSG_ERROR || errno ? -1 : 0;
}

static struct nft nft;

/* A table that goes with the process. */
static int hold_nft_owner(void)
{
	const unsigned int flags = htonl(NFT_TABLE_F_OWNER);
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);

	if (fd < 0)
		return OP_SKIP;
	nft_begin(&nft, NFPROTO_IPV4, "hop_refuse");
	nft_table(&nft);
	nft_data(&nft, NFTA_TABLE_FLAGS, &flags, sizeof(flags));
	return nft_send(&nft, fd);
}

static int hold_flowtable(void)
{
	struct nlattr *hook, *devs;

	nft_begin(&nft, NFPROTO_INET, "hop_flow");
	nft_table(&nft);
	nft_of(&nft, NFT_MSG_NEWFLOWTABLE, NLM_F_CREATE);
	nft_str(&nft, NFTA_FLOWTABLE_NAME, "fast");
	hook = nft_nest(&nft, NFTA_FLOWTABLE_HOOK);
	nft_u32(&nft, NFTA_FLOWTABLE_HOOK_NUM, NF_NETDEV_INGRESS);
	nft_u32(&nft, NFTA_FLOWTABLE_HOOK_PRIORITY, 0);
	devs = nft_nest(&nft, NFTA_FLOWTABLE_HOOK_DEVS);
	nft_str(&nft, NFTA_DEVICE_NAME, "lo");
	nft_end(&nft, devs);
	nft_end(&nft, hook);
	return nft_commit(&nft);
}

static void undo_flowtable(void)
{
	nft_drop(NFPROTO_INET, "hop_flow");
}

/* What it has counted nobody tells. */
static int hold_connlimit(void)
{
	struct nlattr *exprs;
	struct nft_expr e;

	nft_begin(&nft, NFPROTO_INET, "hop_limit");
	nft_table(&nft);
	nft_base_chain(&nft, "input", "filter", NF_INET_LOCAL_IN, 0, NULL);
	exprs = nft_rule(&nft, "input");
	nft_dport(&nft, IPPROTO_TCP, 7399);
	e = nft_expr(&nft, "connlimit");
	nft_u32(&nft, NFTA_CONNLIMIT_COUNT, 10);
	nft_expr_end(&nft, e);
	nft_end(&nft, exprs);
	return nft_commit(&nft);
}

static void undo_connlimit(void)
{
	nft_drop(NFPROTO_INET, "hop_limit");
}

/* What is in a tunnel, which older kernels do not look into. */
#define INNER_NUM	1
#define INNER_TYPE	2
#define INNER_FLAGS	3
#define INNER_HDRSIZE	4
#define INNER_EXPR	5

static int hold_inner(void)
{
	struct nlattr *exprs, *expr, *data;
	struct nft_expr e;

	nft_begin(&nft, NFPROTO_IPV4, "hop_inner");
	nft_table(&nft);
	nft_chain(&nft, "tunnel");
	exprs = nft_rule(&nft, "tunnel");
	e = nft_expr(&nft, "inner");
	nft_u32(&nft, INNER_NUM, 0);
	nft_u32(&nft, INNER_TYPE, 1);
	nft_u32(&nft, INNER_FLAGS, 0xf);
	nft_u32(&nft, INNER_HDRSIZE, 8);
	expr = nft_nest(&nft, INNER_EXPR);
	nft_str(&nft, NFTA_EXPR_NAME, "payload");
	data = nft_nest(&nft, NFTA_EXPR_DATA);
	nft_u32(&nft, NFTA_PAYLOAD_DREG, NFT_REG_1);
	nft_u32(&nft, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
	nft_u32(&nft, NFTA_PAYLOAD_OFFSET, 12);
	nft_u32(&nft, NFTA_PAYLOAD_LEN, 4);
	nft_end(&nft, data);
	nft_end(&nft, expr);
	nft_expr_end(&nft, e);
	nft_end(&nft, exprs);
	return nft_commit(&nft);
}

static void undo_inner(void)
{
	nft_drop(NFPROTO_IPV4, "hop_inner");
}

/* 127.0.0.1:7398 to 127.0.0.1:21, or the way back. */
static void ct_tuple(int type, bool back)
{
	const uint16_t ports[] = { htons(7398), htons(21) };
	const uint32_t addr = htonl(INADDR_LOOPBACK);
	const uint8_t tcp = IPPROTO_TCP;
	struct nlattr *tuple, *part;

	tuple = nft_nest(&nft, type);
	part = nft_nest(&nft, CTA_TUPLE_IP);
	nft_data(&nft, CTA_IP_V4_SRC, &addr, sizeof(addr));
	nft_data(&nft, CTA_IP_V4_DST, &addr, sizeof(addr));
	nft_end(&nft, part);
	part = nft_nest(&nft, CTA_TUPLE_PROTO);
	nft_data(&nft, CTA_PROTO_NUM, &tcp, sizeof(tcp));
	nft_data(&nft, CTA_PROTO_SRC_PORT, &ports[back], sizeof(ports[0]));
	nft_data(&nft, CTA_PROTO_DST_PORT, &ports[!back], sizeof(ports[0]));
	nft_end(&nft, part);
	nft_end(&nft, tuple);
}

static int ct_ask(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER), ret;
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
		char rest[512];
	} answer;

	if (fd < 0)
		return OP_SKIP;
	ret = send(fd, nft.buf, nft.len, 0) < 0 || recv(fd, &answer, sizeof(answer), 0) < 0;
	close(fd);
	if (ret)
		return -1;
	errno = -answer.err.error;
	return errno ? -1 : 0;
}

/* Whose data says which connections come next. */
static int hold_ct_helper(void)
{
	struct nlattr *nest;

	nft.len = 0;
	nft_msg(&nft, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW,
		NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, AF_INET, 0);
	ct_tuple(CTA_TUPLE_ORIG, false);
	ct_tuple(CTA_TUPLE_REPLY, true);
	nft_u32(&nft, CTA_TIMEOUT, 1000);
	nest = nft_nest(&nft, CTA_HELP);
	nft_str(&nft, CTA_HELP_NAME, "ftp");
	nft_end(&nft, nest);
	return ct_ask();
}

static void undo_ct_helper(void)
{
	nft.len = 0;
	nft_msg(&nft, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE, NLM_F_ACK, AF_INET, 0);
	ct_tuple(CTA_TUPLE_ORIG, false);
	if (ct_ask())
		printf("# the connection stays\n");
}

const struct refuse_kind refuse_net[] = {
	{ "tun_device", "netdev otun0: tun", hold_tun_device, true },
	{ "vlan_across", "netdev orefv: its other end is in a namespace", hold_vlan_across,
	  true, undo_vlan_across },
	{ "bridge_group", "permanent group of a bridge", hold_bridge_group, true, undo_bridge },
	{ "nft_owner", "nftables: table ip hop_refuse: owned by a process", hold_nft_owner, true },
	{ "flowtable", "nftables: table inet hop_flow: flowtable fast", hold_flowtable, true,
	  undo_flowtable },
	{ "connlimit", "nftables: table inet hop_limit: what is counted by connlimit",
	  hold_connlimit, true, undo_connlimit },
	{ "inner", "nftables: table ip hop_inner: rule: ", hold_inner, true, undo_inner,
	  .only = "6.12" },
	{ "ct_helper", "conntrack: 127.0.0.1:7398 to 127.0.0.1:21: helper ftp", hold_ct_helper,
	  true, undo_ct_helper },
	{ }
};
