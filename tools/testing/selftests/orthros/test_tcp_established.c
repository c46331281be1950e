// SPDX-License-Identifier: GPL-2.0
/*
 * TCP connections in full traffic, both directions at once, each byte checked:
 * two processes per connection, over IPv4, IPv6 and both, with small and large
 * buffers, with each congestion control and without the options of TCP.
 */
#include "tcp_test.h"

#define ENOUGH	(256 * 1024)		/* bytes after the hop, each way */

struct variant {
	const char *name;
	int family;
	void (*tune)(int fd);
	const char *sysctl;
	bool slow;			/* the reader takes little at a time */
};

static struct gate ready, stop;

static void tune_small(int fd)
{
	set_int(fd, SOL_SOCKET, SO_SNDBUF, 4096);
	set_int(fd, SOL_SOCKET, SO_RCVBUF, 4096);
}

static void tune_large(int fd)
{
	set_int(fd, SOL_SOCKET, SO_SNDBUF, 1 << 20);
	set_int(fd, SOL_SOCKET, SO_RCVBUF, 1 << 20);
}

static void tune_nodelay(int fd)
{
	set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set_int(fd, IPPROTO_TCP, TCP_MAXSEG, 600);
}

static void tune_cork(int fd)
{
	set_int(fd, IPPROTO_TCP, TCP_CORK, 1);
}

static void tune_reno(int fd)
{
	MUST(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
}

static void tune_bbr(int fd)
{
	/* Not every kernel has it. */
	if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "bbr", 3))
		printf("# no bbr\n");
}

static const struct variant variants[] = {
	{ "IPv4", AF_INET },
	{ "IPv6", AF_INET6 },
	{ "mapped", MAPPED },
	{ "small", AF_INET, tune_small },
	{ "large", AF_INET, tune_large },
	{ "slow", AF_INET, NULL, NULL, true },
	{ "nodelay", AF_INET, tune_nodelay },
	{ "cork", AF_INET6, tune_cork },
	{ "reno", AF_INET, tune_reno },
	{ "bbr", AF_INET, tune_bbr },
	{ "no timestamps", AF_INET, NULL, "/proc/sys/net/ipv4/tcp_timestamps" },
	{ "no SACK", AF_INET, NULL, "/proc/sys/net/ipv4/tcp_sack" },
	{ "no scaling", AF_INET, NULL, "/proc/sys/net/ipv4/tcp_window_scaling" },
};

struct end {
	int fd;
	int others[2];			/* not this process's */
	unsigned int out;		/* seeds */
	unsigned int in;
	bool slow;
};

/*
 * One end: sends more than it receives, so that queues are full, and leaves the
 * CPU to other tests; told to stop it does all as fast as it can until enough
 * has gone both ways, then closes its half and drains the other.
 */
static void traffic(void *arg)
{
	const struct end *e = arg;
	size_t chunk = e->slow ? 500 : 8192;
	unsigned char buf[16384], want[16384];
	uint64_t sent = 0, got = 0, until = 0;
	bool told = false, over = false;

	close(e->others[0]);
	close(e->others[1]);
	gate_post(&ready, 1);
	for (;;) {
		struct pollfd p[2] = {
			{ .fd = e->fd, .events = POLLIN | (over ? 0 : POLLOUT) },
			{ .fd = told ? -1 : stop.rd, .events = POLLIN },
		};
		ssize_t n;

		CHECK(poll(p, 2, 60000) > 0 || errno == EINTR);
		if (p[1].revents) {
			gate_take(&stop, 1);
			told = true;
			until = sent + ENOUGH;
			chunk = sizeof(buf);
		}
		if (!told)
			usleep(10000);
		if (!over && p[0].revents & POLLOUT) {
			stream_bytes(buf, sizeof(buf), sent, e->out);
			n = send(e->fd, buf, sizeof(buf), MSG_DONTWAIT | MSG_NOSIGNAL);
			if (n < 0 && !CHECK(errno == EAGAIN))
				break;
			if (n > 0)
				sent += n;
			if (told && sent >= until) {
				CHECK_EQ(shutdown(e->fd, SHUT_WR), 0);
				over = true;
			}
		}
		if (p[0].revents & (POLLIN | POLLERR | POLLHUP)) {
			n = recv(e->fd, buf, chunk, MSG_DONTWAIT);
			if (!n)
				break;
			if (n < 0) {
				if (errno == EAGAIN)
					continue;
				CHECK_EQ(errno, 0);
				break;
			}
			stream_bytes(want, n, got, e->in);
			if (!CHECK(!memcmp(buf, want, n)))
				break;
			got += n;
		}
	}
	CHECK(told);
	CHECK(got >= ENOUGH);
	/* The peer has ended; it takes what is left of ours. */
	while (!over && sent < until) {
		stream_bytes(buf, sizeof(buf), sent, e->out);
		if (!CHECK(send(e->fd, buf, sizeof(buf), MSG_NOSIGNAL) == sizeof(buf)))
			break;
		sent += sizeof(buf);
	}
	close(e->fd);
}

int main(void)
{
	struct tcp_pair pair[ARRAY_SIZE(variants)];
	pid_t pid[ARRAY_SIZE(variants) * 2];
	char seen[64];
	size_t i;

	gate_init(&ready);
	gate_init(&stop);
	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		const struct variant *v = &variants[i];
		struct end end;

		if (v->sysctl)
			write_file(v->sysctl, "0", 1);
		pair[i] = tcp_pair(v->family, v->tune);
		if (v->sysctl)
			write_file(v->sysctl, "1", 1);
		end = (struct end){ pair[i].client, { pair[i].server, pair[i].listener },
				    i * 2, i * 2 + 1, v->slow };
		pid[i * 2] = hop_child(traffic, &end);
		end = (struct end){ pair[i].server, { pair[i].client, pair[i].listener },
				    i * 2 + 1, i * 2, v->slow };
		pid[i * 2 + 1] = hop_child(traffic, &end);
		close(pair[i].client);
		close(pair[i].server);
		close(pair[i].listener);
	}
	gate_take(&ready, ARRAY_SIZE(pid));

	hop();

	gate_post(&stop, ARRAY_SIZE(pid));
	for (i = 0; i < ARRAY_SIZE(pid); i++) {
		snprintf(seen, sizeof(seen), "%s, %s", variants[i / 2].name,
			 i % 2 ? "server" : "client");
		printf("# %s\n", seen);
		hop_reap(pid[i]);
	}
	return hop_status();
}
