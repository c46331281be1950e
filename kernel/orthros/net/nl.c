// SPDX-License-Identifier: GPL-2.0
/*
 * A client of netlink inside the kernel. What a kernel tells of its network,
 * and how it is told, is an interface to user space that stays as it is; so
 * the configuration of one kernel is replayed in another.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/uio.h>
#include "nl.h"

/* As user space has them; a message that is longer is refused. */
#define ANSWER_SIZE	SZ_64K

/**
 * orthros_nl_open() - open a netlink socket
 * @nl:		to be filled
 * @protocol:	NETLINK_*
 *
 * Return: 0 or -errno.
 */
int orthros_nl_open(struct orthros_nl *nl, int protocol)
{
	int err = sock_create(AF_NETLINK, SOCK_RAW, protocol, &nl->sock);

	if (err)
		return err;
	nl->file = sock_alloc_file(nl->sock, 0, NULL);
	return PTR_ERR_OR_ZERO(nl->file);
}

/**
 * orthros_nl_close() - close it
 * @nl:		open socket
 */
void orthros_nl_close(struct orthros_nl *nl)
{
	fput(nl->file);
}

static int send_msg(struct orthros_nl *nl, struct nlmsghdr *nlh)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = { .msg_name = &kernel, .msg_namelen = sizeof(kernel) };
	struct kvec vec = { .iov_base = nlh, .iov_len = nlh->nlmsg_len };
	int ret = kernel_sendmsg(nl->sock, &msg, &vec, 1, vec.iov_len);

	return ret < 0 ? ret : 0;
}

/* The request is carried out within the call that sends it: no wait. */
static int receive(struct orthros_nl *nl, void *buf, size_t size)
{
	struct msghdr msg = {};
	struct kvec vec = { .iov_base = buf, .iov_len = size };
	int ret = kernel_recvmsg(nl->sock, &msg, &vec, 1, size, MSG_DONTWAIT);

	return ret >= 0 && (msg.msg_flags & MSG_TRUNC) ? -EMSGSIZE : ret;
}

/**
 * orthros_nl_request() - send a request and take its answer
 * @nl:		socket
 * @nlh:	request, with NLM_F_ACK
 *
 * Return: 0 or -errno, the kernel's answer.
 */
int orthros_nl_request(struct orthros_nl *nl, struct nlmsghdr *nlh)
{
	u8 buf[256] __aligned(NLMSG_ALIGNTO);
	const struct nlmsghdr *ack = (void *)buf;
	int ret;

	ret = send_msg(nl, nlh);
	if (ret)
		return ret;
	/* An answer has a copy of the request behind it; only its start matters. */
	ret = receive(nl, buf, sizeof(buf));
	if (ret == -EMSGSIZE)
		ret = sizeof(buf);
	if (ret < 0)
		return ret;
	if (ret < NLMSG_LENGTH(sizeof(struct nlmsgerr)) || ack->nlmsg_type != NLMSG_ERROR)
		return -EPROTO;
	return ((const struct nlmsgerr *)nlmsg_data(ack))->error;
}

/**
 * orthros_nl_send() - put a request together and have it carried out
 * @nl:		socket
 * @type:	message
 * @flags:	NLM_F_* beside NLM_F_REQUEST and NLM_F_ACK
 * @head:	the family's own header
 * @head_len:	its bytes
 * @attrs:	attributes, or NULL
 * @attrs_len:	their bytes
 *
 * Return: 0 or -errno, the kernel's answer.
 */
int orthros_nl_send(struct orthros_nl *nl, u16 type, u16 flags, const void *head, size_t head_len,
		    const void *attrs, size_t attrs_len)
{
	size_t off = NLMSG_LENGTH(NLMSG_ALIGN(head_len));
	struct nlmsghdr *nlh = kvzalloc(off + attrs_len, GFP_KERNEL);
	int err;

	if (!nlh)
		return -ENOMEM;
	nlh->nlmsg_len = off + attrs_len;
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	memcpy(nlmsg_data(nlh), head, head_len);
	if (attrs_len)
		memcpy((u8 *)nlh + off, attrs, attrs_len);
	err = orthros_nl_request(nl, nlh);
	kvfree(nlh);
	return err;
}

/* Returns 1 at the end of the answer. */
static int dump_part(const void *buf, int len,
		     int (*fn)(void *ctx, const struct nlmsghdr *nlh), void *ctx)
{
	const struct nlmsghdr *nlh;
	int err, rem;

	orthros_for_each_msg(nlh, rem, buf, len) {
		/* Somebody changed something in between. */
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			return -EAGAIN;
		if (nlh->nlmsg_type == NLMSG_DONE)
			return 1;
		if (nlh->nlmsg_type == NLMSG_ERROR) {
			if (nlmsg_len(nlh) < sizeof(struct nlmsgerr))
				return -EPROTO;
			return ((const struct nlmsgerr *)nlmsg_data(nlh))->error ?: -EPROTO;
		}
		err = fn(ctx, nlh);
		if (err)
			return err;
	}
	return 0;
}

/**
 * orthros_nl_dump() - ask for everything of a kind
 * @nl:		socket
 * @type:	request
 * @head:	the family's own header, and attributes
 * @len:	their bytes
 * @fn:		called with each message of the answer; its error ends it
 * @ctx:	first argument of it
 *
 * Return: 0 or -errno; -EAGAIN if something changed meanwhile.
 */
int orthros_nl_dump(struct orthros_nl *nl, u16 type, const void *head, size_t len,
		    int (*fn)(void *ctx, const struct nlmsghdr *nlh), void *ctx)
{
	struct nlmsghdr *nlh;
	void *buf;
	int ret;

	buf = kvmalloc(ANSWER_SIZE, GFP_KERNEL);
	nlh = kzalloc(NLMSG_LENGTH(len), GFP_KERNEL);
	ret = -ENOMEM;
	if (!buf || !nlh)
		goto out;
	nlh->nlmsg_len = NLMSG_LENGTH(len);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	memcpy(nlmsg_data(nlh), head, len);
	ret = send_msg(nl, nlh);
	while (!ret) {
		ret = receive(nl, buf, ANSWER_SIZE);
		if (ret >= 0)
			ret = dump_part(buf, ret, fn, ctx);
	}
out:
	kfree(nlh);
	kvfree(buf);
	return ret == 1 ? 0 : ret;
}

/**
 * orthros_sections_msg() - add a message, as orthros_nl_dump() gives it
 * @sections:	&struct orthros_sections
 * @nlh:	message
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_sections_msg(void *sections, const struct nlmsghdr *nlh)
{
	void *p = orthros_sections_room(sections, nlh->nlmsg_len);

	if (!p)
		return -ENOMEM;
	memcpy(p, nlh, nlh->nlmsg_len);
	return 0;
}
