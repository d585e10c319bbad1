package io.github.qmpreactive.device;

import io.github.qmpreactive.message.QmpEvent;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A device as {@code device_del} names it, and what events say of it.
 *
 * @param given its id, or its path in QOM, as the caller has it
 * @param path its path in QOM
 */
record DeviceAddress(String given, String path) {

    /** The parent of all devices with an id. */
    static final String NAMED = "/machine/peripheral";

    /** In ACPI, the source of what a guest reports of an ejection that was asked of it. */
    private static final int EJECTION = 3;

    private static final int SUCCESS = 0;

    /** Linux reports this before it begins, too. */
    private static final int IN_PROGRESS = 0x84;

    static DeviceAddress of(String idOrPath) {
        return new DeviceAddress(idOrPath, idOrPath.startsWith("/") ? idOrPath : NAMED + "/" + idOrPath);
    }

    /** The path of its parent. */
    String container() {
        return path.substring(0, path.lastIndexOf('/'));
    }

    /** Whether it is among the children of its parent, as {@code qom-list} lists them. */
    boolean isAmong(JsonNode children) {
        String member = path.substring(path.lastIndexOf('/') + 1);
        return children.valueStream()
                .anyMatch(child -> child.path("name").asString("").equals(member));
    }

    /** Whether an event is about its removal. */
    boolean isMeantBy(QmpEvent event) {
        return isRemovedBy(event) || isPartRemovedBy(event) || refusalIn(event).isPresent();
    }

    boolean isRemovedBy(QmpEvent event) {
        return event.name().equals("DEVICE_DELETED") && isNamedIn(event.data());
    }

    /** Whether a part of it was removed: so is a CPU, which has no event of its own, and so a virtio device begins to be. */
    boolean isPartRemovedBy(QmpEvent event) {
        return event.name().equals("DEVICE_DELETED")
                && event.data().path("path").asString("").startsWith(path + "/");
    }

    /** The guest's reason not to release it, which may be empty text; nothing if the event is no such refusal. */
    Optional<String> refusalIn(QmpEvent event) {
        JsonNode data = event.data();
        return switch (event.name()) {
            case "DEVICE_UNPLUG_GUEST_ERROR", "MEM_UNPLUG_ERROR" ->
                Optional.of(data.path("msg").asString("")).filter(reason -> isNamedIn(data));
            case "ACPI_DEVICE_OST" ->
                Optional.of(data.path("info"))
                        .filter(info -> isNamedIn(info) && info.path("source").asInt(0) == EJECTION)
                        .map(info -> info.path("status").asInt(SUCCESS))
                        .filter(status -> status != SUCCESS && status != IN_PROGRESS)
                        .map(status -> "ACPI status 0x" + Integer.toHexString(status));
            default -> Optional.empty();
        };
    }

    /** Events name it by its id, its path or both. */
    private boolean isNamedIn(JsonNode data) {
        JsonNode id = data.path("device");
        return path.equals(data.path("path").asString(""))
                || (id.isString() && path.equals(NAMED + "/" + id.asString()));
    }
}
