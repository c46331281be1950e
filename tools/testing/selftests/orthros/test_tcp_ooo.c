// SPDX-License-Identifier: GPL-2.0
/*
 * TCP segments that came out of order: two of them with gaps before them, made
 * by hand, lie in the queue of a connection during the hop. When the gaps are
 * filled the program must read each byte once, those that came early, too: the
 * peer never sent them.
 */
#include <netinet/ip.h>

#include "tcp_test.h"

#define GAP	1000		/* bytes that are missing */
#define FIRST	700		/* bytes of the first segment */
#define GAP2	500
#define SECOND	300
#define EARLY	7		/* seed of what is sent by hand */
#define LATE	9		/* of what the peer sends */

#ifndef TCP_REPAIR_OFF_NO_WP
#define TCP_REPAIR_OFF_NO_WP -1
#endif

struct segment {
	struct iphdr ip;
	struct tcphdr tcp;
	uint8_t opt[12];
	unsigned char data[1000];
} __attribute__((packed));

static uint32_t sum(const void *data, size_t len, uint32_t start)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < len; i++)
		start += i & 1 ? p[i] : p[i] << 8;
	return start;
}

static uint32_t repair_seq(int fd, int queue)
{
	uint32_t seq = 0;
	socklen_t len = sizeof(seq);

	set_int(fd, SOL_TCP, TCP_REPAIR_QUEUE, queue);
	MUST(getsockopt(fd, SOL_TCP, TCP_QUEUE_SEQ, &seq, &len));
	return seq;
}

/* As if the client had sent it. */
static void inject(int raw, const struct tcp_pair *p, uint32_t seq, uint32_t ack, uint32_t stamp,
		   uint64_t at, size_t len)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	size_t tcp_len = sizeof(struct tcphdr) + 12 + len;
	struct segment s = {
		.ip = {
			.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP,
			.saddr = htonl(INADDR_LOOPBACK), .daddr = htonl(INADDR_LOOPBACK),
		},
		.tcp = {
			.source = htons(tcp_port(p->client)), .dest = htons(p->port),
			.seq = htonl(seq), .ack_seq = htonl(ack), .doff = 8, .ack = 1, .psh = 1,
			.window = htons(500),
		},
		.opt = { 1, 1, 8, 10 },
	};
	uint32_t check;

	stamp = htonl(stamp);
	memcpy(s.opt + 4, &stamp, 4);
	stream_bytes(s.data, len, at, EARLY);
	check = sum(&s.ip.saddr, 8, IPPROTO_TCP + tcp_len);
	check = sum(&s.tcp, tcp_len, check);
	while (check >> 16)
		check = (check & 0xffff) + (check >> 16);
	s.tcp.check = htons(~check);
	MUST(sendto(raw, &s, sizeof(s.ip) + tcp_len, 0, (void *)&to, sizeof(to)));
}

/* tcpi_rcv_ooopack, which the C library's struct tcp_info is too old for. */
static uint32_t rcv_ooopack(int fd)
{
	uint32_t info[64] = { };
	socklen_t len = sizeof(info);

	MUST(getsockopt(fd, SOL_TCP, TCP_INFO, info, &len));
	return info[56];
}

static void send_stream(int fd, uint64_t at, size_t len)
{
	unsigned char buf[2000];

	stream_bytes(buf, len, at, LATE);
	CHECK_EQ(send(fd, buf, len, MSG_NOSIGNAL), len);
}

int main(void)
{
	struct tcp_pair p = tcp_pair(AF_INET, NULL);
	uint32_t seq, ack, stamp = 0;
	socklen_t len = sizeof(stamp);
	uint64_t at = 0;
	char byte;
	int raw;

	raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (raw < 0)
		hop_skip("no raw sockets");
	/* ACKs of what it has not sent yet do not count: it must not wait for one. */
	set_int(p.client, SOL_TCP, TCP_NODELAY, 1);
	MUST(send(p.client, "x", 1, 0));
	MUST(recv(p.server, &byte, 1, 0));
	set_int(p.client, SOL_TCP, TCP_REPAIR, 1);
	seq = repair_seq(p.client, TCP_SEND_QUEUE);
	ack = repair_seq(p.client, TCP_RECV_QUEUE);
	MUST(getsockopt(p.client, SOL_TCP, TCP_TIMESTAMP, &stamp, &len));
	set_int(p.client, SOL_TCP, TCP_REPAIR, TCP_REPAIR_OFF_NO_WP);

	inject(raw, &p, seq + GAP, ack, stamp, GAP, FIRST);
	inject(raw, &p, seq + GAP + FIRST + GAP2, ack, stamp, GAP + FIRST + GAP2, SECOND);
	close(raw);
	/* On a busy machine another thread takes them in. */
	while (rcv_ooopack(p.server) < 2)
		sched_yield();
	MUST(recv(p.server, &byte, 1, MSG_DONTWAIT) < 0 ? 0 : -1);

	hop();

	CHECK_ERR(recv(p.server, &byte, 1, MSG_DONTWAIT), EAGAIN);
	/* Each gap is filled, and what lies behind it comes with it. */
	send_stream(p.client, at, GAP);
	CHECK(stream_drain(p.server, at, at + GAP, LATE));
	at += GAP;
	CHECK(stream_drain(p.server, at, at + FIRST, EARLY));
	CHECK_ERR(recv(p.server, &byte, 1, MSG_DONTWAIT), EAGAIN);
	/* What it has already is not read twice. */
	send_stream(p.client, at, FIRST);
	at += FIRST;
	send_stream(p.client, at, GAP2);
	CHECK(stream_drain(p.server, at, at + GAP2, LATE));
	at += GAP2;
	CHECK(stream_drain(p.server, at, at + SECOND, EARLY));
	send_stream(p.client, at, SECOND);
	at += SECOND;
	send_stream(p.client, at, 100);
	CHECK(stream_drain(p.server, at, at + 100, LATE));
	CHECK_ERR(recv(p.server, &byte, 1, MSG_DONTWAIT), EAGAIN);

	/* And back, and to the end. */
	CHECK_EQ(send(p.server, "y", 1, MSG_NOSIGNAL), 1);
	CHECK_EQ(recv(p.client, &byte, 1, 0), 1);
	CHECK_EQ(shutdown(p.client, SHUT_WR), 0);
	CHECK_EQ(recv(p.server, &byte, 1, 0), 0);
	return hop_status();
}
