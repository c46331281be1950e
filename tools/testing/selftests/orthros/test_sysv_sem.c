// SPDX-License-Identifier: GPL-2.0
/*
 * System V semaphores: values, keys, times, a process that waits for one, and
 * what an exit undoes, also that of a process which has threads.
 */
#include <sys/ipc.h>
#include <sys/sem.h>
#include "hop_test.h"

#define KEY	0x6f727468
#define NR	300

union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

static struct gate ready, go;

static int op(int id, int num, int by, int flags)
{
	struct sembuf sops = { .sem_num = num, .sem_op = by, .sem_flg = flags };

	return semop(id, &sops, 1);
}

static void *thread_main(void *arg)
{
	op(*(int *)arg, 1, 20, SEM_UNDO);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(op(*(int *)arg, 1, 300, SEM_UNDO), 0);
	return NULL;
}

/* Both threads' doings are undone by the end of the process. */
static void undoer(void *arg)
{
	pthread_t thread;

	MUST(op(*(int *)arg, 0, -5, SEM_UNDO));
	MUST(op(*(int *)arg, 1, 1, SEM_UNDO));
	MUST0(pthread_create(&thread, NULL, thread_main, arg));
	MUST0(pthread_join(thread, NULL));
}

static void nothing(void *arg)
{
	CHECK_EQ(op(*(int *)arg, 2, 3, 0), 0);
}

static long wait_for_it(struct blocked *b)
{
	struct sembuf sops = { .sem_num = 3, .sem_op = -1 };

	return syscall(SYS_semop, b->fd, &sops, 1);
}

int main(void)
{
	struct blocked waiter = { .name = "semop", .nr = SYS_semop, .call = wait_for_it };
	unsigned short values[NR], got[NR] = {};
	struct semid_ds before, after;
	int id, other, dead, i;
	pid_t pid, gone;

	gate_init(&ready);
	gate_init(&go);
	other = MUST(semget(IPC_PRIVATE, 1, IPC_CREAT | 0600));
	id = MUST(semget(KEY, NR, IPC_CREAT | IPC_EXCL | 0640));
	for (i = 0; i < NR; i++)
		values[i] = i == 3 ? 0 : 10 + i;
	MUST(semctl(id, 0, SETALL, (union semun){ .array = values }));
	pid = hop_child(undoer, &id);
	gate_take(&ready, 1);
	gone = hop_child(nothing, &id);
	hop_reap(gone);
	waiter.fd = id;
	blocked_start(&waiter);
	values[0] -= 5;
	values[1] += 21;
	values[2] += 3;
	dead = MUST(semget(IPC_PRIVATE, 1, IPC_CREAT | 0600));
	MUST(semctl(dead, 0, IPC_RMID));
	MUST(semctl(id, 0, IPC_STAT, (union semun){ .buf = &before }));

	hop();

	blocked_still(&waiter);
	CHECK_EQ(semget(KEY, 0, 0), id);
	CHECK_EQ(semctl(id, 0, IPC_STAT, (union semun){ .buf = &after }), 0);
	CHECK_EQ(after.sem_nsems, NR);
	CHECK_EQ(after.sem_otime, before.sem_otime);
	CHECK_EQ(after.sem_ctime, before.sem_ctime);
	CHECK_EQ(after.sem_perm.mode, before.sem_perm.mode);
	CHECK_EQ(after.sem_perm.__key, before.sem_perm.__key);
	CHECK_EQ(after.sem_perm.__seq, before.sem_perm.__seq);
	CHECK_EQ(semctl(id, 0, GETALL, (union semun){ .array = got }), 0);
	for (i = 0; i < NR; i++)
		if (!CHECK_EQ(got[i], values[i]))
			break;
	CHECK_EQ(semctl(id, 2, GETPID), gone);
	CHECK_EQ(semctl(id, 1, GETPID), pid);
	CHECK_EQ(semctl(id, 4, GETPID), getpid());
	CHECK_EQ(semctl(id, 3, GETNCNT), 1);
	CHECK_EQ(op(id, 3, 1, 0), 0);
	blocked_finish(&waiter, 0, 0);

	gate_post(&go, 1);
	hop_reap(pid);
	CHECK_EQ(semctl(id, 0, GETVAL), 10);
	CHECK_EQ(semctl(id, 1, GETVAL), 11);
	CHECK_EQ(semctl(id, 2, GETVAL), 15);

	i = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
	CHECK(i >= 0 && i != dead && i != other);
	CHECK_EQ(semctl(i, 0, IPC_RMID), 0);
	CHECK_EQ(semctl(other, 0, IPC_RMID), 0);
	CHECK_EQ(semctl(id, 0, IPC_RMID), 0);
	return hop_status();
}
