// SPDX-License-Identifier: GPL-2.0
/* Netlink sockets: addresses, groups, options, an answer that waits. */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "hop_test.h"

static int bound(int protocol, unsigned int groups)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK, .nl_groups = groups };
	int fd = MUST(socket(AF_NETLINK, SOCK_RAW, protocol));

	MUST(bind(fd, (void *)&nl, sizeof(nl)));
	return fd;
}

static struct sockaddr_nl name_of(int fd)
{
	struct sockaddr_nl nl = { };
	socklen_t len = sizeof(nl);

	CHECK_EQ(getsockname(fd, (void *)&nl, &len), 0);
	return nl;
}

static void ask(int fd, int seq)
{
	struct {
		struct nlmsghdr nlh;
		struct ifinfomsg info;
	} req = {
		.nlh = { .nlmsg_len = sizeof(req), .nlmsg_type = RTM_GETLINK,
			 .nlmsg_flags = NLM_F_REQUEST, .nlmsg_seq = seq },
		.info = { .ifi_index = 1 },
	};

	CHECK_EQ(send(fd, &req, sizeof(req), 0), sizeof(req));
}

static void answer(int fd, int seq)
{
	char buf[8192];
	struct nlmsghdr *nlh = (void *)buf;
	struct sockaddr_nl from;
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(fd, buf, sizeof(buf), MSG_DONTWAIT, (void *)&from, &len);

	if (!CHECK(n >= (ssize_t)sizeof(*nlh)))
		return;
	CHECK_EQ(from.nl_pid, 0);
	CHECK_EQ(nlh->nlmsg_type, RTM_NEWLINK);
	CHECK_EQ(nlh->nlmsg_seq, seq);
	CHECK_EQ(((struct ifinfomsg *)NLMSG_DATA(nlh))->ifi_index, 1);
}

int main(void)
{
	int route, uevent, diag, fresh, on = 1, value = 0;
	struct sockaddr_nl before, after;
	socklen_t len = sizeof(value);
	char buf[16];

	route = bound(NETLINK_ROUTE, 0);
	MUST(setsockopt(route, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)));
	before = name_of(route);
	ask(route, 1);
	ask(route, 2);
	uevent = bound(NETLINK_KOBJECT_UEVENT, 1);
	diag = MUST(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
	fresh = MUST(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));

	hop();

	after = name_of(route);
	CHECK(!memcmp(&before, &after, sizeof(before)));
	answer(route, 1);
	answer(route, 2);
	ask(route, 3);
	answer(route, 3);
	CHECK_ERR(recv(route, buf, sizeof(buf), MSG_DONTWAIT), EAGAIN);
	CHECK_EQ(getsockopt(route, SOL_NETLINK, NETLINK_EXT_ACK, &value, &len), 0);
	CHECK_EQ(value, 1);
	CHECK_EQ(name_of(uevent).nl_groups, 1);
	CHECK_EQ(fcntl(diag, F_GETFD), FD_CLOEXEC);
	ask(fresh, 4);
	answer(fresh, 4);
	return hop_status();
}
