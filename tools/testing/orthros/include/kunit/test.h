/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Enough of KUnit to run the tests of tables and BTF on the host, under a sanitizer: TAP on
 * stdout, exit status 1 if a case fails.
 */
#ifndef _ORTHROS_HOST_KUNIT_H
#define _ORTHROS_HOST_KUNIT_H

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <setjmp.h>

struct kunit {
	int failed;
	jmp_buf abort;
};

struct kunit_case {
	void (*run)(struct kunit *test);
	const char *name;
};

struct kunit_suite {
	const char *name;
	struct kunit_case *test_cases;
};

#define KUNIT_CASE(fn)	{ .run = fn, .name = #fn }

#define kunit_kzalloc(test, size, gfp)	((void)(test), kvcalloc(1, size, gfp))
#define kunit_kfree(test, p)		((void)(test), free(p))

/* Returns true if the check holds, so that there is nothing to say. */
static inline bool host_check(struct kunit *test, bool holds, const char *file, int line,
			      const char *text)
{
	if (holds)
		return true;
	test->failed++;
	printf("# %s:%d: %s", file, line, text);
	return false;
}

static inline void host_fail(struct kunit *test, bool fatal)
{
	putchar('\n');
	if (fatal)
		longjmp(test->abort, 1);
}

#define __CHECK(t, cond, text, fatal, ...) do {					\
	struct kunit *__t = t;							\
										\
	if (!host_check(__t, cond, __FILE__, __LINE__, text)) {			\
		printf(" " __VA_ARGS__);					\
		host_fail(__t, fatal);						\
	}									\
} while (0)

#define __EQ(test, a, b, fatal, ...)	\
	__CHECK(test, (a) == (b), #a " == " #b, fatal, ##__VA_ARGS__)

#define KUNIT_EXPECT_EQ(test, a, b)		__EQ(test, a, b, 0)
#define KUNIT_EXPECT_EQ_MSG(test, a, b, ...)	__EQ(test, a, b, 0, __VA_ARGS__)
#define KUNIT_ASSERT_EQ(test, a, b)		__EQ(test, a, b, 1)
#define KUNIT_ASSERT_EQ_MSG(test, a, b, ...)	__EQ(test, a, b, 1, __VA_ARGS__)
#define KUNIT_EXPECT_LT_MSG(test, a, b, ...)	\
	__CHECK(test, (a) < (b), #a " < " #b, 0, __VA_ARGS__)
#define KUNIT_EXPECT_LE(test, a, b)		__CHECK(test, (a) <= (b), #a " <= " #b, 0)
#define KUNIT_EXPECT_TRUE(test, a)		__CHECK(test, a, #a, 0)
#define KUNIT_EXPECT_FALSE(test, a)		__CHECK(test, !(a), "!" #a, 0)
#define KUNIT_EXPECT_NULL(test, a)		__CHECK(test, !(a), "!" #a, 0)
#define KUNIT_ASSERT_NOT_NULL(test, a)		__CHECK(test, a, #a, 1)
#define KUNIT_EXPECT_STREQ(test, a, b)		\
	__CHECK(test, !strcmp(a, b), #a " == " #b, 0)

/* Each file adds its suite to the section; the linker says where it is. */
#define kunit_test_suite(suite)							\
	static struct kunit_suite *const host_##suite				\
	__attribute__((used, section("host_suites"))) = &(suite)

#ifndef HOST_HAS_MAIN
extern struct kunit_suite *const __start_host_suites[];
extern struct kunit_suite *const __stop_host_suites[];

static inline bool host_run(struct kunit_case *c)
{
	struct kunit test = { 0 };

	if (!setjmp(test.abort))
		c->run(&test);
	return !test.failed;
}

/* In every file of tests, once in the program. */
__attribute__((weak)) int main(void)
{
	struct kunit_suite *const *suite;
	int nr = 0, failed = 0;

	for (suite = __start_host_suites; suite < __stop_host_suites; suite++) {
		struct kunit_case *c;

		for (c = (*suite)->test_cases; c->run; c++) {
			bool good = host_run(c);

			failed += !good;
			printf("%sok %d %s.%s\n", good ? "" : "not ", ++nr, (*suite)->name,
			       c->name);
		}
	}
	printf("1..%d\n", nr);
	return failed ? 1 : 0;
}
#endif

#endif
