// SPDX-License-Identifier: GPL-2.0
/* The robust list: kept per thread, and walked when its owner dies. */
#include <linux/futex.h>

#include "hop_test.h"

static struct gate ready, go;
static pthread_mutex_t mutex[2];

static void robust_head(void **head, size_t *len)
{
	MUST(syscall(SYS_get_robust_list, 0, head, len));
}

static void *owner(void *arg)
{
	void *before, *after;
	size_t len;
	int i;

	for (i = 0; i < 2; i++)
		MUST0(pthread_mutex_lock(&mutex[i]));
	robust_head(&before, &len);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	robust_head(&after, &len);
	CHECK_EQ((long)after, (long)before);
	CHECK_EQ(len, sizeof(struct robust_list_head));
	/* Dies with both. */
	return NULL;
}

static void *waiter(void *arg)
{
	/* Asleep in the kernel when the owner dies in the new one. */
	CHECK_EQ(pthread_mutex_lock(&mutex[1]), EOWNERDEAD);
	return NULL;
}

int main(void)
{
	pthread_mutexattr_t attr;
	void *before, *after;
	pthread_t thread[2];
	size_t len;
	int i;

	gate_init(&ready);
	gate_init(&go);
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	for (i = 0; i < 2; i++)
		MUST0(pthread_mutex_init(&mutex[i], &attr));
	MUST0(pthread_create(&thread[0], NULL, owner, NULL));
	gate_take(&ready, 1);
	MUST0(pthread_create(&thread[1], NULL, waiter, NULL));
	robust_head(&before, &len);

	hop();

	robust_head(&after, &len);
	CHECK_EQ((long)after, (long)before);
	CHECK_EQ(pthread_mutex_trylock(&mutex[0]), EBUSY);
	gate_post(&go, 1);
	MUST0(pthread_join(thread[0], NULL));
	CHECK_EQ(pthread_mutex_lock(&mutex[0]), EOWNERDEAD);
	MUST0(pthread_join(thread[1], NULL));
	return hop_status();
}
