// SPDX-License-Identifier: GPL-2.0
/*
 * Network namespaces that are connected: pairs of veth from each to each, one an end in a
 * bridge, as containers have them; numbers, names and addresses of both ends, what
 * namespaces call each other, routes, rules, neighbours and sysctls of each; connections
 * across, forwarded ones too.
 */
#include <linux/fib_rules.h>
#include <linux/neighbour.h>
#include <linux/net_namespace.h>

#include "netns_test.h"
#include "tcp_test.h"

#define TEXT	16384

/*
 * The host, which is no initial one here: another test looks at all devices of that, see
 * test_netdev.sh; one by itself, one behind a bridge.
 */
enum { HOST, LEFT, RIGHT, NR };

static struct place {
	int fd;
	char *before;
} places[NR];

/* A connection from one to another. */
static struct conn {
	int from, to;
	const char *addr;
	int port;
	struct tcp_pair tcp;
} conns[] = {
	{ .from = HOST, .to = LEFT, .addr = "10.77.1.2", .port = 7001 },
	{ .from = LEFT, .to = HOST, .addr = "10.77.1.1", .port = 7002 },
	{ .from = HOST, .to = RIGHT, .addr = "10.77.2.2", .port = 7003 },
	{ .from = LEFT, .to = RIGHT, .addr = "10.77.3.2", .port = 7004 },
	/* By the host, which forwards. */
	{ .from = RIGHT, .to = LEFT, .addr = "10.77.1.2", .port = 7005 },
};

static void rule_add(const char *iif, unsigned int table)
{
	struct fib_rule_hdr frh = { .family = AF_INET, .action = FR_ACT_TO_TBL, .table = table };
	struct rtnl_req req = rtnl_req(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, &frh, sizeof(frh));

	rtnl_put(&req, FRA_IIFNAME, iif, strlen(iif) + 1);
	MUST(rtnl_send(&req));
}

static void neigh_add(const char *name, const char *addr, const char *mac)
{
	struct ndmsg ndm = { .ndm_family = AF_INET, .ndm_ifindex = if_nametoindex(name),
			     .ndm_state = NUD_PERMANENT };
	struct rtnl_req req = rtnl_req(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL, &ndm, sizeof(ndm));
	struct in_addr in;

	inet_aton(addr, &in);
	rtnl_put(&req, NDA_DST, &in, sizeof(in));
	rtnl_put(&req, NDA_LLADDR, mac, 6);
	MUST(rtnl_send(&req));
}

/* What this namespace calls the one of a descriptor; -1: nothing yet. */
static int id_of(int fd)
{
	struct rtgenmsg gen = {};
	struct rtnl_req req = rtnl_req(RTM_GETNSID, 0, &gen, sizeof(gen));
	int sock = MUST(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)), ret = -1;
	char buf[1024];
	struct nlmsghdr *nlh = (void *)buf;
	struct rtattr *rta;
	int len;

	rtnl_put(&req, NETNSA_FD, &fd, sizeof(fd));
	MUST(send(sock, &req, req.nlh.nlmsg_len, 0));
	MUST(recv(sock, buf, sizeof(buf), 0));
	close(sock);
	if (!CHECK_EQ(nlh->nlmsg_type, RTM_NEWNSID))
		return -2;
	rta = (void *)((char *)NLMSG_DATA(nlh) + NLMSG_ALIGN(sizeof(gen)));
	len = nlh->nlmsg_len - NLMSG_LENGTH(sizeof(gen));
	for (; RTA_OK(rta, len); rta = RTA_NEXT(rta, len))
		if (rta->rta_type == NETNSA_NSID)
			ret = *(int *)RTA_DATA(rta);
	return ret;
}

/* What does not stand still is left out. */
static char *show(int fd)
{
	static const char *const commands =
		"ip addr show | grep -v valid_lft; ip rule; ip route show table all | sort;"
		"ip -6 route show table all | sed 's/expires.*//' | sort;"
		"ip neigh show nud permanent | sort; cd /proc/sys/net;"
		"grep . ipv4/ip_forward ipv4/conf/*/rp_filter ipv4/conf/*/forwarding"
		" core/somaxconn ipv4/ip_local_port_range ipv4/tcp_rmem ipv6/conf/*/accept_ra";
	char *text = calloc(1, TEXT);
	int home = net_enter(fd), i, len;
	FILE *f = popen(commands, "r");

	CHECK(f);
	len = fread(text, 1, TEXT - 512, f);
	pclose(f);
	for (i = 0; i < NR; i++)
		len += sprintf(text + len, "namespace %d: %d\n", i, id_of(places[i].fd));
	net_leave(home);
	return text;
}

static void check_same(const char *before, const char *after)
{
	if (CHECK(!strcmp(before, after)))
		return;
	write_file("/tmp/before", before, strlen(before));
	write_file("/tmp/after", after, strlen(after));
	if (system("diff -U0 /tmp/before /tmp/after | sed 's/^/# /'"))
		printf("# no diff\n");
}

static void set(const char *name, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
	write_file(path, value, strlen(value));
}

/* Duplicate address detection is through with all. */
static void wait_for_addrs(int fd)
{
	int home = net_enter(fd);

	while (!system("ip addr | grep -q tentative"))
		usleep(100000);
	net_leave(home);
}

static struct sockaddr_in addr_of(const struct conn *c)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(c->port) };

	inet_aton(c->addr, &in.sin_addr);
	return in;
}

static int connect_to(const struct conn *c)
{
	int home = net_enter(places[c->from].fd);
	int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
	struct sockaddr_in in = addr_of(c);

	MUST(connect(fd, (void *)&in, sizeof(in)));
	net_leave(home);
	return fd;
}

static void make_conn(struct conn *c)
{
	struct sockaddr_in in = addr_of(c);
	int home = net_enter(places[c->to].fd);

	c->tcp.listener = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(bind(c->tcp.listener, (void *)&in, sizeof(in)));
	MUST(listen(c->tcp.listener, 8));
	net_leave(home);
	c->tcp.client = connect_to(c);
	c->tcp.server = MUST(accept(c->tcp.listener, NULL, NULL));
	MUST(send(c->tcp.client, c->addr, strlen(c->addr), 0));
}

static void check_conn(const struct conn *c)
{
	char text[32] = "";
	int fd;

	CHECK_EQ(recv(c->tcp.server, text, sizeof(text), 0), strlen(c->addr));
	CHECK_STR(text, c->addr);
	CHECK_EQ(send(c->tcp.server, "back", 4, 0), 4);
	CHECK_EQ(recv(c->tcp.client, text, 4, MSG_WAITALL), 4);
	fd = connect_to(c);
	CHECK_EQ(close(MUST(accept(c->tcp.listener, NULL, NULL))), 0);
	close(fd);
}

static void connect_places(void)
{
	int home;

	MUST(veth_add("orv0", "eth0", places[LEFT].fd));
	MUST(addr_add("orv0", "10.77.1.1", 24));
	MUST(link_up("orv0"));
	MUST(link_add("orvbr", "bridge"));
	MUST(veth_add("orv1", "eth0", places[RIGHT].fd));
	MUST(link_master("orv1", "orvbr"));
	MUST(addr_add("orvbr", "10.77.2.1", 24));
	MUST(link_up("orv1"));
	MUST(link_up("orvbr"));

	home = net_enter(places[LEFT].fd);
	MUST(link_up("lo"));
	MUST(veth_add("eth1", "eth1", places[RIGHT].fd));
	MUST(link_add("dummy7", "dummy"));
	MUST(addr_add("dummy7", "10.77.7.1", 24));
	MUST(addr_add("eth0", "10.77.1.2", 24));
	MUST(addr_add("eth1", "10.77.3.1", 24));
	MUST(link_up("eth0"));
	MUST(link_up("eth1"));
	MUST(link_up("dummy7"));
	MUST(route_add("0.0.0.0", 0, "10.77.1.1"));
	rule_add("eth1", 77);
	set("ipv4/ip_forward", "0");
	set("ipv4/conf/eth1/rp_filter", "2");
	set("core/somaxconn", "99");
	net_leave(home);

	home = net_enter(places[RIGHT].fd);
	MUST(link_up("lo"));
	MUST(addr_add("eth0", "10.77.2.2", 24));
	MUST(addr_add("eth1", "10.77.3.2", 24));
	MUST(link_up("eth0"));
	MUST(link_up("eth1"));
	MUST(route_add("0.0.0.0", 0, "10.77.2.1"));
	MUST(route_add("10.99.0.0", 16, "10.77.3.1"));
	neigh_add("eth1", "10.77.3.9", "\x02\x0d\0\0\0\x77");
	set("ipv4/ip_local_port_range", "30000 31000");
	set("ipv6/conf/eth1/accept_ra", "0");
	net_leave(home);
}

int main(void)
{
	char *rmem = slurp("/proc/sys/net/ipv4/tcp_rmem"), *after;
	size_t i;
	int home;

	/* A namespace begins with some of what the initial one has. */
	set("ipv4/tcp_rmem", "4096 100000 6000000");
	for (i = 0; i < NR; i++)
		places[i].fd = net_new();
	set("ipv4/tcp_rmem", rmem);
	free(rmem);
	MUST(setns(places[HOST].fd, CLONE_NEWNET));
	MUST(link_up("lo"));
	set("ipv4/ip_forward", "1");
	connect_places();
	for (i = 0; i < ARRAY_SIZE(conns); i++)
		make_conn(&conns[i]);
	for (i = 0; i < NR; i++)
		wait_for_addrs(places[i].fd);
	for (i = 0; i < NR; i++)
		places[i].before = show(places[i].fd);

	hop();

	for (i = 0; i < NR; i++) {
		after = show(places[i].fd);
		check_same(places[i].before, after);
		free(after);
	}
	for (i = 0; i < ARRAY_SIZE(conns); i++)
		check_conn(&conns[i]);
	/* One end takes the other with it. */
	MUST(link_del("orv0"));
	home = net_enter(places[LEFT].fd);
	CHECK_EQ(if_nametoindex("eth0"), 0);
	CHECK(if_nametoindex("eth1") > 0);
	net_leave(home);
	CHECK_EQ(strncmp(strstr(places[LEFT].before, "tcp_rmem:"), "tcp_rmem:4096\t100000\t", 21),
		 0);
	return hop_status();
}
