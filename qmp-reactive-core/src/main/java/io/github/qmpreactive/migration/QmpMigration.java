package io.github.qmpreactive.migration;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.MigrationCancelledError;
import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.error.MigrationNotFoundError;
import io.github.qmpreactive.message.QmpCommand;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Migrates a running guest from one QEMU to another, or to a file, and follows that to its end. All publishers are cold.
 *
 * <pre>{@code
 * QmpMigration.of(destination).incoming("unix:/run/migration.sock")
 *         .thenMany(QmpMigration.of(source).withDestination(destination).to("unix:/run/migration.sock"))
 * }</pre>
 *
 * <p>Whatever happens, {@code cont} is not sent: QEMU lets a guest run on by itself where that is safe, and else a second
 * guest would run on the same disks. A {@link io.github.qmpreactive.error.MigrationError} leaves the session open.
 */
public final class QmpMigration {

    private final QmpSession session;
    private final MigrationCommands commands;
    private final Optional<QmpSession> destination;

    private QmpMigration(QmpSession session, Optional<QmpSession> destination) {
        this.session = session;
        this.commands = new MigrationCommands(session);
        this.destination = destination;
    }

    /**
     * Migration at one QEMU, from it or to it.
     *
     * @param session the session; it stays the caller's
     * @return what can be done there
     */
    public static QmpMigration of(QmpSession session) {
        return new QmpMigration(Objects.requireNonNull(session, "session"), Optional.empty());
    }

    /**
     * Watches the destination, too: {@link #to} and {@link #follow} succeed when both ends have completed.
     *
     * @param destination a session with the QEMU that the guest is migrated to; it stays the caller's
     * @return what can be done at the source
     */
    public QmpMigration withDestination(QmpSession destination) {
        return new QmpMigration(session, Optional.of(destination));
    }

    /**
     * Migrates the guest, with the defaults; as {@link #to(MigrationAddress, MigrationOptions)}.
     *
     * @param uri as of {@link MigrationAddress#uri}
     * @return the progress
     */
    public Flux<MigrationProgress> to(String uri) {
        return to(uri, MigrationOptions.defaults());
    }

    /**
     * Migrates the guest; as {@link #to(MigrationAddress, MigrationOptions)}.
     *
     * @param uri as of {@link MigrationAddress#uri}
     * @param options how
     * @return the progress
     */
    public Flux<MigrationProgress> to(String uri, MigrationOptions options) {
        return to(MigrationAddress.uri(uri), options);
    }

    /**
     * Migrates the guest of this QEMU, and follows that to its end. Each subscription starts a migration.
     *
     * <ul>
     *   <li>Sets the capabilities and parameters of the options, listens, and sends {@code migrate}; nothing before the
     *       destination, if its session was given, has replied to {@code query-migrate}, for which there is no time limit.
     *   <li>Emits each change of the status, and figures at the {@link MigrationOptions#interval interval}. A status that
     *       this client does not know is not an end. The last one is emitted when QEMU has reported its reason and figures,
     *       about a second after the end. A subscriber without demand gets the latest, and does not delay the migration.
     *   <li>In {@code pre-switchover}, where the source stops unless {@link MigrationOptions#capability the options} say
     *       otherwise, does the work of {@link MigrationOptions#preSwitchover}, then sends {@code migrate-continue}.
     *   <li>Completes when the source has completed, and the destination, too, if its session was given. Without that
     *       session, {@code return-path}, which is set for sockets, makes the source wait for the destination's success; but
     *       QEMU before 6.1 may complete although the destination has failed: give both sessions. Of {@code exec:} and {@code
     *       file:} success means that all was written, whatever the command's exit code. Completes, too, if a cancel came late.
     *   <li>Errors with {@link io.github.qmpreactive.error.MigrationFailedError} if either end fails, also if the source
     *       has completed, or if the session of the destination has ended before it reported that it has completed. The
     *       error says whether the guest runs on at the source. If the destination has failed, or its session has ended, and
     *       the source has not noticed within a second, the migration is cancelled where no guest can run at the destination
     *       (some QEMUs end in {@code setup} only when the attempt to connect does). Errors so, too, if the source was
     *       cancelled, or has failed, and the destination is still taking the guest a second later; and if it has completed
     *       without a stop before the switch, so that the work of {@link MigrationOptions#preSwitchover} was not done.
     *   <li>Errors with {@link io.github.qmpreactive.error.MigrationCancelledError} if it was cancelled by {@link #cancel} or
     *       another client, and with the error of {@link MigrationOptions#preSwitchover} if it was cancelled for that and the
     *       guest runs on. If the guest does not, that error is the cause of a {@code MigrationFailedError}.
     *   <li>From {@link #startPostcopy} on, QEMU before 10.0 is sent no cancel, by which it would stop or lose the guest. If
     *       one is due in {@code pre-switchover}, errors with {@code MigrationFailedError}, which says what can be done there.
     *   <li>Errors as {@link QmpSession#execute(QmpCommand)} if a command before the migration, or {@code migrate}, fails, for
     *       example while another migration is under way; also if {@code query-migrate} fails, while the migration goes on.
     *       {@code commandTimeout} does not apply. With {@link IllegalArgumentException} for a {@code background-snapshot}
     *       to the session of a destination, since the guest would run at both ends, or with {@code preSwitchover}.
     *   <li>Errors with the cause if the session is lost before the end, and with {@link
     *       io.github.qmpreactive.error.StateError} if it ends otherwise. The migration goes on if QEMU does, up to {@code
     *       pre-switchover}, where the guest is stopped and waits: {@link #follow(MigrationOptions)} with the same options, on
     *       the next session, does the work of {@code preSwitchover} again, from its beginning, and lets the migration go on.
     *       With {@link MigrationOptions#keepOnCancel}, and without such work, it does not stop there.
     *   <li>On cancel: {@code migrate} is not sent if it waits for its turn; else the migration is cancelled, unless {@link
     *       MigrationOptions#keepOnCancel} is set, or it is in post-copy or in the switch, from {@code migrate-continue} on,
     *       when QEMU may let the guest run at both ends. As the switch begins only when this continues it, a cancel cannot
     *       cross with that, unless another client continues it. Before the reply to {@code migrate}, another client's
     *       migration may be cancelled. What follows from the end of the work of {@code preSwitchover} is sent nevertheless.
     *       {@link QmpSession#disconnect} right after the cancel, as of {@code QmpClient.use}, awaits QEMU's reply, for 1
     *       second at most, and breaks off QEMU 11.1 that hangs, as {@link #cancel} does. If QEMU takes longer, or the session
     *       is lost, the guest may stay stopped, or hang: keep the session until {@link #cancel} has completed.
     *   <li>{@code postcopy-paused} is no end: it is followed on, for {@link #recover}. But if the destination has failed, or its
     *       session has ended, it errors with {@code MigrationFailedError}: it may still be recovered, and followed, if it lives.
     *   <li>Thread: the event loop of either session, or Reactor's parallel scheduler. Refusals may come on the subscriber's.
     * </ul>
     *
     * @param address where to
     * @param options how
     * @return the progress
     */
    public Flux<MigrationProgress> to(MigrationAddress address, MigrationOptions options) {
        Objects.requireNonNull(options, "options");
        return MigrationFollower.flux(
                session, destination.orElse(null), Objects.requireNonNull(address, "address"), options);
    }

    /**
     * Follows the latest migration of this QEMU, and sends nothing but queries; as {@link #follow(MigrationOptions)} with the
     * defaults and {@link MigrationOptions#keepOnCancel}. After a lost session give that the options of {@code to} instead.
     *
     * @return the progress
     */
    public Flux<MigrationProgress> follow() {
        return follow(MigrationOptions.defaults().keepOnCancel());
    }

    /**
     * Follows the latest migration of this QEMU, which was started before, on this session or another, by this client or
     * another.
     *
     * <ul>
     *   <li>Emits how it is, then as {@link #to(MigrationAddress, MigrationOptions)}.
     *   <li>Completes, or errors, as {@code to} does; at once if it, or the destination's session, has ended already.
     *   <li>In {@code pre-switchover} does the work of {@link MigrationOptions#preSwitchover}, also if it was done before, and
     *       sends {@code migrate-continue}.
     *   <li>Errors with {@link MigrationNotFoundError} if QEMU has not migrated since it was started.
     *   <li>On cancel: as {@code to}.
     *   <li>With {@link MigrationOptions#keepOnCancel} and without {@code preSwitchover} sends nothing but queries: in {@code
     *       pre-switchover} QEMU waits for the client that has started the migration, or for {@link #cancel}. If the destination
     *       has failed, or its session has ended, and a second later the source waits for it in {@code setup} or {@code
     *       pre-switchover}, or has not noticed the failure, errors with {@code MigrationFailedError}, which says what to do.
     * </ul>
     *
     * <p>Any other options put this subscription in charge of the migration: it continues it and cancels it, as {@code to}
     * does, also with {@code keepOnCancel} and the capability {@code pause-before-switchover}.
     *
     * @param options as for {@code to}; capabilities and parameters are not set
     * @return the progress
     */
    public Flux<MigrationProgress> follow(MigrationOptions options) {
        return MigrationFollower.flux(
                session, destination.orElse(null), null, Objects.requireNonNull(options, "options"));
    }

    /**
     * Cancels the migration that is under way, and waits for its end.
     *
     * <ul>
     *   <li>Emits how it has ended: {@code cancelled}, or {@code completed} or {@code failed} if that came first, also long
     *       before. Completes empty if QEMU has not migrated since it was started.
     *   <li>Errors with {@link io.github.qmpreactive.error.MigrationPostcopyError}, and sends nothing, in post-copy; before
     *       QEMU 10.0 also from {@link #startPostcopy} of this session on. After that of another one do not call it: QEMU may
     *       lose the guest, or, in {@code pre-switchover}, leave it stopped at the source in {@code postmigrate}.
     *   <li>Errors as {@link QmpSession#execute(QmpCommand)} if the command fails, and as {@link #follow} if the session ends.
     *       If the queue is full it waits, and errors with {@code CommandQueueFullError} if another migration may have begun.
     *   <li>Sends nothing in the switch ({@code device}; the source stopped), either: QEMU 7.2 to 11.1 would let the guest
     *       run at both ends. Nor does it when {@code to} or {@code follow} of this session has sent {@code
     *       migrate-continue}. The switch may still begin in the millisecond between that look and {@code migrate_cancel} if
     *       another session continues it, or without a stop before it ({@link MigrationOptions#keepOnCancel}).
     *   <li>Sends nothing if the migration is being cancelled already: it waits for that.
     *   <li>Has no time limit: in {@code setup} some QEMUs end only when the attempt to connect does. QEMU before 10.0, cancelled
     *       in the instant in which it enters {@code pre-switchover}, stays in {@code cancelling}, and its guest stopped. QEMU
     *       11.1, cancelled in {@code setup} just before it has connected, hangs with its guest: if it has not replied after
     *       half a second, this sends {@code yank} out of band, if that is enabled. Else it hangs until the destination ends.
     *   <li>On cancel: a command that waits for its turn is not sent, unless another {@code cancel()} of this session waits.
     * </ul>
     *
     * @return how it has ended
     */
    public Mono<MigrationProgress> cancel() {
        return commands.cancel()
                .thenMany(QmpMigration.of(session).follow())
                .onErrorComplete(failure -> failure instanceof MigrationCancelledError
                        || failure instanceof MigrationFailedError
                        || failure instanceof MigrationNotFoundError)
                .takeLast(1)
                .next();
    }

    /**
     * Lets the guest run at the destination at once, before all of its memory is there ({@code migrate-start-postcopy}). It
     * needs the capability {@code postcopy-ram} at both ends. If the source stops before the switch, it does so here, too.
     *
     * @return completes when QEMU has accepted the command, which it also does after a failed migration. The progress of
     *     {@link #to} becomes {@code postcopy-active} when the guest runs at the destination. Errors as {@link
     *     QmpSession#execute(QmpCommand)}
     */
    public Mono<Void> startPostcopy() {
        return commands.startPostcopy();
    }

    /**
     * Interrupts post-copy ({@code migrate-pause}), for example since the network is to be changed. Call it only when the guest
     * runs at the destination (RESUME): earlier, QEMU 7.2 exits or hangs there, and the guest is lost.
     *
     * @return completes when QEMU has accepted it, and errors as {@link QmpSession#execute(QmpCommand)}
     */
    public Mono<Void> pausePostcopy() {
        return commands.runAtOnce(QmpCommand.of("migrate-pause"));
    }

    /**
     * Goes on with post-copy that is paused, at the source ({@code migrate} with {@code resume}), after {@link
     * #recoverIncoming} at the destination. The capabilities stay as they are.
     *
     * @param uri as of {@link MigrationAddress#uri}
     * @return completes when QEMU has accepted it: {@link #to} and {@link #follow} tell how it goes on. It stays, or is again,
     *     {@code postcopy-paused} if that fails, of which QEMU 7.2 sends no event. Errors as {@link
     *     QmpSession#execute(QmpCommand)}
     */
    public Mono<Void> recover(String uri) {
        return commands.run(QmpCommand.of("migrate").arguments(Map.of("uri", uri, "resume", true)));
    }

    /**
     * Lets a destination whose post-copy is paused listen again ({@code migrate-recover}). Only the address given last counts.
     *
     * @param uri as of {@link MigrationAddress#uri}
     * @return completes when QEMU listens, and errors as {@link QmpSession#execute(QmpCommand)}
     */
    public Mono<Void> recoverIncoming(String uri) {
        return commands.runAtOnce(QmpCommand.of("migrate-recover").arguments(Map.of("uri", uri)));
    }

    /**
     * Lets this QEMU await a migration, with the defaults; as {@link #incoming(MigrationAddress, MigrationOptions)}.
     *
     * @param uri as of {@link MigrationAddress#uri}
     * @return completes when QEMU listens
     */
    public Mono<Void> incoming(String uri) {
        return incoming(MigrationAddress.uri(uri), MigrationOptions.defaults());
    }

    /**
     * Lets this QEMU, which was started with {@code -incoming defer}, await a migration. Sets the capabilities and
     * parameters of the options, and sends {@code migrate-incoming}.
     *
     * <ul>
     *   <li>Completes when QEMU listens: call {@link #to} at the source from then on.
     *   <li>Errors as {@link QmpSession#execute(QmpCommand)}.
     *   <li>On cancel: a command that waits for its turn is not sent. QEMU has no command to stop listening: quit it.
     * </ul>
     *
     * @param address where it listens
     * @param options those of the source; only capabilities and parameters count
     * @return completes when QEMU listens
     */
    public Mono<Void> incoming(MigrationAddress address, MigrationOptions options) {
        return commands.prepareDestination(options)
                .then(commands.run(QmpCommand.of("migrate-incoming").arguments(address.arguments())));
    }

    /**
     * Waits for the end of a migration at this destination; also if the source has not begun it.
     *
     * <ul>
     *   <li>Completes when the guest is here with all of its memory; at once if that is so. It runs if it ran at the source.
     *   <li>Errors with {@link MigrationFailedError} if the migration has failed, and if the session ends before the end is
     *       known: QEMU exits when it has failed. The end of the session is the cause then.
     *   <li>Errors with {@link io.github.qmpreactive.error.CommandQueueFullError} if the queue is full when it begins.
     *   <li>On cancel: nothing else happens.
     * </ul>
     *
     * @return completes or errors as above
     */
    public Mono<Void> awaitIncoming() {
        return IncomingFollower.mono(session);
    }
}
