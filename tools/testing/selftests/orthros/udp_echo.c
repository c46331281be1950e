// SPDX-License-Identifier: GPL-2.0
/* udp_echo PORT: send back each datagram that comes. */
#include <err.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	struct sockaddr_in from;
	socklen_t fromlen;
	char buf[2048];
	ssize_t len;
	int sock;

	if (argc != 2)
		errx(2, "usage: udp_echo PORT");
	addr.sin_port = htons(atoi(argv[1]));
	sock = socket(AF_INET, SOCK_DGRAM, 0);
	if (sock < 0 || bind(sock, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "port %s", argv[1]);
	for (;;) {
		fromlen = sizeof(from);
		len = recvfrom(sock, buf, sizeof(buf), 0, (struct sockaddr *)&from, &fromlen);
		if (len < 0 || sendto(sock, buf, len, 0, (struct sockaddr *)&from, fromlen) != len)
			err(1, "echo");
	}
}
