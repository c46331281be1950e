// SPDX-License-Identifier: GPL-2.0
/* What hop_refuse.c tries to have: the network's configuration. */
#include <arpa/inet.h>
#include <linux/if_bridge.h>
#include <linux/if_tun.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include "netns_test.h"
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

static struct nlmsghdr *nft_msg(void *at, int type, int flags, int subsys)
{
	struct nlmsghdr *nlh = at;
	struct nfgenmsg *head = NLMSG_DATA(nlh);

	nlh->nlmsg_len = NLMSG_LENGTH(sizeof(*head));
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	head->nfgen_family = NFPROTO_IPV4;
	head->version = NFNETLINK_V0;
	head->res_id = htons(subsys);
	return nlh;
}

static void nft_attr(struct nlmsghdr *nlh, int type, const void *data, size_t len)
{
	struct nlattr *a = (void *)nlh + nlh->nlmsg_len;

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	memcpy((void *)a + NLA_HDRLEN, data, len);
	nlh->nlmsg_len += NLA_ALIGN(a->nla_len);
}

/* A table that goes with the process. */
static int hold_nftables(void)
{
	char buf[512] __attribute__((aligned(4))) = "";
	unsigned int flags = htonl(NFT_TABLE_F_OWNER);
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
	struct nlmsghdr *nlh;
	size_t len;

	if (fd < 0)
		return OP_SKIP;
	nlh = nft_msg(buf, NFNL_MSG_BATCH_BEGIN, 0, NFNL_SUBSYS_NFTABLES);
	len = nlh->nlmsg_len;
	nlh = nft_msg(buf + len, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE,
		      NLM_F_CREATE | NLM_F_ACK, 0);
	nft_attr(nlh, NFTA_TABLE_NAME, "hop_refuse", sizeof("hop_refuse"));
	nft_attr(nlh, NFTA_TABLE_FLAGS, &flags, sizeof(flags));
	len += nlh->nlmsg_len;
	nlh = nft_msg(buf + len, NFNL_MSG_BATCH_END, 0, NFNL_SUBSYS_NFTABLES);
	len += nlh->nlmsg_len;
	if (send(fd, buf, len, 0) != (ssize_t)len || recv(fd, buf, sizeof(buf), 0) < 0)
		return -1;
	nlh = (void *)buf;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		errno = -((struct nlmsgerr *)NLMSG_DATA(nlh))->error;
		return errno ? -1 : 0;
	}
	return 0;
}

const struct refuse_kind refuse_net[] = {
	{ "tun_device", "netdev otun0: tun", hold_tun_device, true },
	{ "vlan_across", "netdev orefv: its other end is in a namespace", hold_vlan_across,
	  true, undo_vlan_across },
	{ "bridge_group", "permanent group of a bridge", hold_bridge_group, true, undo_bridge },
	{ "nftables", "nftables: table hop_refuse", hold_nftables, true },
	{ }
};
