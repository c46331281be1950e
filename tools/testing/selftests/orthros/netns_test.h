/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of network namespaces share: requests of routing netlink. */
#ifndef NETNS_TEST_H
#define NETNS_TEST_H

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "hop_test.h"

struct rtnl_req {
	struct nlmsghdr nlh;
	char buf[1024];
};

static inline void *rtnl_room(struct rtnl_req *req, size_t len)
{
	void *at = (char *)req + NLMSG_ALIGN(req->nlh.nlmsg_len);

	req->nlh.nlmsg_len = NLMSG_ALIGN(req->nlh.nlmsg_len) + len;
	return at;
}

static inline struct rtnl_req rtnl_req(int type, int flags, const void *head, size_t len)
{
	struct rtnl_req req = { .nlh = {
		.nlmsg_len = NLMSG_HDRLEN, .nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags,
	} };

	memcpy(rtnl_room(&req, len), head, len);
	return req;
}

static inline struct rtattr *rtnl_put(struct rtnl_req *req, int type, const void *data, size_t len)
{
	struct rtattr *rta = rtnl_room(req, RTA_LENGTH(len));

	rta->rta_type = type;
	rta->rta_len = RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(rta), data, len);
	return rta;
}

static inline void rtnl_end(struct rtnl_req *req, struct rtattr *nest)
{
	req->nlh.nlmsg_len = NLMSG_ALIGN(req->nlh.nlmsg_len);
	nest->rta_len = (char *)req + req->nlh.nlmsg_len - (char *)nest;
}

/* 0, or -1 with errno. */
static inline int rtnl_send(struct rtnl_req *req)
{
	int fd = MUST(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
	char buf[4096];
	struct nlmsghdr *nlh = (void *)buf;
	struct nlmsgerr *err = NLMSG_DATA(nlh);

	MUST(send(fd, req, req->nlh.nlmsg_len, 0));
	MUST(recv(fd, buf, sizeof(buf), 0));
	MUST(close(fd));
	errno = nlh->nlmsg_type == NLMSG_ERROR ? -err->error : 0;
	return errno ? -1 : 0;
}

static inline int link_up(const char *name)
{
	struct ifinfomsg ifi = { .ifi_index = if_nametoindex(name), .ifi_change = IFF_UP,
				 .ifi_flags = IFF_UP };
	struct rtnl_req req = rtnl_req(RTM_NEWLINK, 0, &ifi, sizeof(ifi));

	return rtnl_send(&req);
}

static inline int link_master(const char *name, const char *master)
{
	struct ifinfomsg ifi = { .ifi_index = if_nametoindex(name) };
	struct rtnl_req req = rtnl_req(RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	int index = if_nametoindex(master);

	rtnl_put(&req, IFLA_MASTER, &index, sizeof(index));
	return rtnl_send(&req);
}

static inline int link_del(const char *name)
{
	struct ifinfomsg ifi = { .ifi_index = if_nametoindex(name) };
	struct rtnl_req req = rtnl_req(RTM_DELLINK, 0, &ifi, sizeof(ifi));

	return rtnl_send(&req);
}

static inline int link_add(const char *name, const char *kind)
{
	struct ifinfomsg ifi = {};
	struct rtnl_req req = rtnl_req(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &ifi, sizeof(ifi));
	struct rtattr *info;

	rtnl_put(&req, IFLA_IFNAME, name, strlen(name) + 1);
	info = rtnl_put(&req, IFLA_LINKINFO, NULL, 0);
	rtnl_put(&req, IFLA_INFO_KIND, kind, strlen(kind));
	rtnl_end(&req, info);
	return rtnl_send(&req);
}

/* A pair, whose other end is in another namespace. */
static inline int veth_add(const char *name, const char *peer, int netns)
{
	struct ifinfomsg ifi = {};
	struct rtnl_req req = rtnl_req(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &ifi, sizeof(ifi));
	struct rtattr *info, *data, *other;

	rtnl_put(&req, IFLA_IFNAME, name, strlen(name) + 1);
	info = rtnl_put(&req, IFLA_LINKINFO, NULL, 0);
	rtnl_put(&req, IFLA_INFO_KIND, "veth", 4);
	data = rtnl_put(&req, IFLA_INFO_DATA, NULL, 0);
	other = rtnl_put(&req, VETH_INFO_PEER, &ifi, sizeof(ifi));
	rtnl_put(&req, IFLA_IFNAME, peer, strlen(peer) + 1);
	rtnl_put(&req, IFLA_NET_NS_FD, &netns, sizeof(netns));
	rtnl_end(&req, other);
	rtnl_end(&req, data);
	rtnl_end(&req, info);
	return rtnl_send(&req);
}

static inline int addr_add(const char *name, const char *addr, int len)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_INET, .ifa_prefixlen = len,
				 .ifa_index = if_nametoindex(name) };
	struct rtnl_req req = rtnl_req(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &ifa, sizeof(ifa));
	struct in_addr in;

	inet_aton(addr, &in);
	rtnl_put(&req, IFA_LOCAL, &in, sizeof(in));
	rtnl_put(&req, IFA_ADDRESS, &in, sizeof(in));
	return rtnl_send(&req);
}

/* To a network, by a gateway; len 0 is all. */
static inline int route_add(const char *dst, int len, const char *gateway)
{
	struct rtmsg rtm = { .rtm_family = AF_INET, .rtm_dst_len = len, .rtm_table = RT_TABLE_MAIN,
			     .rtm_protocol = RTPROT_STATIC, .rtm_type = RTN_UNICAST };
	struct rtnl_req req = rtnl_req(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &rtm, sizeof(rtm));
	struct in_addr in;

	inet_aton(dst, &in);
	if (len)
		rtnl_put(&req, RTA_DST, &in, sizeof(in));
	inet_aton(gateway, &in);
	rtnl_put(&req, RTA_GATEWAY, &in, sizeof(in));
	return rtnl_send(&req);
}

/* Everything that a dump tells, or what it is asked for, as text. */
static inline size_t rtnl_dump(int type, int family, void *buf, size_t size)
{
	struct ifinfomsg head = { .ifi_family = family };
	struct rtnl_req req = rtnl_req(type, NLM_F_DUMP, &head, sizeof(head));
	int fd = MUST(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
	size_t len = 0;
	ssize_t n;

	MUST(send(fd, &req, req.nlh.nlmsg_len, 0));
	for (;;) {
		struct nlmsghdr *nlh = (void *)((char *)buf + len);
		int left;

		n = MUST(recv(fd, nlh, size - len, 0));
		for (left = n; NLMSG_OK(nlh, left); nlh = NLMSG_NEXT(nlh, left)) {
			if (nlh->nlmsg_type == NLMSG_DONE || nlh->nlmsg_type == NLMSG_ERROR) {
				MUST(close(fd));
				return (char *)nlh - (char *)buf;
			}
		}
		len += n;
	}
}

static inline ino_t net_number(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) ? 0 : st.st_ino;
}

static inline int net_fd(void)
{
	return MUST(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
}

/* Be in another one until net_leave(). */
static inline int net_enter(int fd)
{
	int home = net_fd();

	MUST(setns(fd, CLONE_NEWNET));
	return home;
}

static inline void net_leave(int home)
{
	MUST(setns(home, CLONE_NEWNET));
	MUST(close(home));
}

/* A new one, in which nobody is. */
static inline int net_new(void)
{
	int home = net_fd(), fd;

	MUST(unshare(CLONE_NEWNET));
	fd = net_fd();
	net_leave(home);
	return fd;
}

static inline ino_t number_of(int fd)
{
	struct stat st;

	MUST(fstat(fd, &st));
	return st.st_ino;
}

/* The Makefile builds a test for a network namespace of its own, too. */
#ifndef OWN_NET
#define OWN_NET	0
#endif

static inline void own_net(void)
{
	if (!OWN_NET)
		return;
	MUST(unshare(CLONE_NEWNET));
	MUST(link_up("lo"));
}

#endif /* NETNS_TEST_H */
