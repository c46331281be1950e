// SPDX-License-Identifier: GPL-2.0
/*
 * Rings of packet sockets, mapped: the packets that wait in them, and that the kernel and
 * the program go on where each had been.
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>

#include "hop_test.h"

#define BLOCK	(4 * PAGE)
#define BLOCKS	4
#define FRAME	2048
#define HEADS	(14 + 28)		/* Ethernet, IP, UDP */

static int lo, udp, port;

static void *map(int fd, size_t len)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	MUST(at == MAP_FAILED ? -1 : 0);
	return at;
}

/* Of UDP to our own port. */
static void only_port(int fd)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 14 + 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 3),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 14 + 22),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0x40000),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { ARRAY_SIZE(insns), insns };

	MUST(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)));
}

static void bind_to(int fd, int protocol)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET, .sll_protocol = htons(protocol), .sll_ifindex = lo,
	};

	MUST(bind(fd, (void *)&ll, sizeof(ll)));
}

static int ring(int version, int type)
{
	struct tpacket_req3 req = { BLOCK, BLOCKS, FRAME, BLOCKS * BLOCK / FRAME };
	int fd = MUST(socket(AF_PACKET, SOCK_RAW, 0));

	MUST(setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)));
	if (version == TPACKET_V3 && type == PACKET_RX_RING) {
		req.tp_retire_blk_tov = 20;
		req.tp_sizeof_priv = 16;
	}
	MUST(setsockopt(fd, SOL_PACKET, type, &req, version == TPACKET_V3 ?
			sizeof(req) : sizeof(struct tpacket_req)));
	return fd;
}

static void send_udp(const char *text)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	char buf[64];

	MUST(sendto(udp, text, strlen(text), 0, (void *)&in, sizeof(in)));
	MUST(recv(udp, buf, sizeof(buf), 0));
}

/* ---- rings of frames ------------------------------------------------------------- */

static volatile uint32_t *status_of(void *frame, int version)
{
	return version == TPACKET_V1 ? (void *)&((struct tpacket_hdr *)frame)->tp_status :
				       (void *)&((struct tpacket2_hdr *)frame)->tp_status;
}

static void check_frame(int fd, void *frames, int nr, int version, const char *text)
{
	void *frame = frames + nr * FRAME;
	struct tpacket2_hdr *h2 = frame;
	struct tpacket_hdr *h1 = frame;
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int mac = version == TPACKET_V1 ? h1->tp_mac : h2->tp_mac;
	unsigned int len = version == TPACKET_V1 ? h1->tp_len : h2->tp_len;

	CHECK_EQ(poll(&pfd, 1, 5000), 1);
	CHECK(*status_of(frame, version) & TP_STATUS_USER);
	CHECK_EQ(len, HEADS + strlen(text));
	CHECK(!memcmp(frame + mac + HEADS, text, strlen(text)));
	*status_of(frame, version) = TP_STATUS_KERNEL;
}

/* ---- rings of blocks ------------------------------------------------------------- */

static struct tpacket_block_desc *block(void *ring, int nr)
{
	return ring + nr * BLOCK;
}

/* The next block has come, with one packet. */
static void check_block(int fd, void *ring, int nr, unsigned int seq, const char *text)
{
	struct tpacket_hdr_v1 *h = &block(ring, nr)->hdr.bh1;
	volatile uint32_t *status = &h->block_status;
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	struct tpacket3_hdr *packet;

	while (!(*status & TP_STATUS_USER))
		if (!CHECK_EQ(poll(&pfd, 1, 5000), 1))
			return;
	CHECK_EQ(h->num_pkts, 1);
	CHECK_EQ(h->seq_num, seq);
	packet = (void *)block(ring, nr) + h->offset_to_first_pkt;
	CHECK_EQ(packet->tp_len, HEADS + strlen(text));
	CHECK(!memcmp((void *)packet + packet->tp_mac + HEADS, text, strlen(text)));
	*status = TP_STATUS_KERNEL;
}

static void wait_block(int fd, void *ring, int nr)
{
	volatile uint32_t *status = &block(ring, nr)->hdr.bh1.block_status;
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	while (!(*status & TP_STATUS_USER))
		MUST(poll(&pfd, 1, 5000));
}

/* ---- what is sent ----------------------------------------------------------------- */

#define OWN_TYPE	0x88b5

static void send_frame(int fd, void *ring, int nr, const char *text)
{
	struct tpacket2_hdr *h = ring + nr * FRAME;
	char *data = (void *)h + TPACKET2_HDRLEN - sizeof(struct sockaddr_ll);
	struct ether_header *eth = (void *)data;

	CHECK_EQ(h->tp_status, TP_STATUS_AVAILABLE);
	memset(data, 0, 60);
	eth->ether_type = htons(OWN_TYPE);
	snprintf(data + 14, 46, "%d %s", getpid(), text);
	h->tp_len = 60;
	h->tp_status = TP_STATUS_SEND_REQUEST;
	CHECK_EQ(send(fd, NULL, 0, 0), 60);
}

static void check_sent(int fd, const char *text)
{
	char buf[128], want[64];

	snprintf(want, sizeof(want), "%d %s", getpid(), text);
	/* Those of others are none of our business. */
	do {
		if (!CHECK_EQ(recv(fd, buf, sizeof(buf), 0), 60))
			return;
	} while (atoi(buf + 14) != getpid());
	CHECK_STR(buf + 14, want);
}

static void child(void *arg)
{
	CHECK_EQ(*status_of((char *)arg + 7 * FRAME, TPACKET_V2), TP_STATUS_KERNEL);
}

static struct gate made, go;

static void mapped_child(void *arg)
{
	gate_post(&made, 1);
	gate_take(&go, 1);
	/* The parent sees what is written here. */
	CHECK_EQ(*status_of((char *)arg + 9 * FRAME, TPACKET_V2), TP_STATUS_KERNEL);
	*status_of((char *)arg + 9 * FRAME, TPACKET_V2) = 4711;
	gate_post(&made, 1);
}

int main(void)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	void *frames1, *frames2, *blocks, *tx_frames;
	int v1, v2, v3, tx, sniff;
	socklen_t len = sizeof(in);
	pid_t pid;

	gate_init(&made);
	gate_init(&go);
	lo = MUST((int)if_nametoindex("lo"));
	udp = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	MUST(bind(udp, (void *)&in, sizeof(in)));
	MUST(getsockname(udp, (void *)&in, &len));
	port = ntohs(in.sin_port);

	v1 = ring(TPACKET_V1, PACKET_RX_RING);
	v2 = ring(TPACKET_V2, PACKET_RX_RING);
	v3 = ring(TPACKET_V3, PACKET_RX_RING);
	tx = ring(TPACKET_V2, PACKET_TX_RING);
	frames1 = map(v1, BLOCKS * BLOCK);
	frames2 = map(v2, BLOCKS * BLOCK);
	blocks = map(v3, BLOCKS * BLOCK);
	tx_frames = map(tx, BLOCKS * BLOCK);
	only_port(v1);
	only_port(v2);
	only_port(v3);
	bind_to(v1, ETH_P_IP);
	bind_to(v2, ETH_P_IP);
	bind_to(v3, ETH_P_IP);
	bind_to(tx, 0);
	sniff = MUST(socket(AF_PACKET, SOCK_RAW, 0));
	bind_to(sniff, OWN_TYPE);

	send_udp("gone");
	check_frame(v1, frames1, 0, TPACKET_V1, "gone");
	check_frame(v2, frames2, 0, TPACKET_V2, "gone");
	wait_block(v3, blocks, 0);
	check_block(v3, blocks, 0, 1, "gone");
	send_udp("first");
	wait_block(v3, blocks, 1);
	send_udp("second");
	send_frame(tx, tx_frames, 0, "before");
	check_sent(sniff, "before");
	pid = hop_child(mapped_child, frames2);
	gate_take(&made, 1);

	hop();

	check_frame(v1, frames1, 1, TPACKET_V1, "first");
	check_frame(v1, frames1, 2, TPACKET_V1, "second");
	check_frame(v2, frames2, 1, TPACKET_V2, "first");
	check_frame(v2, frames2, 2, TPACKET_V2, "second");
	check_block(v3, blocks, 1, 2, "first");
	check_block(v3, blocks, 2, 3, "second");
	send_udp("third");
	check_frame(v1, frames1, 3, TPACKET_V1, "third");
	check_frame(v2, frames2, 3, TPACKET_V2, "third");
	check_block(v3, blocks, 3, 4, "third");
	send_udp("fourth");
	check_block(v3, blocks, 0, 5, "fourth");
	send_frame(tx, tx_frames, 1, "after");
	check_sent(sniff, "after");
	hop_reap(hop_child(child, frames2));
	gate_post(&go, 1);
	gate_take(&made, 1);
	CHECK_EQ(*status_of(frames2 + 9 * FRAME, TPACKET_V2), 4711);
	hop_reap(pid);
	/* All of it can go, and come anew. */
	CHECK_EQ(munmap(frames2, BLOCKS * BLOCK), 0);
	CHECK_EQ(setsockopt(v2, SOL_PACKET, PACKET_RX_RING, &(struct tpacket_req){},
			    sizeof(struct tpacket_req)), 0);
	return hop_status();
}
