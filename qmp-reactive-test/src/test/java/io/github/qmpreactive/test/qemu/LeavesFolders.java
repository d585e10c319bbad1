package io.github.qmpreactive.test.qemu;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.record.QmpRecorder;
import io.github.qmpreactive.test.record.RunningQmpRecorder;
import java.io.IOException;
import java.nio.file.Path;

/** A program that closes nothing: a fake, a recorder, and a QEMU that has ended. It ends when its input ends. */
final class LeavesFolders {

    private LeavesFolders() {}

    public static void main(String[] args) throws IOException {
        System.out.println(FakeQmpServer.create().startUnix().path().getParent());
        RunningQmpRecorder recorder =
                QmpRecorder.create("unix:/nobody", Path.of(args[0])).startUnix();
        System.out.println(
                Path.of(recorder.address().substring("unix:".length())).getParent());
        QemuProcess qemu = QemuLauncher.system().start();
        qemu.terminate();
        qemu.exitCode().block();
        System.out.println(qemu.folder());
        if (System.in.read() < 0) {
            System.exit(0);
        }
    }
}
