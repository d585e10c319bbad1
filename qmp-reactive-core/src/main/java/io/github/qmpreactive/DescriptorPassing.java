package io.github.qmpreactive;

import io.github.qmpreactive.message.FdSetInfo;
import io.github.qmpreactive.option.AddFdOptions;
import io.github.qmpreactive.option.FdSource;
import reactor.core.publisher.Mono;

/**
 * Passes file descriptors to QEMU: part of a {@link QmpSession}. Only over UNIX sockets, on 64-bit Linux, with a native
 * transport of Netty and with JNA on the class path.
 *
 * <p>Not to be implemented by applications: minor releases add methods. In tests use the fake server, or a mock.
 */
public interface DescriptorPassing {

    /**
     * Passes a file descriptor to QEMU under a name: the descriptor, the command {@code getfd} and its reply are one
     * unit. Only over UNIX sockets, on 64-bit Linux, with a native transport of Netty and with JNA on the class path.
     *
     * <ul>
     *   <li>QEMU keeps only the last descriptor that it received, until a command uses it. So one unit is under way at
     *       a time. The others, of {@link #addFd} and {@link #sendFd} too, wait in the order of their subscriptions,
     *       and count as waiting commands ({@code maxQueued}). So do other commands in band, since QEMU 5.2 may abort
     *       if it reads one while it takes a descriptor. Commands out of band are sent at once.
     *   <li>The client's copy of the descriptor is opened on the subscriber's thread (opening a file is short, unless
     *       its file system is slow; the first call of all in a JVM also loads JNA), before {@code subscribe()}
     *       returns. It is closed when the reply has arrived, the session ends, or the call ends before it was sent.
     *   <li>Cancelled before its turn: nothing is sent. Cancelled after: the unit runs to its end before the next one
     *       starts, and the reply is dropped.
     * </ul>
     *
     * @param name the name, which must not begin with a digit; QEMU closes an earlier descriptor of that name
     * @param fd which descriptor
     * @return completes on the event loop when QEMU has the descriptor. Fails as {@link
     *     QmpSession#execute(io.github.qmpreactive.message.QmpCommand)}. Fails with
     *     {@link io.github.qmpreactive.error.DescriptorPassingError}, and nothing was sent: at once if the connection
     *     or the platform cannot pass descriptors, or the descriptor is invalid; on the event loop if the system
     *     refuses to send it. That error does not end the session
     */
    Mono<Void> getFd(String name, FdSource fd);

    /**
     * Passes a file descriptor to QEMU, into a new fd set; as {@link #addFd(FdSource, AddFdOptions)}.
     *
     * @param fd which descriptor
     * @return emits where it is, then completes
     */
    default Mono<FdSetInfo> addFd(FdSource fd) {
        return addFd(fd, AddFdOptions.newSet());
    }

    /**
     * Passes a file descriptor to QEMU, into an fd set, from which QEMU opens it as a file named {@link
     * FdSetInfo#path()}: the descriptor, the command {@code add-fd} and its reply are one unit. Everything else is as
     * with {@link #getFd}.
     *
     * @param fd which descriptor
     * @param options which set, and what QEMU remembers of the descriptor
     * @return emits where it is, on the event loop, then completes; fails and can be cancelled as {@link #getFd}. QEMU
     *     keeps the descriptor until {@code remove-fd}, also if this was cancelled after it was sent; some versions
     *     drop it with their last client: see {@link FdSetInfo}
     */
    Mono<FdSetInfo> addFd(FdSource fd, AddFdOptions options);

    /**
     * Passes a bare file descriptor to QEMU, which keeps it until a command uses it or the next descriptor arrives:
     * only for a session on which no other code passes descriptors. It waits for its turn as {@link #getFd} does, but
     * its turn is over when the descriptor was sent. With out-of-band commands enabled, send nothing from the command that
     * uses it until its reply: QEMU 5.2 may abort.
     *
     * @param fd which descriptor
     * @return completes on the event loop when the system has accepted it, which does not prove that QEMU has read it;
     *     fails and can be cancelled as {@link #getFd}
     */
    Mono<Void> sendFd(FdSource fd);
}
