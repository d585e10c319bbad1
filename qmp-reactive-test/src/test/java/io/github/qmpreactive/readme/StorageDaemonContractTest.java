package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.contract.CausedEvent;
import io.github.qmpreactive.test.contract.QmpSessionContract;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;

// snippet: contract
@Qemu(binary = QemuBinary.STORAGE_DAEMON)
@ExtendWith(LeakGuard.class)
@DisplayName("README: a session at qemu-storage-daemon")
class StorageDaemonContractTest implements QmpSessionContract {

    private QemuProcess daemon;

    @BeforeEach
    void start(QemuProcess daemon) { // of each test's own
        this.daemon = daemon;
    }

    @Override
    public QmpClient client() {
        return QmpClient.create().address(daemon.address());
    }

    @Override
    public QmpCommand query() {
        return QmpCommand.of("query-named-block-nodes"); // there is no machine, so no query-status
    }

    @Override
    public List<CausedEvent> causedEvents() {
        return List.of(); // no cont and stop: tests of events are skipped, and say why
    }

    @Override
    public Optional<QmpCommand> outOfBand() {
        return Optional.empty();
    }

    @Override
    public void endAbruptly() {
        daemon.kill();
    }
}
// end
