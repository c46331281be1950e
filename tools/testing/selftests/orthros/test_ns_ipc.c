// SPDX-License-Identifier: GPL-2.0
/*
 * IPC namespaces: shared memory, semaphores, message queues of both sorts, under the same
 * identifiers, keys and names in each; limits of each; kept by a process or a descriptor;
 * a segment that is attached, and a queue that is open, in another one.
 */
#include <linux/nsfs.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/mount.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "hop_test.h"

#define KEY	0x6f727401
#define MNT	"/tmp/ns_ipc"

struct message {
	long type;
	char text[16];
};

/* What one namespace has. */
struct set {
	const char *name;
	int value;
	int shm, sem, msg;
	char *at;
	mqd_t mq;
	ino_t number;
};

static struct gate ready, go;

static ino_t own_number(void)
{
	struct stat st;

	return stat("/proc/self/ns/ipc", &st) ? 0 : st.st_ino;
}

static void make(struct set *s)
{
	struct message m = { .type = s->value };
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = sizeof(m.text) };
	struct sembuf up = { 0, s->value, SEM_UNDO };

	s->number = own_number();
	s->shm = MUST(shmget(KEY, PAGE, IPC_CREAT | IPC_EXCL | 0600));
	s->at = shmat(s->shm, NULL, 0);
	CHECK(s->at != (void *)-1);
	strcpy(s->at, s->name);
	s->sem = MUST(semget(KEY, 2, IPC_CREAT | IPC_EXCL | 0600));
	MUST(semctl(s->sem, 1, SETVAL, s->value));
	MUST(semop(s->sem, &up, 1));
	s->msg = MUST(msgget(KEY, IPC_CREAT | IPC_EXCL | 0600));
	strcpy(m.text, s->name);
	MUST(msgsnd(s->msg, &m, sizeof(m.text), 0));
	s->mq = MUST(mq_open("/ns_ipc", O_RDWR | O_CREAT | O_EXCL, 0600, &attr));
	MUST(mq_send(s->mq, m.text, sizeof(m.text), s->value));
}

static void check(const struct set *s)
{
	struct message m = {};
	unsigned int prio;
	char *again;
	mqd_t mq;

	CHECK_EQ(own_number(), s->number);
	CHECK_STR(s->at, s->name);
	CHECK_EQ(shmget(KEY, PAGE, 0), s->shm);
	again = shmat(s->shm, NULL, SHM_RDONLY);
	if (CHECK(again != (void *)-1)) {
		CHECK_STR(again, s->name);
		MUST(shmdt(again));
	}
	CHECK_EQ(semget(KEY, 2, 0), s->sem);
	CHECK_EQ(semctl(s->sem, 0, GETVAL), s->value);
	CHECK_EQ(semctl(s->sem, 1, GETVAL), s->value);
	CHECK_EQ(msgget(KEY, 0), s->msg);
	CHECK_EQ(msgrcv(s->msg, &m, sizeof(m.text), s->value, IPC_NOWAIT), sizeof(m.text));
	CHECK_STR(m.text, s->name);
	memset(&m, 0, sizeof(m));
	CHECK_EQ(mq_receive(s->mq, m.text, sizeof(m.text), &prio), sizeof(m.text));
	CHECK_STR(m.text, s->name);
	CHECK_EQ(prio, s->value);
	mq = MUST(mq_open("/ns_ipc", O_RDWR));
	MUST(mq_send(mq, m.text, sizeof(m.text), 1));
	CHECK_EQ(mq_receive(s->mq, m.text, sizeof(m.text), &prio), sizeof(m.text));
	MUST(mq_close(mq));
}

static void drop(struct set *s)
{
	MUST(shmdt(s->at));
	MUST(shmctl(s->shm, IPC_RMID, NULL));
	MUST(semctl(s->sem, 0, IPC_RMID));
	MUST(msgctl(s->msg, IPC_RMID, NULL));
	MUST(mq_close(s->mq));
	MUST(mq_unlink("/ns_ipc"));
}

static long limit_of(const char *name)
{
	char *text = slurpf("/proc/sys/%s", name);
	long value = atol(text);

	free(text);
	return value;
}

static void set_limit(const char *name, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	write_file(path, value, strlen(value));
}

/* Its semaphore's undo is done when it ends. */
static void undone(void *arg)
{
	const struct set *s = arg;
	struct sembuf up = { 1, 3, SEM_UNDO };

	MUST(semop(s->sem, &up, 1));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(semctl(s->sem, 1, GETVAL), s->value + 3);
}

static void child(void *arg)
{
	struct set mine = { .name = "inner", .value = 5 };
	struct stat before, st;
	pid_t pid;

	MUST(unshare(CLONE_NEWIPC | CLONE_NEWNS));
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(mount("mqueue", MNT, "mqueue", 0, NULL));
	make(&mine);
	MUST(stat(MNT "/ns_ipc", &before));
	set_limit("kernel/msgmnb", "12345");
	set_limit("kernel/shmmni", "77");
	set_limit("fs/mqueue/msg_max", "33");
	pid = hop_child(undone, &mine);
	gate_take(&ready, 1);
	gate_post((struct gate *)arg, 1);
	gate_take((struct gate *)arg + 1, 1);
	MUST(stat(MNT "/ns_ipc", &st));
	CHECK_EQ(st.st_ino, before.st_ino);
	CHECK_EQ(limit_of("kernel/msgmnb"), 12345);
	CHECK_EQ(limit_of("kernel/shmmni"), 77);
	CHECK_EQ(limit_of("fs/mqueue/msg_max"), 33);
	gate_post(&go, 1);
	hop_reap(pid);
	check(&mine);
	drop(&mine);
	CHECK(access(MNT "/ns_ipc", F_OK));
}

/* Only a descriptor keeps it; its segment and its queue are still in use here. */
static int lonely(struct set *s)
{
	int fd, home = MUST(open("/proc/self/ns/ipc", O_RDONLY));

	MUST(unshare(CLONE_NEWIPC));
	make(s);
	fd = MUST(open("/proc/self/ns/ipc", O_RDONLY));
	MUST(setns(home, CLONE_NEWIPC));
	close(home);
	return fd;
}

static void enter(void *arg)
{
	struct set *s = arg;

	check(s);
	drop(s);
}

int main(void)
{
	struct set first = { .name = "first", .value = 1 };
	struct set alone = { .name = "alone", .value = 9 };
	struct gate of_child[2];
	long msgmnb, shmmni;
	int fd, home;
	pid_t pid;

	if (access("/proc/self/ns/ipc", F_OK))
		hop_skip("no IPC namespaces");
	gate_init(&ready);
	gate_init(&go);
	gate_init(&of_child[0]);
	gate_init(&of_child[1]);
	if (mkdir(MNT, 0755) && errno != EEXIST)
		hop_die(__FILE__, __LINE__, MNT, errno);
	msgmnb = limit_of("kernel/msgmnb");
	shmmni = limit_of("kernel/shmmni");
	/* An undo would be done by the setns() of who has one. */
	fd = lonely(&alone);
	home = MUST(open("/proc/self/ns/ipc", O_RDONLY));
	make(&first);
	pid = hop_child(child, of_child);
	gate_take(&of_child[0], 1);

	hop();

	CHECK_EQ(limit_of("kernel/msgmnb"), msgmnb);
	CHECK_EQ(limit_of("kernel/shmmni"), shmmni);
	check(&first);
	gate_post(&of_child[1], 1);
	hop_reap(pid);
	/* There it was undone when we left. */
	CHECK_STR(alone.at, "alone");
	drop(&first);
	MUST(setns(fd, CLONE_NEWIPC));
	CHECK_EQ(semctl(alone.sem, 0, GETVAL), 0);
	MUST(semctl(alone.sem, 0, SETVAL, alone.value));
	enter(&alone);
	MUST(setns(home, CLONE_NEWIPC));
	return hop_status();
}
