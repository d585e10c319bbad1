package io.github.qmpreactive.test.record;

/** What a client talks to while a conversation is recorded or replayed. To be closed at the end of the test. */
public sealed interface RecordedServer extends AutoCloseable permits RunningQmpRecorder, RunningQmpReplay {

    /**
     * {@return where it listens: {@code tcp:127.0.0.1:port} or {@code unix:/path}, as {@code QmpClient.address} takes
     * it}
     */
    String address();

    /**
     * Closes it, 10 s at most; blocks. A recorder closes its file, and fails if that is not what it should be; a replay
     * fails if it was sent anything that was not recorded, and one in order if it was not sent all that was.
     */
    @Override
    void close();
}
