package io.github.qmpreactive.device;

import io.github.qmpreactive.QmpSession;
import java.util.Objects;
import reactor.core.publisher.Mono;

/**
 * Unplugs devices of a running QEMU, each to its end. {@code device_del} only asks for it: a PCI device, a memory module and
 * a CPU go when the guest releases them. All publishers are cold.
 *
 * <pre>{@code
 * QmpDevices.of(session).remove("disk0")
 *         .then(session.execute("blockdev-del", Map.of("node-name", "image0")))
 * }</pre>
 *
 * <p>A {@link io.github.qmpreactive.error.DeviceError} leaves the session open. Other commands of the session do not wait for
 * the guest.
 */
public final class QmpDevices {

    private final QmpSession session;

    private QmpDevices(QmpSession session) {
        this.session = session;
    }

    /**
     * The devices of the QEMU at the other end of a session.
     *
     * @param session the session; it stays the caller's
     * @return what can be done with them
     */
    public static QmpDevices of(QmpSession session) {
        return new QmpDevices(Objects.requireNonNull(session, "session"));
    }

    /**
     * Unplugs a device, with the defaults; as {@link #remove(String, UnplugOptions)}.
     *
     * @param id its id, or its path in QOM
     * @return completes when the device is gone
     */
    public Mono<Void> remove(String id) {
        return remove(id, UnplugOptions.defaults());
    }

    /**
     * Unplugs a device. Each subscription asks for it.
     *
     * <ul>
     *   <li>Listens, sends {@code device_del}, and sends it again at the {@link UnplugOptions#interval interval}, since a
     *       guest that boots is deaf. If a client has requested the removal before, it waits for that removal. QEMU before
     *       11.0 refuses a CPU until the guest's operating system has set up its CPUs; that is asked again, too.
     *   <li>Completes when the device is gone: with its event DEVICE_DELETED, which may come before the reply, or beside an
     *       error. {@code blockdev-del}, {@code netdev_del} and {@code object-del} of what it used succeed from then on.
     *   <li>Completes without that event where QEMU sends none (a CPU; before QEMU 11 some displays and controllers): a second after QEMU no
     *       longer knows the device, provided that it knew it when this call asked first.
     *   <li>Errors with {@link io.github.qmpreactive.error.UnplugRefusedError} if the guest refuses
     *       (DEVICE_UNPLUG_GUEST_ERROR; ACPI_DEVICE_OST, which does not name a device without an id; or the MEM_UNPLUG_ERROR of QEMU
     *       before 10.0). The device stays.
     *   <li>Errors with {@link io.github.qmpreactive.error.StillPluggedError} if the guest has not released the device within
     *       the {@link UnplugOptions#limit limit}. Once QEMU has replied, the request stays with the guest: a device that is
     *       released later is gone. The next call waits for it again. The message tells whether QEMU has replied. If QEMU
     *       refuses a CPU until then, no request stays, and QEMU's refusal is the cause.
     *   <li>Errors with {@link io.github.qmpreactive.error.DeviceNotFoundError} if QEMU does not know the device when this call
     *       asks first, and no event tells within a second that it leaves at that moment: it never existed, or has left
     *       before, for example after a {@code StillPluggedError} or while no session was connected. Nothing is
     *       remembered from one call to the next.
     *   <li>Errors with {@link io.github.qmpreactive.error.ExecuteError} if QEMU refuses, for example since the bus of the
     *       device does not support hotplugging; otherwise as {@link QmpSession#execute(io.github.qmpreactive.message.QmpCommand)}
     *       if the command fails. {@code commandTimeout} does not apply: the limit does.
     *   <li>Errors with the cause if the session is lost, and with {@link io.github.qmpreactive.error.StateError} if it ends
     *       otherwise. Before the reply it is an {@link io.github.qmpreactive.error.ExecInterruptedError}, whose {@code
     *       isWritten()} tells whether the guest may have been asked. Call it again on the next session.
     *   <li>On cancel: a command that waits for its turn is not sent. QEMU cannot take a request back: what was sent stays with
     *       the guest, which may release the device later.
     *   <li>Thread: the event loop of the session, or Reactor's parallel scheduler for what a time limit ends. Refusals may come
     *       on the subscriber's.
     * </ul>
     *
     * <p>Do not give the id to another device before this has completed: events name a device by its id alone.
     *
     * @param id its id; the path in QOM of one without, as {@code qom-list} has it, for example {@code
     *     "/machine/peripheral-anon/device[0]"}
     * @param options how often the guest is asked, and for how long
     * @return completes when the device is gone
     */
    public Mono<Void> remove(String id, UnplugOptions options) {
        DeviceAddress device = DeviceAddress.of(Objects.requireNonNull(id, "id"));
        Objects.requireNonNull(options, "options");
        return Mono.defer(() -> new Unplug(session, device, options).run());
    }
}
