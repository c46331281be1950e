// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel knows by number or by table, of which no process has a file: the
 * labels of IPv6 addresses, the families of generic netlink, and long sysctls.
 */
#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/if_addrlabel.h>
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

/* ---- labels -------------------------------------------------------------- */

struct label {
	struct in6_addr addr;
	uint32_t label;
	int prefix;
};

struct labels {
	struct label l[64];
	int nr;
};

static int label_cmp(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct label));
}

static void read_labels(struct labels *all)
{
	struct ifaddrlblmsg head = { .ifal_family = AF_INET6 }, *msg;
	static char buf[262144];
	struct nlmsghdr *nlh;
	struct rtattr *attr;
	size_t len;

	memset(all, 0, sizeof(*all));
	len = dump(NETLINK_ROUTE, RTM_GETADDRLABEL, &head, sizeof(head), buf, sizeof(buf));
	for_each(nlh, buf, len) {
		struct label *l = &all->l[all->nr++];
		int rest = nlh->nlmsg_len - NLMSG_SPACE(sizeof(head));

		MUST(all->nr < 64 ? 0 : -1);
		msg = NLMSG_DATA(nlh);
		l->prefix = msg->ifal_prefixlen;
		attr = (void *)msg + NLMSG_ALIGN(sizeof(*msg));
		for (; RTA_OK(attr, rest); attr = RTA_NEXT(attr, rest)) {
			if (attr->rta_type == IFAL_ADDRESS)
				memcpy(&l->addr, RTA_DATA(attr), 16);
			if (attr->rta_type == IFAL_LABEL)
				memcpy(&l->label, RTA_DATA(attr), 4);
		}
	}
	qsort(all->l, all->nr, sizeof(all->l[0]), label_cmp);
}

static void change_label(int type, const char *addr, int prefix, uint32_t label)
{
	struct {
		struct nlmsghdr nlh;
		struct ifaddrlblmsg msg;
		struct rtattr a;
		struct in6_addr addr;
		struct rtattr l;
		uint32_t label;
	} req = {
		.nlh = { .nlmsg_len = sizeof(req), .nlmsg_type = type,
			 .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE },
		.msg = { .ifal_family = AF_INET6, .ifal_prefixlen = prefix },
		.a = { .rta_len = RTA_LENGTH(16), .rta_type = IFAL_ADDRESS },
		.l = { .rta_len = RTA_LENGTH(4), .rta_type = IFAL_LABEL },
		.label = label,
	};
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
		char rest[256];
	} answer;
	int fd = MUST(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));

	inet_pton(AF_INET6, addr, &req.addr);
	MUST(send(fd, &req, sizeof(req), 0));
	MUST(recv(fd, &answer, sizeof(answer), 0));
	errno = -answer.err.error;
	MUST(answer.err.error ? -1 : 0);
	close(fd);
}

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
	struct labels before, after;
	char *ports, *now, *was;
	int nr, i;

	change_label(RTM_NEWADDRLABEL, "2001:db8:aa::", 48, 97);
	/* Two of the kernel's own: another number, and away. */
	change_label(RTM_NEWADDRLABEL, "2002::", 16, 98);
	change_label(RTM_DELADDRLABEL, "fc00::", 7, 5);
	read_labels(&before);
	nr = read_families(families, 512);
	was = read_all(PORTS);
	ports = malloc(131072);
	/* Not in a row, so that none are told as a range. */
	for (i = 0, ports[0] = '\0'; i < 3000; i++)
		sprintf(ports + strlen(ports), "%s%d", i ? "," : "", 50000 + 3 * i);
	strcat(ports, "\n");
	write_all(PORTS, ports);

	hop();

	read_labels(&after);
	CHECK_EQ(after.nr, before.nr);
	CHECK(!memcmp(&after, &before, sizeof(after)));
	check_families(families, nr);
	now = read_all(PORTS);
	CHECK_EQ(strlen(now), strlen(ports));
	CHECK(!strcmp(now, ports));
	write_all(PORTS, was);
	change_label(RTM_DELADDRLABEL, "2001:db8:aa::", 48, 97);
	change_label(RTM_NEWADDRLABEL, "2002::", 16, 2);
	change_label(RTM_NEWADDRLABEL, "fc00::", 7, 5);
	return hop_status();
}
