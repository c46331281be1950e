// SPDX-License-Identifier: GPL-2.0
/*
 * TCP connections that stand still in every state that TCP has: full queues,
 * half closed, closed with data left, waiting to be accepted, TIME_WAIT; what
 * was agreed on and what was set.
 */
#include "tcp_test.h"

static void tune_some(int fd)
{
	struct linger linger = { 1, 7 };

	set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, 77);
	set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 54321);
	set_int(fd, IPPROTO_TCP, TCP_MAXSEG, 1200);
	set_int(fd, SOL_SOCKET, SO_RCVBUF, 200000);
	set_int(fd, SOL_SOCKET, SO_SNDBUF, 100000);
	set_int(fd, IPPROTO_IP, IP_TOS, 0x10);
	MUST(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	MUST(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
}

static const int options[][2] = {
	{ SOL_SOCKET, SO_KEEPALIVE }, { IPPROTO_TCP, TCP_KEEPIDLE },
	{ IPPROTO_TCP, TCP_NODELAY }, { IPPROTO_TCP, TCP_USER_TIMEOUT },
	{ IPPROTO_TCP, TCP_MAXSEG }, { SOL_SOCKET, SO_RCVBUF }, { SOL_SOCKET, SO_SNDBUF },
	{ IPPROTO_IP, IP_TOS }, { SOL_SOCKET, SO_LINGER }, { SOL_SOCKET, SO_ERROR },
	{ SOL_SOCKET, SO_REUSEADDR }, { IPPROTO_TCP, TCP_CORK },
};

static void names(int fd, struct sockaddr_in6 name[2])
{
	socklen_t len = sizeof(name[0]);

	memset(name, 0, 2 * sizeof(name[0]));
	CHECK_EQ(getsockname(fd, (void *)&name[0], &len), 0);
	len = sizeof(name[1]);
	CHECK_EQ(getpeername(fd, (void *)&name[1], &len), 0);
}

static void check_info(const struct tcp_info *a, const struct tcp_info *b)
{
	CHECK_EQ(b->tcpi_state, a->tcpi_state);
	CHECK_EQ(b->tcpi_options, a->tcpi_options);
	CHECK_EQ(b->tcpi_snd_wscale, a->tcpi_snd_wscale);
	CHECK_EQ(b->tcpi_rcv_wscale, a->tcpi_rcv_wscale);
	CHECK_EQ(b->tcpi_snd_mss, a->tcpi_snd_mss);
	CHECK_EQ(b->tcpi_advmss, a->tcpi_advmss);
	CHECK_EQ(b->tcpi_rcv_mss, a->tcpi_rcv_mss);
	CHECK_EQ(b->tcpi_snd_cwnd, a->tcpi_snd_cwnd);
	CHECK_EQ(b->tcpi_snd_ssthresh, a->tcpi_snd_ssthresh);
	CHECK_EQ(b->tcpi_pmtu, a->tcpi_pmtu);
	CHECK_EQ(b->tcpi_rcv_ssthresh, a->tcpi_rcv_ssthresh);
	CHECK_EQ(b->tcpi_total_retrans, a->tcpi_total_retrans);
	CHECK_EQ(b->tcpi_rtt, a->tcpi_rtt);
	CHECK(b->tcpi_last_data_sent >= a->tcpi_last_data_sent);
	CHECK(b->tcpi_last_data_recv >= a->tcpi_last_data_recv);
}

static void talk(int a, int b)
{
	char buf[8] = "";

	CHECK_EQ(write(a, "request", 7), 7);
	CHECK_EQ(recv(b, buf, 7, MSG_WAITALL), 7);
	CHECK_STR(buf, "request");
	CHECK_EQ(write(b, "answer!", 7), 7);
	CHECK_EQ(recv(a, buf, 7, MSG_WAITALL), 7);
	CHECK_STR(buf, "answer!");
}

static int state_of(int fd)
{
	return tcp_info(fd).tcpi_state;
}

static void wait_state(int fd, int state)
{
	int i;

	for (i = 0; i < 1000 && state_of(fd) != state; i++)
		usleep(1000);
	CHECK_EQ(state_of(fd), state);
}

/* How many sockets of @port stand in @state, by /proc/net/tcp. */
static int count_state(int port, int state)
{
	char *text = slurp("/proc/net/tcp"), *line, *save;
	unsigned int lport, rport, st;
	int n = 0;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (sscanf(line, " %*d: %*x:%x %*x:%x %x", &lport, &rport, &st) == 3 &&
		    ((int)lport == port || (int)rport == port) && (int)st == state)
			n++;
	free(text);
	return n;
}

static int rebind(int port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port),
	};
	int fd = MUST(socket(AF_INET, SOCK_STREAM, 0)), ret, err;

	ret = bind(fd, (void *)&addr, sizeof(addr));
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

int main(void)
{
	struct tcp_pair plain[3], tuned, full, half, wait, both, gone, last, urgent, tw, queue;
	struct tcp_pair deferred, deferred6, opening;
	struct pollfd p = { .events = POLLOUT };
	int families[3] = { AF_INET, AF_INET6, MAPPED };
	int want[ARRAY_SIZE(options)], early[3], fd, n, tw_port;
	struct sockaddr_in6 before[3][2], after[2];
	uint64_t end[2], gone_end, last_end;
	struct tcp_info info[3], now;
	char buf[16];
	size_t i;

	for (i = 0; i < 3; i++) {
		plain[i] = tcp_pair(families[i], NULL);
		talk(plain[i].client, plain[i].server);
		usleep(1000);
		info[i] = tcp_info(plain[i].client);
		names(plain[i].server, before[i]);
	}
	tuned = tcp_pair(AF_INET, tune_some);
	for (i = 0; i < ARRAY_SIZE(options); i++)
		want[i] = get_int(tuned.client, options[i][0], options[i][1]);

	full = tcp_pair(AF_INET, NULL);
	end[0] = stream_stuff(full.client, 0, 1);
	end[1] = stream_stuff(full.server, 0, 2);

	half = tcp_pair(AF_INET, NULL);
	MUST(write(half.client, "unread", 6));
	MUST(shutdown(half.client, SHUT_WR));
	wait_state(half.client, TCP_FIN_WAIT2);

	wait = tcp_pair(AF_INET6, NULL);
	MUST(shutdown(wait.client, SHUT_WR));
	CHECK_EQ(read(wait.server, buf, 1), 0);

	both = tcp_pair(AF_INET, NULL);
	MUST(write(both.client, "to server", 9));
	MUST(write(both.server, "to client", 9));
	MUST(shutdown(both.client, SHUT_WR));
	MUST(shutdown(both.server, SHUT_WR));
	wait_state(both.server, TCP_CLOSE);

	/* Its data are still to be sent when it is closed. */
	gone = tcp_pair(AF_INET, NULL);
	gone_end = stream_stuff(gone.client, 0, 3);
	close(gone.client);

	last = tcp_pair(AF_INET, NULL);
	last_end = stream_stuff(last.client, 0, 4);
	MUST(shutdown(last.server, SHUT_WR));
	wait_state(last.client, TCP_CLOSE_WAIT);
	close(last.client);

	urgent = tcp_pair(AF_INET, NULL);
	MUST(write(urgent.client, "ab", 2));
	MUST(send(urgent.client, "!", 1, MSG_OOB));
	MUST(write(urgent.client, "cd", 2));

	tw = tcp_pair(AF_INET, NULL);
	tw_port = tw.port;
	close(tw.server);
	CHECK_EQ(read(tw.client, buf, 1), 0);
	close(tw.client);
	close(tw.listener);
	CHECK_EQ(count_state(tw_port, TCP_TIME_WAIT), 1);

	queue.listener = tcp_listen(AF_INET);
	queue.port = tcp_port(queue.listener);
	for (i = 0; i < 3; i++) {
		early[i] = tcp_client(AF_INET, queue.port);
		snprintf(buf, sizeof(buf), "early %d", (int)i);
		MUST(write(early[i], buf, 7));
	}
	close(early[1]);

	/* Connected for the client; the server waits for data to make it one. */
	deferred.listener = tcp_listen(AF_INET);
	set_int(deferred.listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, 60);
	deferred.port = tcp_port(deferred.listener);
	deferred.client = tcp_client(AF_INET, deferred.port);
	deferred6.listener = tcp_listen(MAPPED);
	set_int(deferred6.listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, 60);
	deferred6.port = tcp_port(deferred6.listener);
	deferred6.client = tcp_client(AF_INET6, deferred6.port);
	deferred6.server = tcp_client(AF_INET, deferred6.port);
	CHECK_EQ(count_state(deferred.port, TCP_SYN_RECV), 1);

	/* No SYN is answered while the queue is full. */
	opening.listener = tcp_listen(AF_INET);
	MUST(listen(opening.listener, 0));
	opening.port = tcp_port(opening.listener);
	fd = tcp_client(AF_INET, opening.port);
	opening.client = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	CHECK_ERR(tcp_connect(opening.client, AF_INET, opening.port), EINPROGRESS);
	CHECK_EQ(state_of(opening.client), TCP_SYN_SENT);

	hop();

	for (i = 0; i < 3; i++) {
		now = tcp_info(plain[i].client);
		check_info(&info[i], &now);
		names(plain[i].server, after);
		CHECK(!memcmp(after, before[i], sizeof(after)));
		for (n = 0; n < 100; n++)
			talk(plain[i].client, plain[i].server);
		fd = tcp_client(families[i], plain[i].port);
		CHECK((n = accept(plain[i].listener, NULL, NULL)) >= 0);
		talk(fd, n);
		close(fd);
		CHECK_EQ(read(n, buf, 1), 0);
		close(n);
		close(plain[i].client);
		CHECK_EQ(read(plain[i].server, buf, 1), 0);
	}
	for (i = 0; i < ARRAY_SIZE(options); i++)
		CHECK_EQ(get_int(tuned.client, options[i][0], options[i][1]), want[i]);
	n = sizeof(buf);
	memset(buf, 0, sizeof(buf));
	CHECK_EQ(getsockopt(tuned.server, IPPROTO_TCP, TCP_CONGESTION, buf, (socklen_t *)&n), 0);
	CHECK_STR(buf, "reno");
	talk(tuned.client, tuned.server);

	CHECK(stream_drain(full.server, 0, end[0], 1));
	CHECK(stream_drain(full.client, 0, end[1], 2));
	talk(full.client, full.server);

	CHECK_EQ(state_of(half.client), TCP_FIN_WAIT2);
	CHECK_EQ(read(half.server, buf, 10), 6);
	CHECK_EQ(read(half.server, buf, 10), 0);
	CHECK_EQ(write(half.server, "still", 5), 5);
	CHECK_EQ(recv(half.client, buf, 5, MSG_WAITALL), 5);
	CHECK_ERR(send(half.client, "x", 1, MSG_NOSIGNAL), EPIPE);
	close(half.server);
	CHECK_EQ(read(half.client, buf, 10), 0);

	CHECK_EQ(state_of(wait.server), TCP_CLOSE_WAIT);
	CHECK_EQ(read(wait.server, buf, 1), 0);
	CHECK_EQ(write(wait.server, "still", 5), 5);
	CHECK_EQ(recv(wait.client, buf, 5, MSG_WAITALL), 5);
	close(wait.server);
	CHECK_EQ(read(wait.client, buf, 10), 0);

	CHECK_EQ(state_of(both.server), TCP_CLOSE);
	CHECK_EQ(read(both.server, buf, 10), 9);
	CHECK_EQ(read(both.server, buf, 10), 0);
	CHECK_EQ(read(both.client, buf, 10), 9);
	CHECK_EQ(read(both.client, buf, 10), 0);

	CHECK(stream_drain(gone.server, 0, gone_end, 3));
	CHECK_EQ(read(gone.server, buf, 10), 0);
	CHECK(stream_drain(last.server, 0, last_end, 4));
	CHECK_EQ(read(last.server, buf, 10), 0);

	CHECK_EQ(read(urgent.server, buf, 10), 2);
	CHECK_EQ(recv(urgent.server, buf, 1, MSG_OOB), 1);
	CHECK_EQ(buf[0], '!');
	CHECK_EQ(read(urgent.server, buf, 10), 2);
	CHECK(!memcmp(buf, "cd", 2));

	CHECK_EQ(count_state(tw_port, TCP_TIME_WAIT), 1);
	CHECK_ERR(rebind(tw_port), EADDRINUSE);

	for (i = 0; i < 3; i++) {
		fd = accept(queue.listener, NULL, NULL);
		if (!CHECK(fd >= 0))
			break;
		memset(buf, 0, sizeof(buf));
		CHECK_EQ(read(fd, buf, 7), 7);
		CHECK_EQ(buf[6], '0' + (int)i);
		if (i == 1)
			CHECK_EQ(read(fd, buf, 7), 0);
		else
			talk(early[i], fd);
		close(fd);
	}
	CHECK_EQ(write(deferred.client, "late", 4), 4);
	n = accept(deferred.listener, NULL, NULL);
	CHECK_EQ(read(n, buf, 10), 4);
	talk(deferred.client, n);
	CHECK_EQ(write(deferred6.client, "six", 3), 3);
	n = accept(deferred6.listener, NULL, NULL);
	CHECK_EQ(read(n, buf, 10), 3);
	talk(deferred6.client, n);
	CHECK_EQ(write(deferred6.server, "four", 4), 4);
	n = accept(deferred6.listener, NULL, NULL);
	CHECK_EQ(read(n, buf, 10), 4);
	talk(deferred6.server, n);

	CHECK_EQ(state_of(opening.client), TCP_SYN_SENT);
	CHECK((n = accept(opening.listener, NULL, NULL)) >= 0);
	p.fd = opening.client;
	CHECK_EQ(poll(&p, 1, 60000), 1);
	CHECK_EQ(get_int(opening.client, SOL_SOCKET, SO_ERROR), 0);
	CHECK((n = accept(opening.listener, NULL, NULL)) >= 0);
	MUST(fcntl(opening.client, F_SETFL, 0));
	talk(opening.client, n);

	MUST(fcntl(queue.listener, F_SETFL, O_NONBLOCK));
	CHECK_ERR(accept(queue.listener, NULL, NULL), EAGAIN);
	return hop_status();
}
