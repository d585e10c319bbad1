package io.github.qmpreactive.job;

import io.github.qmpreactive.test.junit.Qemu;
import org.junit.jupiter.api.DisplayName;

@Qemu
@DisplayName("A job that has ended meanwhile, at real QEMU:")
class QemuEndedJobsTest extends FakeVmEndedJobsTest {}
