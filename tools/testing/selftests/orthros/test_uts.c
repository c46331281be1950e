// SPDX-License-Identifier: GPL-2.0
/* Host and domain name are the user's; release and version the kernel's. */
#include <sys/utsname.h>

#include "hop_test.h"

int main(void)
{
	struct utsname before, after;
	char host[65], domain[65];

	MUST(uname(&before));
	strcpy(host, before.nodename);
	strcpy(domain, before.domainname);
	MUST(sethostname("hop.example", 11));
	MUST(setdomainname("nis.example", 11));

	hop();

	MUST(uname(&after));
	CHECK_STR(after.nodename, "hop.example");
	CHECK_STR(after.domainname, "nis.example");
	CHECK_STR(after.machine, before.machine);
	CHECK_EQ(sethostname(host, strlen(host)), 0);
	CHECK_EQ(setdomainname(domain, strlen(domain)), 0);
	return hop_status();
}
