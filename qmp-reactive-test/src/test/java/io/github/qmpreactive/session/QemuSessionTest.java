package io.github.qmpreactive.session;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.test.LeakGuard;
import io.github.qmpreactive.test.Qemu;
import io.github.qmpreactive.test.QemuProcess;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("A session at real QEMU")
class QemuSessionTest {

    abstract static class AtQemu implements SessionContract {

        private @Nullable QemuProcess qemu;

        @BeforeEach
        void start(QemuProcess process) {
            qemu = process;
        }

        @Override
        public QmpClient client() {
            return QmpClient.create()
                    .address(Objects.requireNonNull(qemu).address())
                    .name("vm");
        }
    }

    @Nested
    @Qemu
    @ExtendWith(LeakGuard.class)
    @DisplayName("over a UNIX socket")
    class OverUnixSocket extends AtQemu {}

    @Nested
    @Qemu(tcp = true)
    @ExtendWith(LeakGuard.class)
    @DisplayName("over TCP")
    class OverTcp extends AtQemu {}

    @Nested
    @Qemu(monitorOptions = "pretty=on")
    @ExtendWith(LeakGuard.class)
    @DisplayName("C2 with pretty=on")
    class Pretty extends AtQemu {}
}
