// SPDX-License-Identifier: GPL-2.0
/*
 * System V shared memory: attached by two processes, detached, to be removed,
 * locked; with identifiers, keys, owners and times, and a process that waits
 * for the other to write.
 */
#include <pwd.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include "hop_test.h"

#define KEY	0x6f727468
#define SIZE	(300 * PAGE + 123)

static struct gate ready, go;

static void other(void *arg)
{
	int id = *(int *)arg;
	char *at = shmat(id, NULL, 0), *ro = shmat(id, NULL, SHM_RDONLY);

	if (!CHECK(at != (char *)-1) || !CHECK(ro != (char *)-1))
		return;
	at[7] = 'c';
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(at[8], 'p');
	CHECK_EQ(ro[8], 'p');
	at[9] = 'r';
	CHECK_EQ(shmdt(ro), 0);
	CHECK_EQ(shmdt(at), 0);
}

static void same(const struct shmid_ds *a, const struct shmid_ds *b)
{
	CHECK_EQ(b->shm_perm.__key, a->shm_perm.__key);
	CHECK_EQ(b->shm_perm.uid, a->shm_perm.uid);
	CHECK_EQ(b->shm_perm.gid, a->shm_perm.gid);
	CHECK_EQ(b->shm_perm.cuid, a->shm_perm.cuid);
	CHECK_EQ(b->shm_perm.cgid, a->shm_perm.cgid);
	CHECK_EQ(b->shm_perm.mode, a->shm_perm.mode);
	CHECK_EQ(b->shm_perm.__seq, a->shm_perm.__seq);
	CHECK_EQ(b->shm_segsz, a->shm_segsz);
	CHECK_EQ(b->shm_atime, a->shm_atime);
	CHECK_EQ(b->shm_dtime, a->shm_dtime);
	CHECK_EQ(b->shm_ctime, a->shm_ctime);
	CHECK_EQ(b->shm_cpid, a->shm_cpid);
	CHECK_EQ(b->shm_lpid, a->shm_lpid);
	CHECK_EQ(b->shm_nattch, a->shm_nattch);
}

static int make(key_t key, size_t size, int flags)
{
	return MUST(shmget(key, size, IPC_CREAT | IPC_EXCL | flags));
}

int main(void)
{
	struct shmid_ds before[5], after;
	char *maps, *again, name[64];
	int id[5], fresh, gone, i;
	char *at, *dying;
	pid_t pid;

	gate_init(&ready);
	gate_init(&go);

	/* Used by two, one of them twice. */
	id[0] = make(KEY, SIZE, 0640);
	at = MUST(shmat(id[0], NULL, 0));
	fill(at + PAGE, 200 * PAGE, 1);
	pid = hop_child(other, &id[0]);
	gate_take(&ready, 1);

	/* Used by nobody, and of somebody else. */
	id[1] = make(KEY + 1, PAGE, 0600);
	again = MUST(shmat(id[1], NULL, 0));
	fill(again, PAGE, 2);
	MUST(shmdt(again));
	MUST(shmctl(id[1], IPC_STAT, &after));
	after.shm_perm.uid = 1234;
	after.shm_perm.gid = 567;
	after.shm_perm.mode = 0604;
	MUST(shmctl(id[1], IPC_SET, &after));

	/* Removed, attached; its key is taken by another. */
	id[2] = make(KEY + 2, 3 * PAGE, 0600);
	dying = MUST(shmat(id[2], NULL, 0));
	fill(dying, 3 * PAGE, 3);
	MUST(shmctl(id[2], IPC_RMID, NULL));
	id[3] = make(KEY + 2, 5 * PAGE, 0666 | SHM_NORESERVE);

	id[4] = make(IPC_PRIVATE, 2 * PAGE, 0600);
	MUST(shmctl(id[4], SHM_LOCK, NULL));
	/* So that the next identifier is not this one. */
	gone = make(IPC_PRIVATE, PAGE, 0600);
	MUST(shmctl(gone, IPC_RMID, NULL));
	for (i = 0; i < 5; i++)
		MUST(shmctl(id[i], IPC_STAT, &before[i]));

	hop();

	for (i = 0; i < 5; i++) {
		CHECK_EQ(shmctl(id[i], IPC_STAT, &after), 0);
		same(&before[i], &after);
	}
	CHECK(filled(at + PAGE, 200 * PAGE, 1));
	CHECK_EQ(at[7], 'c');
	at[8] = 'p';
	gate_post(&go, 1);
	hop_reap(pid);
	CHECK_EQ(at[9], 'r');
	CHECK_EQ(shmctl(id[0], IPC_STAT, &after), 0);
	CHECK_EQ(after.shm_nattch, 1);
	CHECK_EQ(shmget(KEY, 0, 0), id[0]);

	maps = slurp("/proc/self/maps");
	snprintf(name, sizeof(name), "%d ", id[0]);
	CHECK(strstr(maps, "/SYSV6f727468 (deleted)"));
	CHECK(strstr(maps, name));
	CHECK(strstr(maps, "/SYSV6f72746a (deleted)"));
	free(maps);

	CHECK_EQ(shmget(KEY + 1, 0, 0), id[1]);
	again = shmat(id[1], NULL, 0);
	if (CHECK(again != (char *)-1)) {
		CHECK(filled(again, PAGE, 2));
		CHECK_EQ(shmdt(again), 0);
	}

	CHECK(filled(dying, 3 * PAGE, 3));
	CHECK_EQ(shmget(KEY + 2, 0, 0), id[3]);
	CHECK_EQ(shmdt(dying), 0);
	CHECK_ERR(shmctl(id[2], IPC_STAT, &after), EINVAL);

	CHECK_EQ(shmctl(id[4], SHM_UNLOCK, NULL), 0);
	CHECK_EQ(shmctl(id[4], IPC_STAT, &after), 0);
	CHECK(!(after.shm_perm.mode & SHM_LOCKED));

	/* An identifier that was in use is not given out at once. */
	fresh = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0600);
	CHECK(fresh >= 0);
	CHECK(fresh != gone);
	CHECK_EQ(shmctl(fresh, IPC_RMID, NULL), 0);

	CHECK_EQ(shmdt(at), 0);
	CHECK_EQ(shmctl(id[0], IPC_RMID, NULL), 0);
	CHECK_EQ(shmctl(id[1], IPC_RMID, NULL), 0);
	CHECK_EQ(shmctl(id[3], IPC_RMID, NULL), 0);
	CHECK_EQ(shmctl(id[4], IPC_RMID, NULL), 0);
	return hop_status();
}
