// SPDX-License-Identifier: GPL-2.0
/*
 * A thousand TCP connections that do nothing. When they are closed nothing of
 * them is left.
 */
#include <sys/resource.h>

#include "tcp_test.h"

#define PAIRS	500		/* both ends are here */

static int sockstat(const char *key)
{
	char *text = slurp("/proc/net/sockstat"), *tcp = strstr(text, "TCP: "), *at;
	int n = -1;

	at = tcp ? strstr(tcp, key) : NULL;
	if (at)
		n = atoi(at + strlen(key));
	free(text);
	return n;
}

int main(void)
{
	static int client[PAIRS], server[PAIRS];
	struct rlimit nofile = { 4096, 4096 };
	int listener, port, i;
	char buf[4];

	MUST(setrlimit(RLIMIT_NOFILE, &nofile));
	listener = tcp_listen(AF_INET);
	port = tcp_port(listener);
	for (i = 0; i < PAIRS; i++) {
		client[i] = tcp_client(AF_INET, port);
		server[i] = MUST(accept(listener, NULL, NULL));
	}
	printf("# %d sockets in use\n", sockstat("inuse "));

	hop();

	printf("# %d sockets in use, %d pages\n", sockstat("inuse "), sockstat("mem "));
	for (i = 0; i < PAIRS; i++) {
		if (!CHECK_EQ(write(client[i], "ping", 4), 4) ||
		    !CHECK_EQ(recv(server[i], buf, 4, MSG_WAITALL), 4) ||
		    !CHECK(!memcmp(buf, "ping", 4)))
			break;
		close(server[i]);
		CHECK_EQ(read(client[i], buf, 1), 0);
		close(client[i]);
	}
	return hop_status();
}
