// SPDX-License-Identifier: GPL-2.0
/*
 * Keyrings of a session, process and thread, of users; keys with their numbers,
 * values, permissions and expiry; nested and revoked ones.
 */
#include <linux/keyctl.h>

#include "hop_test.h"

static struct gate ready, go;

static long keyctl(int op, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	return syscall(SYS_keyctl, op, a, b, c, d);
}

static int add_key(const char *type, const char *desc, const char *value, int ring)
{
	return MUST(syscall(SYS_add_key, type, desc, value, value ? strlen(value) : 0, ring));
}

static void check_value(int key, const char *want)
{
	char buf[64] = "";

	MUST(keyctl(KEYCTL_READ, key, (long)buf, sizeof(buf) - 1, 0));
	CHECK_STR(buf, want);
}

static void describe(int key, char *text, size_t size)
{
	memset(text, 0, size);
	MUST(keyctl(KEYCTL_DESCRIBE, key, (long)text, size - 1, 0));
}

/* Another user, in a session of its own. */
static void user(void *arg)
{
	int key, ring;

	MUST(keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0));
	MUST(setresuid(6001, 6001, 6001));
	key = add_key("user", "of-user", "u", KEY_SPEC_USER_KEYRING);
	MUST(keyctl(KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING, 0, 0));
	ring = MUST(keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_SESSION_KEYRING, 1, 0, 0));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	check_value(key, "u");
	CHECK_EQ(keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_SESSION_KEYRING, 0, 0, 0), ring);
	CHECK_EQ(keyctl(KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, (long)"user", (long)"of-user",
			0), key);
}

static void *thread(void *arg)
{
	int key = add_key("user", "of-thread", "t", KEY_SPEC_THREAD_KEYRING);
	int ring = MUST(keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_THREAD_KEYRING, 0, 0, 0));

	gate_post(&ready, 1);
	gate_take(&go, 1);
	check_value(key, "t");
	CHECK_EQ(keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_THREAD_KEYRING, 0, 0, 0), ring);
	return NULL;
}

int main(void)
{
	int session, ring, key, process, timed, many, closed, revoked, logon, user_ring, i, n;
	char before[4][128], after[128], name[16];
	int32_t links[600];
	pthread_t t;
	pid_t pid;

	gate_init(&ready);
	gate_init(&go);
	pid = hop_child(user, NULL);
	session = MUST(keyctl(KEYCTL_JOIN_SESSION_KEYRING, (long)"hop-test", 0, 0, 0));
	ring = add_key("keyring", "inner", NULL, KEY_SPEC_SESSION_KEYRING);
	key = add_key("user", "secret", "a value", ring);
	logon = add_key("logon", "hop:logon", "hidden", KEY_SPEC_SESSION_KEYRING);
	timed = add_key("user", "timed", "soon", ring);
	MUST(keyctl(KEYCTL_SET_TIMEOUT, timed, 3600, 0, 0));
	MUST(keyctl(KEYCTL_SETPERM, key, 0x3f1f0000, 0, 0));
	process = add_key("user", "of-process", "p", KEY_SPEC_PROCESS_KEYRING);
	revoked = add_key("user", "revoked", "r", ring);
	MUST(keyctl(KEYCTL_REVOKE, revoked, 0, 0, 0));
	many = add_key("keyring", "many", NULL, KEY_SPEC_SESSION_KEYRING);
	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "many%d", i);
		add_key("user", name, name, many);
	}
	closed = add_key("keyring", "closed", NULL, KEY_SPEC_SESSION_KEYRING);
	add_key("user", "within", "w", closed);
	MUST(keyctl(KEYCTL_RESTRICT_KEYRING, closed, 0, 0, 0));
	user_ring = MUST(keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1, 0, 0));
	MUST(keyctl(KEYCTL_LINK, user_ring, session, 0, 0));
	describe(session, before[0], sizeof(before[0]));
	describe(key, before[1], sizeof(before[1]));
	describe(user_ring, before[2], sizeof(before[2]));
	describe(logon, before[3], sizeof(before[3]));
	MUST0(pthread_create(&t, NULL, thread, NULL));
	gate_take(&ready, 2);

	hop();

	CHECK_EQ(keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0, 0, 0), session);
	CHECK_EQ(keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 0, 0, 0), user_ring);
	describe(session, after, sizeof(after));
	CHECK_STR(after, before[0]);
	describe(key, after, sizeof(after));
	CHECK_STR(after, before[1]);
	describe(user_ring, after, sizeof(after));
	CHECK_STR(after, before[2]);
	describe(logon, after, sizeof(after));
	CHECK_STR(after, before[3]);
	check_value(key, "a value");
	check_value(timed, "soon");
	check_value(process, "p");
	CHECK_EQ(keyctl(KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, (long)"user", (long)"secret", 0),
		 key);
	CHECK_ERR(keyctl(KEYCTL_READ, revoked, (long)after, sizeof(after), 0), EKEYREVOKED);
	n = MUST(keyctl(KEYCTL_READ, many, (long)links, sizeof(links), 0));
	CHECK_EQ(n, 100 * sizeof(*links));
	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "many%d", i);
		key = MUST(keyctl(KEYCTL_SEARCH, many, (long)"user", (long)name, 0));
		check_value(key, name);
	}
	check_value(MUST(keyctl(KEYCTL_SEARCH, closed, (long)"user", (long)"within", 0)), "w");
	CHECK_ERR(keyctl(KEYCTL_LINK, timed, closed, 0, 0), EPERM);
	CHECK_EQ(keyctl(KEYCTL_LINK, timed, many, 0, 0), 0);
	MUST(keyctl(KEYCTL_SET_TIMEOUT, timed, 1, 0, 0));
	usleep(2200000);
	CHECK_ERR(keyctl(KEYCTL_READ, timed, (long)after, sizeof(after), 0), EKEYEXPIRED);

	gate_post(&go, 2);
	MUST0(pthread_join(t, NULL));
	hop_reap(pid);
	return hop_status();
}
