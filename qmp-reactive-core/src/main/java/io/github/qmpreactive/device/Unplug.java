package io.github.qmpreactive.device;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.DeviceNotFoundError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.error.StillPluggedError;
import io.github.qmpreactive.error.UnplugRefusedError;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.EventOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

/**
 * One removal of a device, from just before the guest is asked to its end: whichever of events, replies and the limit tells
 * it first. Its outcomes are values, since an error that comes at the same moment as another outcome would be dropped onto
 * Reactor's hooks.
 */
final class Unplug {

    /**
     * How long to wait for the event of a device that QEMU knows no more. QEMU 7.2 and 10.0 free what it uses together with
     * that event, up to 140 ms later. A CPU has no such event.
     */
    static final Duration SETTLE = Duration.ofSeconds(1);

    private static final Signal<Void> GONE = Signal.complete();

    /** GenericErrors that tell that the guest is at it, and nothing else does. The second is of native PCIe. */
    private static final List<String> PENDING = List.of("already in", "guest is busy");

    /**
     * What QEMU before 11 says of a CPU until an operating system has switched ACPI's registers to those with which it can
     * be ejected (hw/acpi/piix4.c, hw/acpi/ich9.c). A guest that boots does so soon, as it begins to hear of PCI devices.
     */
    private static final String TOO_EARLY = "unplug request for not supported device type";

    private final QmpSession session;
    private final DeviceAddress device;
    private final UnplugOptions options;

    /** Whether QEMU has shown that it knows the device. */
    private volatile boolean seen;

    /** The refusal that came too early, if it is QEMU's last answer. */
    private volatile @Nullable ExecuteError tooEarly;

    private volatile boolean looking;

    Unplug(QmpSession session, DeviceAddress device, UnplugOptions options) {
        this.session = session;
        this.device = device;
        this.options = options;
    }

    Mono<Void> run() {
        // Subscribed to in this order: it listens before it asks.
        return Flux.merge(asValue(told()), asValue(asked()), asValue(limit().flux()))
                .next()
                .dematerialize();
    }

    private static Flux<Signal<Void>> asValue(Flux<Signal<Void>> outcome) {
        return outcome.onErrorResume(error -> Mono.just(Signal.error(error)));
    }

    /**
     * What events tell. At the end of the session they end behind the commands, whose errors say more. The query is what makes
     * it listen without taking the events kept for the first subscriber.
     */
    private Flux<Signal<Void>> told() {
        return session.executeAndListen(
                        list(DeviceAddress.NAMED), EventOptions.all().filter(device::isMeantBy))
                .concatWith(Mono.error(this::ended))
                .flatMap(this::judge);
    }

    private Mono<Signal<Void>> judge(QmpEvent event) {
        if (device.isRemovedBy(event)) {
            return Mono.just(GONE);
        }
        if (device.isPartRemovedBy(event)) {
            seen = true;
            return looking ? Mono.empty() : look();
        }
        return Mono.justOrEmpty(device.refusalIn(event)).flatMap(reason -> Mono.error(refused(event.name(), reason)));
    }

    /** One look at a time, however many parts a peer reports. */
    private Mono<Signal<Void>> look() {
        looking = true;
        return isListed(list(device.container()))
                .onErrorComplete()
                .doFinally(end -> looking = false)
                .flatMap(listed -> listed ? Mono.empty() : settled(null));
    }

    /** What replies tell. The guest is asked again as long as there is no outcome: it may have been deaf. */
    private Flux<Signal<Void>> asked() {
        return ask().concatWith(Operations.ticks(options.interval()).concatMap(tick -> ask(), 0));
    }

    private Mono<Signal<Void>> ask() {
        return session.execute(Operations.patient(QmpCommand.of("device_del").arguments(Map.of("id", device.given()))))
                .doOnNext(accepted -> onAsked(null))
                .then(Mono.<Signal<Void>>empty())
                .onErrorResume(this::onRefused);
    }

    /** Once the guest was asked, its answer decides, not what QEMU thinks of asking again. */
    private Mono<Signal<Void>> onRefused(Throwable failure) {
        if (isNotFound(failure)) {
            return settled(failure);
        }
        if (failure instanceof ExecuteError refusal) {
            if (refusal.description().contains(TOO_EARLY)) {
                onAsked(refusal);
            } else if (PENDING.stream().anyMatch(refusal.description()::contains)) {
                onAsked(null);
            }
        }
        return seen ? Mono.empty() : Mono.error(failure);
    }

    private void onAsked(@Nullable ExecuteError refusal) {
        tooEarly = refusal;
        seen = true;
    }

    /** The limit. A look at it decides, so that the device is not told to be there when it is not. */
    private Mono<Signal<Void>> limit() {
        return Operations.delay(options.limit())
                .flatMap(passed -> isListed(list(device.container()).timeout(SETTLE))
                        .onErrorResume(failure ->
                                Operations.isEnd(failure) ? Mono.empty() : Mono.error(stillPlugged(failure))))
                .flatMap(listed -> listed ? Mono.error(stillPlugged(null)) : settled(null));
    }

    private Mono<Boolean> isListed(QmpCommand list) {
        return session.execute(list).map(device::isAmong).onErrorReturn(Unplug::isNotFound, false);
    }

    /** QEMU does not know the device any more. Its event may still come, and is an outcome of its own. */
    private Mono<Signal<Void>> settled(@Nullable Throwable notFound) {
        return Operations.delay(SETTLE).then(Mono.defer(() -> seen ? Mono.just(GONE) : Mono.error(unknown(notFound))));
    }

    private static QmpCommand list(String path) {
        return Operations.patient(QmpCommand.of("qom-list").arguments(Map.of("path", path)));
    }

    private static boolean isNotFound(Throwable failure) {
        return failure instanceof ExecuteError refusal && refusal.errorClass().equals("DeviceNotFound");
    }

    private DeviceNotFoundError unknown(@Nullable Throwable notFound) {
        return new DeviceNotFoundError(
                subject() + " is not known to QEMU: it never existed, or has been removed before",
                device.given(),
                notFound);
    }

    private UnplugRefusedError refused(String event, String reason) {
        return new UnplugRefusedError(
                subject() + " stays plugged: the guest refuses to release it (" + event
                        + (reason.isEmpty() ? "" : ": " + reason) + ")",
                device.given(),
                reason);
    }

    private StillPluggedError stillPlugged(@Nullable Throwable failure) {
        ExecuteError refusal = tooEarly;
        if (failure == null && refusal != null) {
            return stillPlugged(
                    "QEMU refuses to ask the guest, whose operating system has not set up its CPUs: "
                            + refusal.description(),
                    refusal);
        }
        String why = failure != null
                ? "QEMU has not reported that it is gone, and has not told whether it is there"
                : seen
                        ? "the guest has not released it; the request stays, so it may be removed later"
                        : "QEMU has not replied to the request, which may not have been sent";
        return stillPlugged(why, failure);
    }

    private StillPluggedError stillPlugged(String why, @Nullable Throwable cause) {
        return new StillPluggedError(
                subject() + " is still plugged after " + options.limit() + ": " + why,
                device.given(),
                options.limit(),
                cause);
    }

    private StateError ended() {
        return new StateError(
                "[" + session.name() + "] The session ended while the device " + device.given()
                        + " was to be removed; the request stays with the guest",
                SessionState.DISCONNECTED,
                SessionState.RUNNING);
    }

    private String subject() {
        return "[" + session.name() + "] The device " + device.given();
    }
}
