// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of ipc/msgutil.c (patches/<version>/0017-ipc): how a
 * message is divided is known there only.
 */
#include "ipc_inside.h"
#ifdef CONFIG_ORTHROS

/**
 * orthros_msg_alloc() - load_msg() from memory of the kernel
 * @data:	bytes of the message
 * @len:	their number
 *
 * Return: a message for free_msg(), or ERR_PTR().
 */
struct msg_msg *orthros_msg_alloc(const void *data, size_t len)
{
	struct msg_msg *msg = alloc_msg(len);
	size_t alen = min(len, DATALEN_MSG);
	struct msg_msgseg *seg;
	int err;

	if (!msg)
		return ERR_PTR(-ENOMEM);
	memcpy(msg + 1, data, alen);
	for (seg = msg->next; seg; seg = seg->next) {
		len -= alen;
		data += alen;
		alen = min(len, DATALEN_SEG);
		memcpy(seg + 1, data, alen);
	}
	err = security_msg_msg_alloc(msg);
	if (err) {
		free_msg(msg);
		return ERR_PTR(err);
	}
	return msg;
}
#endif /* CONFIG_ORTHROS */
