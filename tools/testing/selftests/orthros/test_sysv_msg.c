// SPDX-License-Identifier: GPL-2.0
/*
 * System V message queues: messages of all sizes in their order, with types,
 * and threads that wait for one or for room.
 */
#include <sys/ipc.h>
#include <sys/msg.h>
#include "hop_test.h"

#define KEY	0x6f727468
#define MOST	8192

struct message {
	long type;
	char text[MOST];
};

static const struct {
	long type;
	size_t len;
} sent[] = {
	{ 5, 0 }, { 1, 1 }, { 7, 50 }, { 5, 4048 }, { 9, 4049 }, { 1, MOST },
};

static long receive(struct blocked *b)
{
	struct message m;

	return msgrcv(b->fd, &m, MOST, 77, 0);
}

static long transmit(struct blocked *b)
{
	struct message m = { .type = 3 };

	return msgsnd(b->fd, &m, 10, 0);
}

static void check_message(int id, long want, size_t i)
{
	struct message m = {};

	CHECK_EQ(msgrcv(id, &m, MOST, want, IPC_NOWAIT), sent[i].len);
	CHECK_EQ(m.type, sent[i].type);
	CHECK(filled(m.text, sent[i].len, i));
}

int main(void)
{
	struct blocked rcv = { .name = "msgrcv", .nr = SYS_msgrcv, .call = receive };
	struct blocked snd = { .name = "msgsnd", .nr = SYS_msgsnd, .call = transmit };
	struct msqid_ds before, after;
	struct message m = {};
	int id, full;
	size_t i;

	id = MUST(msgget(KEY, IPC_CREAT | IPC_EXCL | 0606));
	MUST(msgctl(id, IPC_STAT, &before));
	before.msg_qbytes = 16370;
	MUST(msgctl(id, IPC_SET, &before));
	for (i = 0; i < ARRAY_SIZE(sent); i++) {
		m.type = sent[i].type;
		fill(m.text, sent[i].len, i);
		MUST(msgsnd(id, &m, sent[i].len, 0));
	}
	rcv.fd = id;
	blocked_start(&rcv);

	full = MUST(msgget(IPC_PRIVATE, IPC_CREAT | 0600));
	m.type = 4;
	while (!msgsnd(full, &m, 4096, IPC_NOWAIT))
		;
	snd.fd = full;
	blocked_start(&snd);
	MUST(msgctl(id, IPC_STAT, &before));

	hop();

	blocked_still(&rcv);
	blocked_still(&snd);
	CHECK_EQ(msgget(KEY, 0), id);
	CHECK_EQ(msgctl(id, IPC_STAT, &after), 0);
	CHECK_EQ(after.msg_qnum, ARRAY_SIZE(sent));
	CHECK_EQ(after.__msg_cbytes, before.__msg_cbytes);
	CHECK_EQ(after.msg_qbytes, 16370);
	CHECK_EQ(after.msg_lspid, getpid());
	CHECK_EQ(after.msg_lrpid, 0);
	CHECK_EQ(after.msg_stime, before.msg_stime);
	CHECK_EQ(after.msg_rtime, before.msg_rtime);
	CHECK_EQ(after.msg_ctime, before.msg_ctime);
	CHECK_EQ(after.msg_perm.mode, 0606);
	CHECK_EQ(after.msg_perm.__key, KEY);

	check_message(id, 9, 4);
	check_message(id, -1, 1);
	check_message(id, 0, 0);
	check_message(id, 0, 2);
	check_message(id, 0, 3);
	check_message(id, 0, 5);
	CHECK_ERR(msgrcv(id, &m, MOST, 0, IPC_NOWAIT), ENOMSG);
	m.type = 77;
	CHECK_EQ(msgsnd(id, &m, 5, 0), 0);
	blocked_finish(&rcv, 5, 0);

	CHECK_EQ(msgrcv(full, &m, MOST, 0, 0), 4096);
	blocked_finish(&snd, 0, 0);
	CHECK_EQ(msgctl(full, IPC_RMID, NULL), 0);
	CHECK_EQ(msgctl(id, IPC_RMID, NULL), 0);
	return hop_status();
}
