// SPDX-License-Identifier: GPL-2.0
/*
 * Network namespaces: kept by a process, a descriptor, a bind mount or a socket; with the
 * owner that they had; sockets of all families in them, the same names and ports in
 * each; connections over their loopback devices.
 */
#include <linux/nsfs.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/un.h>

#include "netns_test.h"
#include "tcp_test.h"

#define DIR	"/tmp/ns_net"
#define PORT	7777

/* What one namespace has. */
struct set {
	const char *name;
	struct tcp_pair tcp, tcp6;
	struct tcp_pair half;	/* one end is closed */
	struct tcp_pair queued;	/* and one waits to be accepted */
	int udp;
	int un;		/* datagrams to an abstract name */
	int route;	/* netlink, with a port of its own */
	ino_t number;
	bool alone;	/* nobody else does anything in it */
};

static struct gate ready, go;

static struct sockaddr_un name_of(void)
{
	return (struct sockaddr_un){ .sun_family = AF_UNIX, .sun_path = "\0ns_net" };
}

#define NAME_LEN (offsetof(struct sockaddr_un, sun_path) + 7)

static struct sockaddr_in here(void)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(PORT),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static void make(struct set *s)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK, .nl_pid = PORT,
				  .nl_groups = RTMGRP_LINK };
	struct sockaddr_un un = name_of();
	struct sockaddr_in in = here();

	s->number = net_number();
	s->tcp = tcp_pair(AF_INET, NULL);
	s->tcp6 = tcp_pair(AF_INET6, NULL);
	MUST(send(s->tcp.client, s->name, strlen(s->name), 0));
	s->half = tcp_pair(AF_INET, NULL);
	MUST(send(s->half.client, s->name, strlen(s->name), 0));
	MUST(close(s->half.client));
	s->queued.listener = tcp_listen(AF_INET6);
	s->queued.client = tcp_client(AF_INET6, tcp_port(s->queued.listener));
	s->udp = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	MUST(bind(s->udp, (void *)&in, sizeof(in)));
	s->un = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	MUST(bind(s->un, (void *)&un, NAME_LEN));
	s->route = MUST(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
	MUST(bind(s->route, (void *)&nl, sizeof(nl)));
}

static void check_datagram(int fd, const struct set *s)
{
	char text[32] = "";

	CHECK_EQ(recv(fd, text, sizeof(text), 0), strlen(s->name));
	CHECK_STR(text, s->name);
}

static void check(const struct set *s)
{
	int udp = MUST(socket(AF_INET, SOCK_DGRAM, 0)), un = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	struct sockaddr_un name = name_of();
	struct sockaddr_nl nl = {};
	struct sockaddr_in in = here();
	socklen_t len = sizeof(nl);
	char text[32] = "";
	int client;

	CHECK_EQ(net_number(), s->number);
	CHECK_EQ(recv(s->tcp.server, text, sizeof(text), 0), strlen(s->name));
	CHECK_STR(text, s->name);
	CHECK_EQ(send(s->tcp6.server, "x", 1, 0), 1);
	CHECK_EQ(recv(s->tcp6.client, text, 1, 0), 1);
	memset(text, 0, sizeof(text));
	CHECK_EQ(recv(s->half.server, text, sizeof(text), MSG_WAITALL), strlen(s->name));
	CHECK_STR(text, s->name);
	client = MUST(accept(s->queued.listener, NULL, NULL));
	CHECK_EQ(send(s->queued.client, "y", 1, 0), 1);
	CHECK_EQ(recv(client, text, 1, 0), 1);
	close(client);
	client = tcp_client(AF_INET, s->tcp.port);
	CHECK_EQ(close(MUST(accept(s->tcp.listener, NULL, NULL))), 0);
	close(client);

	CHECK_EQ(sendto(udp, s->name, strlen(s->name), 0, (void *)&in, sizeof(in)),
		 strlen(s->name));
	check_datagram(s->udp, s);
	CHECK_EQ(sendto(un, s->name, strlen(s->name), 0, (void *)&name, NAME_LEN),
		 strlen(s->name));
	check_datagram(s->un, s);
	CHECK_EQ(getsockname(s->route, (void *)&nl, &len), 0);
	CHECK_EQ(nl.nl_pid, PORT);
	CHECK_EQ(nl.nl_groups, RTMGRP_LINK);
	/* What happens in this one, and no other, is told. */
	if (s->alone) {
		CHECK_EQ(recv(s->route, text, sizeof(text), MSG_DONTWAIT | MSG_TRUNC), -1);
		MUST(link_add("ns_net_dummy", "dummy"));
		CHECK(recv(s->route, text, sizeof(text), MSG_DONTWAIT | MSG_TRUNC) > 0);
		MUST(link_del("ns_net_dummy"));
	}
	close(udp);
	close(un);
}

static bool is_up(const char *name)
{
	struct ifreq req = {};
	int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));

	strcpy(req.ifr_name, name);
	MUST(ioctl(fd, SIOCGIFFLAGS, &req));
	close(fd);
	return req.ifr_flags & IFF_UP;
}

/* Of a container, which sees its own devices only. */
static void mount_sysfs(void)
{
	MUST(unshare(CLONE_NEWNS));
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(mount("sysfs", "/sys", "sysfs", MS_RDONLY, NULL));
}

static void check_sysfs(void)
{
	struct stat st;

	CHECK_EQ(stat("/sys/class/net/lo", &st), 0);
	CHECK_EQ(stat("/sys/class/net/ns_net_inner", &st), 0);
}

/* With a user namespace that owns it, or not. */
static void child(void *arg)
{
	const int *flags = arg;
	struct set mine = { .name = *flags & CLONE_NEWUSER ? "owned" : "inner", .alone = true };
	int net, user, fd;

	MUST(unshare(*flags | CLONE_NEWNET));
	MUST(link_up("lo"));
	MUST(link_add("ns_net_inner", "dummy"));
	make(&mine);
	if (!(*flags & CLONE_NEWUSER))
		mount_sysfs();
	net = net_fd();
	user = MUST(open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	check(&mine);
	if (!(*flags & CLONE_NEWUSER))
		check_sysfs();
	fd = MUST(ioctl(net, NS_GET_USERNS));
	CHECK_EQ(number_of(fd), number_of(user));
	close(fd);
}

/* A namespace that nobody is in, with an address of its own. */
static int make_empty(const char *addr)
{
	int fd = net_new(), home = net_enter(fd);

	MUST(link_up("lo"));
	MUST(addr_add("lo", addr, 32));
	net_leave(home);
	return fd;
}

static void check_empty(int fd, ino_t number, const char *addr)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int home = net_enter(fd), sock = MUST(socket(AF_INET, SOCK_DGRAM, 0));

	CHECK_EQ(net_number(), number);
	CHECK(is_up("lo"));
	inet_aton(addr, &in.sin_addr);
	CHECK_EQ(bind(sock, (void *)&in, sizeof(in)), 0);
	close(sock);
	net_leave(home);
}

/* As "ip netns add" does. */
static void bind_name(int fd)
{
	char path[32];

	MUST(mkdir(DIR, 0755));
	MUST(mount("tmpfs", DIR, "tmpfs", 0, NULL));
	MUST(mount(NULL, DIR, NULL, MS_PRIVATE, NULL));
	close(MUST(open(DIR "/name", O_RDONLY | O_CREAT | O_EXCL, 0)));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	MUST(mount(path, DIR "/name", NULL, MS_BIND, NULL));
}

static int socket_in(int fd)
{
	int home = net_enter(fd), sock = MUST(socket(AF_INET, SOCK_DGRAM, 0));

	net_leave(home);
	return sock;
}

int main(void)
{
	int flags[] = { 0, CLONE_NEWUSER }, fds[4], sock, home;
	struct set outer = { .name = "outer" };
	ino_t numbers[ARRAY_SIZE(fds)];
	pid_t pids[ARRAY_SIZE(flags)];
	size_t i;

	gate_init(&ready);
	gate_init(&go);
	make(&outer);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		pids[i] = hop_child(child, &flags[i]);
		gate_take(&ready, 1);
	}
	/* By a descriptor, in which nothing was done; by one; by a name; by a socket. */
	fds[0] = net_new();
	fds[1] = make_empty("192.0.2.1");
	fds[2] = make_empty("192.0.2.2");
	fds[3] = make_empty("192.0.2.3");
	for (i = 0; i < ARRAY_SIZE(fds); i++)
		numbers[i] = number_of(fds[i]);
	bind_name(fds[2]);
	sock = socket_in(fds[3]);
	close(fds[2]);
	close(fds[3]);

	hop();

	check(&outer);
	fds[2] = MUST(open(DIR "/name", O_RDONLY | O_CLOEXEC));
	fds[3] = MUST(ioctl(sock, SIOCGSKNS));
	for (i = 0; i < ARRAY_SIZE(fds); i++)
		CHECK_EQ(number_of(fds[i]), numbers[i]);
	home = net_enter(fds[0]);
	CHECK(!is_up("lo"));
	net_leave(home);
	check_empty(fds[1], numbers[1], "192.0.2.1");
	check_empty(fds[2], numbers[2], "192.0.2.2");
	check_empty(fds[3], numbers[3], "192.0.2.3");
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		gate_post(&go, 1);
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		hop_reap(pids[i]);
	close(fds[2]);
	MUST(umount2(DIR "/name", MNT_DETACH));
	MUST(umount2(DIR, MNT_DETACH));
	MUST(rmdir(DIR));
	return hop_status();
}
