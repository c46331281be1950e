// SPDX-License-Identifier: GPL-2.0
/*
 * netdev_set: what BusyBox cannot do to network devices.
 *
 *   netdev_set fdb PORT MAC	a static entry of the bridge that PORT is in
 *   netdev_set maddr DEV MAC	receive another link-layer address
 *   netdev_set gro DEV [0|1]	switch the feature, or show it
 *   netdev_set show		the static entries of all bridges
 *   netdev_set channels DEV [RX TX]
 *				that many queues, or show how many
 *   netdev_set ring DEV [RX TX]	their lengths, or show them
 *   netdev_set speed DEV MBIT	what it says of its link
 *   netdev_set label PREFIX LEN LABEL [DEV]
 *				a label of addresses; none removes it
 *   netdev_set labels		show them all
 *   netdev_set away DEV PEER ADDR
 *				a pair, whose other end is in a network namespace, where it
 *				has the address; the program's child keeps it, and its PID
 *				is told
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_addrlabel.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netns_test.h"

struct fdb_request {
	struct nlmsghdr nlh;
	struct ndmsg ndm;
	struct rtattr attr;
	unsigned char mac[ETH_ALEN];
	unsigned char pad[2];
};

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int open_route(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		fail("netlink");
	return fd;
}

static void get_mac(const char *text, unsigned char *mac)
{
	struct ether_addr addr;

	if (!ether_aton_r(text, &addr)) {
		fprintf(stderr, "%s: no address\n", text);
		exit(2);
	}
	memcpy(mac, addr.ether_addr_octet, ETH_ALEN);
}

static int send_away(const char *dev, const char *peer, const char *addr)
{
	int home = net_fd(), away = net_new();
	pid_t pid;

	MUST(veth_add(dev, peer, away));
	MUST(setns(away, CLONE_NEWNET));
	MUST(link_up("lo"));
	MUST(addr_add(peer, addr, 24));
	MUST(link_up(peer));
	pid = MUST(fork());
	if (!pid) {
		close(home);
		close(away);
		if (!freopen("/dev/null", "w", stdout))
			exit(1);
		for (;;)
			pause();
	}
	printf("%d\n", pid);
	return 0;
}

static int add_fdb(const char *port, const char *mac)
{
	struct fdb_request req = {
		.nlh = {
			.nlmsg_len = sizeof(req),
			.nlmsg_type = RTM_NEWNEIGH,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
		},
		.ndm = {
			.ndm_family = AF_BRIDGE,
			.ndm_ifindex = if_nametoindex(port),
			.ndm_state = NUD_NOARP,
			.ndm_flags = NTF_MASTER,
		},
		.attr = { .rta_len = RTA_LENGTH(ETH_ALEN), .rta_type = NDA_LLADDR },
	};
	char buf[1024];
	struct nlmsghdr *nlh = (void *)buf;
	struct nlmsgerr *err = NLMSG_DATA(nlh);
	int fd = open_route();

	get_mac(mac, req.mac);
	if (send(fd, &req, sizeof(req), 0) < 0 || recv(fd, buf, sizeof(buf), 0) < 0)
		fail("netlink");
	if (nlh->nlmsg_type != NLMSG_ERROR || err->error) {
		errno = -err->error;
		fail(port);
	}
	return 0;
}

/* True at the end of the dump. */
static bool show_one(struct nlmsghdr *nlh)
{
	struct ndmsg *ndm = NLMSG_DATA(nlh);
	int len = nlh->nlmsg_len - NLMSG_LENGTH(sizeof(*ndm));
	struct rtattr *attr = (void *)ndm + NLMSG_ALIGN(sizeof(*ndm));
	struct ether_addr mac = {};
	char name[IF_NAMESIZE] = "?";
	unsigned int vlan = 0;
	bool in_bridge = false;

	if (nlh->nlmsg_type == NLMSG_DONE || nlh->nlmsg_type == NLMSG_ERROR)
		return true;
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len)) {
		if (attr->rta_type == NDA_LLADDR)
			memcpy(&mac, RTA_DATA(attr), ETH_ALEN);
		else if (attr->rta_type == NDA_VLAN)
			vlan = *(unsigned short *)RTA_DATA(attr);
		else if (attr->rta_type == NDA_MASTER)
			in_bridge = true;
	}
	/* Its own addresses are of a port or of the bridge as it comes. */
	if (in_bridge && ndm->ndm_state & NUD_NOARP)
		printf("%s %s vlan %u state %#x flags %#x\n",
		       if_indextoname(ndm->ndm_ifindex, name), ether_ntoa(&mac), vlan,
		       ndm->ndm_state, ndm->ndm_flags);
	return false;
}

static int dump(const void *req, size_t size, bool (*show)(struct nlmsghdr *nlh))
{
	int fd = open_route();
	struct nlmsghdr *nlh;
	char buf[32768];
	bool end = false;
	int len;

	if (send(fd, req, size, 0) < 0)
		fail("netlink");
	while (!end) {
		len = recv(fd, buf, sizeof(buf), 0);
		if (len <= 0)
			fail("netlink");
		for (nlh = (void *)buf; !end && NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len))
			end = show(nlh);
	}
	return 0;
}

static int show(void)
{
	struct {
		struct nlmsghdr nlh;
		struct ndmsg ndm;
	} req = {
		.nlh = {
			.nlmsg_len = sizeof(req),
			.nlmsg_type = RTM_GETNEIGH,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.ndm = { .ndm_family = AF_BRIDGE },
	};

	return dump(&req, sizeof(req), show_one);
}

static int on_device(unsigned long cmd, struct ifreq *ifr, const char *dev)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strncpy(ifr->ifr_name, dev, IF_NAMESIZE - 1);
	if (fd < 0 || ioctl(fd, cmd, ifr))
		fail(dev);
	return 0;
}

static int add_maddr(const char *dev, const char *mac)
{
	struct ifreq ifr = { .ifr_hwaddr.sa_family = AF_UNSPEC };

	get_mac(mac, (unsigned char *)ifr.ifr_hwaddr.sa_data);
	return on_device(SIOCADDMULTI, &ifr, dev);
}

static int gro(const char *dev, const char *value)
{
	struct ethtool_value arg = { .cmd = value ? ETHTOOL_SGRO : ETHTOOL_GGRO };
	struct ifreq ifr = { .ifr_data = (void *)&arg };

	if (value)
		arg.data = atoi(value);
	on_device(SIOCETHTOOL, &ifr, dev);
	if (!value)
		printf("%s gro %u\n", dev, arg.data);
	return 0;
}

static int channels(const char *dev, char **counts)
{
	struct ethtool_channels arg = { .cmd = ETHTOOL_GCHANNELS };
	struct ifreq ifr = { .ifr_data = (void *)&arg };

	on_device(SIOCETHTOOL, &ifr, dev);
	if (counts) {
		arg.cmd = ETHTOOL_SCHANNELS;
		arg.rx_count = atoi(counts[0]);
		arg.tx_count = atoi(counts[1]);
		return on_device(SIOCETHTOOL, &ifr, dev);
	}
	printf("%s: %u %u %u queues\n", dev, arg.rx_count, arg.tx_count, arg.combined_count);
	return 0;
}

static int ring(const char *dev, char **lengths)
{
	struct ethtool_ringparam arg = { .cmd = ETHTOOL_GRINGPARAM };
	struct ifreq ifr = { .ifr_data = (void *)&arg };

	on_device(SIOCETHTOOL, &ifr, dev);
	if (lengths) {
		arg.cmd = ETHTOOL_SRINGPARAM;
		arg.rx_pending = atoi(lengths[0]);
		arg.tx_pending = atoi(lengths[1]);
		return on_device(SIOCETHTOOL, &ifr, dev);
	}
	printf("%s: of %u %u\n", dev, arg.rx_pending, arg.tx_pending);
	return 0;
}

static int set_speed(const char *dev, const char *speed)
{
	struct ethtool_cmd arg = { .cmd = ETHTOOL_GSET };
	struct ifreq ifr = { .ifr_data = (void *)&arg };

	on_device(SIOCETHTOOL, &ifr, dev);
	arg.cmd = ETHTOOL_SSET;
	arg.duplex = DUPLEX_FULL;
	ethtool_cmd_speed_set(&arg, atoi(speed));
	return on_device(SIOCETHTOOL, &ifr, dev);
}

static int set_label(const char *prefix, const char *len, const char *label, const char *dev)
{
	struct {
		struct nlmsghdr nlh;
		struct ifaddrlblmsg ifal;
		struct rtattr addr_attr;
		struct in6_addr addr;
		struct rtattr label_attr;
		unsigned int label;
	} req = {
		.nlh = {
			.nlmsg_len = sizeof(req),
			.nlmsg_type = RTM_NEWADDRLABEL,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
		},
		.ifal = {
			.ifal_family = AF_INET6,
			.ifal_prefixlen = atoi(len),
			.ifal_index = dev ? if_nametoindex(dev) : 0,
		},
		.addr_attr = { .rta_len = RTA_LENGTH(16), .rta_type = IFAL_ADDRESS },
		.label_attr = { .rta_len = RTA_LENGTH(4), .rta_type = IFAL_LABEL },
		.label = strcmp(label, "none") ? atoi(label) : 0,
	};
	char buf[1024];
	struct nlmsghdr *nlh = (void *)buf;
	struct nlmsgerr *err = NLMSG_DATA(nlh);
	int fd = open_route();

	if (!strcmp(label, "none")) {
		req.nlh.nlmsg_type = RTM_DELADDRLABEL;
		req.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	}
	if (inet_pton(AF_INET6, prefix, &req.addr) != 1)
		fail(prefix);
	if (send(fd, &req, sizeof(req), 0) < 0 || recv(fd, buf, sizeof(buf), 0) < 0)
		fail("netlink");
	if (nlh->nlmsg_type != NLMSG_ERROR || err->error) {
		errno = -err->error;
		fail(prefix);
	}
	return 0;
}

/* True at the end of the dump. */
static bool show_label(struct nlmsghdr *nlh)
{
	struct ifaddrlblmsg *ifal = NLMSG_DATA(nlh);
	int len = nlh->nlmsg_len - NLMSG_LENGTH(sizeof(*ifal));
	struct rtattr *attr = (void *)ifal + NLMSG_ALIGN(sizeof(*ifal));
	char text[INET6_ADDRSTRLEN] = "?";
	unsigned int label = 0;

	if (nlh->nlmsg_type == NLMSG_DONE || nlh->nlmsg_type == NLMSG_ERROR)
		return true;
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len)) {
		if (attr->rta_type == IFAL_ADDRESS)
			inet_ntop(AF_INET6, RTA_DATA(attr), text, sizeof(text));
		else if (attr->rta_type == IFAL_LABEL)
			label = *(unsigned int *)RTA_DATA(attr);
	}
	printf("prefix %s/%u dev %u label %u\n", text, ifal->ifal_prefixlen, ifal->ifal_index,
	       label);
	return false;
}

static int show_labels(void)
{
	struct {
		struct nlmsghdr nlh;
		struct ifaddrlblmsg ifal;
	} req = {
		.nlh = {
			.nlmsg_len = sizeof(req),
			.nlmsg_type = RTM_GETADDRLABEL,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.ifal = { .ifal_family = AF_INET6 },
	};

	return dump(&req, sizeof(req), show_label);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "fdb"))
		return add_fdb(argv[2], argv[3]);
	if (argc == 4 && !strcmp(argv[1], "maddr"))
		return add_maddr(argv[2], argv[3]);
	if ((argc == 3 || argc == 4) && !strcmp(argv[1], "gro"))
		return gro(argv[2], argv[3]);
	if (argc == 2 && !strcmp(argv[1], "show"))
		return show();
	if ((argc == 3 || argc == 5) && !strcmp(argv[1], "channels"))
		return channels(argv[2], argc == 5 ? argv + 3 : NULL);
	if ((argc == 3 || argc == 5) && !strcmp(argv[1], "ring"))
		return ring(argv[2], argc == 5 ? argv + 3 : NULL);
	if (argc == 4 && !strcmp(argv[1], "speed"))
		return set_speed(argv[2], argv[3]);
	if ((argc == 5 || argc == 6) && !strcmp(argv[1], "label"))
		return set_label(argv[2], argv[3], argv[4], argv[5]);
	if (argc == 2 && !strcmp(argv[1], "labels"))
		return show_labels();
	if (argc == 5 && !strcmp(argv[1], "away"))
		return send_away(argv[2], argv[3], argv[4]);
	fputs("Usage: netdev_set fdb|maddr|gro|show|channels|ring|speed|label|labels|away ...\n",
	      stderr);
	return 2;
}
