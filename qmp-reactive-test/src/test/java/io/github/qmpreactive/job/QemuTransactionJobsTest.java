package io.github.qmpreactive.job;

import io.github.qmpreactive.test.junit.Qemu;
import org.junit.jupiter.api.DisplayName;

@Qemu
@DisplayName("The backups of a transaction that QmpJobs follows as one, at real QEMU:")
class QemuTransactionJobsTest extends FakeVmTransactionJobsTest {}
