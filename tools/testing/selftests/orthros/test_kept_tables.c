// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel knows by number or by table, of which no process has a file: the
 * families of generic netlink, and long sysctls.
 */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "hop_test.h"

#define PORTS	"/proc/sys/net/ipv4/ip_local_reserved_ports"

/* All answers to a dump. */
static size_t dump(int protocol, int type, const void *head, size_t head_len, char *to,
		   size_t size)
{
	struct {
		struct nlmsghdr nlh;
		char head[32];
	} req = {
		.nlh = { .nlmsg_len = NLMSG_LENGTH(head_len), .nlmsg_type = type,
			 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
	};
	int fd = MUST(socket(AF_NETLINK, SOCK_RAW, protocol));
	bool done = false;
	size_t len = 0;
	struct nlmsghdr *nlh;
	ssize_t n;

	memcpy(req.head, head, head_len);
	MUST(send(fd, &req, req.nlh.nlmsg_len, 0));
	while (!done) {
		MUST(size - len > 32768 ? 0 : -1);
		n = MUST(recv(fd, to + len, size - len, 0));
		for (nlh = (void *)(to + len); NLMSG_OK(nlh, n); nlh = NLMSG_NEXT(nlh, n)) {
			MUST(nlh->nlmsg_type == NLMSG_ERROR ? -1 : 0);
			done = nlh->nlmsg_type == NLMSG_DONE;
			len += NLMSG_ALIGN(nlh->nlmsg_len);
		}
	}
	close(fd);
	return len;
}

#define for_each(nlh, buf, len)						\
	for (int rem_ = (len), once_ = ((nlh) = (void *)(buf), 1); once_ && NLMSG_OK(nlh, rem_) && \
	     (nlh)->nlmsg_type != NLMSG_DONE; (nlh) = NLMSG_NEXT(nlh, rem_))

/* ---- families ------------------------------------------------------------ */

struct family {
	char name[GENL_NAMSIZ];
	int id;
};

static int read_families(struct family *list, int max)
{
	struct genlmsghdr head = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	static char buf[1048576];
	struct nlmsghdr *nlh;
	struct nlattr *a;
	size_t len;
	int nr = 0;

	len = dump(NETLINK_GENERIC, GENL_ID_CTRL, &head, sizeof(head), buf, sizeof(buf));
	for_each(nlh, buf, len) {
		char *at = (char *)NLMSG_DATA(nlh) + GENL_HDRLEN;
		char *end = (char *)nlh + nlh->nlmsg_len;

		MUST(nr < max ? 0 : -1);
		memset(&list[nr], 0, sizeof(list[nr]));
		for (; at + NLA_HDRLEN <= end; at += NLA_ALIGN(a->nla_len)) {
			a = (void *)at;
			if (a->nla_type == CTRL_ATTR_FAMILY_ID)
				list[nr].id = *(uint16_t *)(at + NLA_HDRLEN);
			if (a->nla_type == CTRL_ATTR_FAMILY_NAME)
				snprintf(list[nr].name, GENL_NAMSIZ, "%s", at + NLA_HDRLEN);
		}
		nr++;
	}
	return nr;
}

static void check_families(const struct family *before, int nr_before)
{
	static struct family now[512];
	int nr = read_families(now, 512), i, k, same = 0;

	for (i = 0; i < nr; i++)
		for (k = 0; k < i; k++)
			CHECK(now[i].id != now[k].id);
	for (i = 0; i < nr_before; i++) {
		for (k = 0; k < nr; k++) {
			if (strcmp(before[i].name, now[k].name))
				continue;
			same++;
			if (!CHECK_EQ(now[k].id, before[i].id))
				printf("# family %s\n", now[k].name);
		}
	}
	/* The one that has a number for ever, and others. */
	CHECK(same > 1);
}

/* ---- a long sysctl ------------------------------------------------------- */

static char *read_all(const char *path)
{
	size_t size = 262144;
	char *text = MUST(malloc(size) ?: (char *)-1);
	int fd = MUST(open(path, O_RDONLY));
	ssize_t n = MUST(read(fd, text, size - 1));

	text[n] = '\0';
	close(fd);
	return text;
}

static void write_all(const char *path, const char *text)
{
	int fd = MUST(open(path, O_WRONLY));
	size_t done = 0, len = strlen(text);

	while (done < len)
		done += MUST(write(fd, text + done, len - done));
	close(fd);
}

int main(void)
{
	static struct family families[512];
	char *ports, *now, *was;
	int nr, i;

	nr = read_families(families, 512);
	was = read_all(PORTS);
	ports = malloc(131072);
	/* Not in a row, so that none are told as a range. */
	for (i = 0, ports[0] = '\0'; i < 3000; i++)
		sprintf(ports + strlen(ports), "%s%d", i ? "," : "", 50000 + 3 * i);
	strcat(ports, "\n");
	write_all(PORTS, ports);

	hop();

	check_families(families, nr);
	now = read_all(PORTS);
	CHECK_EQ(strlen(now), strlen(ports));
	CHECK(!strcmp(now, ports));
	write_all(PORTS, was);
	return hop_status();
}
