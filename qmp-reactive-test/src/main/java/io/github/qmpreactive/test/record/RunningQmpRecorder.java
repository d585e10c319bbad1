package io.github.qmpreactive.test.record;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.record.RecordingProxy;
import java.nio.file.Path;
import reactor.core.publisher.Mono;

/** A {@link QmpRecorder} that listens. To be closed at the end of the test, so that the recording is complete. */
public final class RunningQmpRecorder implements AutoCloseable {

    private final RecordingProxy proxy;
    private final Path file;
    private final Mono<Void> closing;

    RunningQmpRecorder(RecordingProxy proxy, Path file, Runnable cleanUp) {
        this.proxy = proxy;
        this.file = file;
        // Once: the second caller gets the outcome of the first.
        this.closing = proxy.close().doOnTerminate(cleanUp).cache();
    }

    /** {@return where it listens: {@code tcp:127.0.0.1:port} or {@code unix:/path}, as {@code QmpClient.address} takes it} */
    public String address() {
        return proxy.address();
    }

    /** {@return the file that it writes to} */
    public Path file() {
        return file;
    }

    /**
     * Stops listening, closes all connections and the file. A second subscriber gets the same outcome.
     *
     * @return completes when all is closed; errors with an UncheckedIOException if something could not be written, with
     *     an IllegalStateException if nothing was recorded since QEMU could not be reached
     */
    public Mono<Void> closeLater() {
        return closing;
    }

    /**
     * As {@link #closeLater()}, for test code: waits until all is closed, 10 s at most; blocks.
     *
     * @throws java.io.UncheckedIOException if something could not be written
     * @throws IllegalStateException if nothing was recorded since QEMU could not be reached
     */
    @Override
    public void close() {
        closeLater().block(FakeLoop.PATIENCE);
    }

    /** For people: where it listens, and where it writes. */
    @Override
    public String toString() {
        return "recorder at " + address() + ", to " + file;
    }
}
