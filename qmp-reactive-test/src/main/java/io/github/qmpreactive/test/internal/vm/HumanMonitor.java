package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.internal.vm.machine.Machine;
import io.github.qmpreactive.test.internal.vm.machine.MachineState;
import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * {@code human-monitor-command}: what QEMU prints for a line of its human monitor, errors included (monitor/hmp.c). What
 * QEMU knows and the fake does not is refused, so that a test does not take it for a typing error.
 */
final class HumanMonitor {

    private static final String END = "\r\n";
    private static final String INFO = "info";

    /** What QEMU knows, one of 5.2 to 11.1. */
    private static final Set<String> NAMES = words("""
            ? announce_self balloon block_job_cancel block_job_complete block_job_pause block_job_resume
            block_job_set_speed block_passwd block_resize block_set_io_throttle block_stream boot_set c calc_dirty_rate
            cancel_vcpu_dirty_limit change chardev-add chardev-change chardev-remove chardev-send-break
            client_migrate_info closefd commit cont cpu delvm device_add device_del drive_add drive_backup drive_del
            drive_mirror dump-guest-memory dumpdtb eject exit_preconfig expire_password gdbserver getfd gpa2hpa gpa2hva
            gva2gpa help hostfwd_add hostfwd_remove i info loadvm log logfile mce memsave migrate migrate_cancel
            migrate_continue migrate_incoming migrate_pause migrate_recover migrate_set_capability migrate_set_parameter
            migrate_start_postcopy mouse_button mouse_move mouse_set nbd_server_add nbd_server_remove nbd_server_start
            nbd_server_stop netdev_add netdev_del nmi o object_add object_del one-insn-per-tb p pcie_aer_inject_error
            pmemsave print q qemu-io qom-get qom-list qom-set quit replay_break replay_delete_break replay_seek
            ringbuf_read ringbuf_write s savevm screendump sendkey set_link set_password set_vcpu_dirty_limit singlestep
            snapshot_blkdev snapshot_blkdev_internal snapshot_delete_blkdev_internal stop stopcapture sum sync-profile
            system_powerdown system_reset system_wakeup trace-event trace-file watchdog_action wavcapture x
            x_colo_lost_heartbeat xen-event-inject xen-event-list xp
            """);

    private static final Set<String> TOPICS = words("""
            accel accelerators balloon block block-jobs blockstats capture chardev cpus cpustats cryptodev dirty_rate
            dump firmware-log history hotpluggable-cpus ioapic iothreads irq jit kvm lapic mem memdev memory-devices
            memory_size_summary mice migrate migrate_capabilities migrate_parameters mtree name network numa opcount pci
            pic profile qdm qom-tree qtree ramblock rdma registers replay rocker rocker-of-dpa-flows
            rocker-of-dpa-groups rocker-ports roms sev sgx snapshots spice stats status sync-profile tlb tpm
            trace-events usb usbhost usernet uuid vcpu_dirty_limit version via virtio virtio-queue-element
            virtio-queue-status virtio-status virtio-vhost-queue-status vm-generation-id vnc
            """);

    /** Lines that do the same as a command of QMP. QEMU prints the names with their short forms. */
    private static final Map<String, String> ALONE = Map.of(
            "stop|s", "stop",
            "cont|c", "cont",
            "quit|q", "quit",
            "system_reset", "system_reset",
            "system_powerdown", "system_powerdown",
            "system_wakeup", "system_wakeup");

    /** The same, with an id. */
    private static final Map<String, String> WITH_ID = Map.of(
            "device_del", "device_del",
            "netdev_del", "netdev_del",
            "object_del", "object-del",
            "chardev-remove", "chardev-remove");

    private final VmSettings settings;
    private final Machine machine;
    private final BiFunction<String, JsonNode, Mono<JsonNode>> qmp;

    /**
     * That of a machine.
     *
     * @param qmp runs a command of QMP with its arguments
     */
    HumanMonitor(VmSettings settings, Machine machine, BiFunction<String, JsonNode, Mono<JsonNode>> qmp) {
        this.settings = settings;
        this.machine = machine;
        this.qmp = qmp;
    }

    private static Set<String> words(String text) {
        return Set.of(text.strip().split("\\s+"));
    }

    Mono<JsonNode> run(JsonNode arguments, int processors) {
        int cpu = arguments.path("cpu-index").asInt(0);
        if (cpu < 0 || cpu >= processors) {
            throw QmpRefusal.generic("Parameter 'cpu-index' expects a CPU number");
        }
        String line = arguments.path("command-line").asString("").strip();
        return print(line.isEmpty() ? List.of() : List.of(line.split("\\s+"))).map(StringNode::valueOf);
    }

    private Mono<String> print(List<String> words) {
        if (words.isEmpty()) {
            return Mono.just("");
        }
        String name = words.get(0);
        if (name.equals(INFO) && words.size() > 1) {
            return Mono.just(info(words.get(1), words.size() > 2));
        }
        for (String names : ALONE.keySet()) {
            if (List.of(names.split("\\|")).contains(name)) {
                return words.size() > 1
                        ? Mono.just(wrong(names, name, "extraneous characters at the end of line"))
                        : print(ALONE.get(names), JsonNodeFactory.instance.objectNode());
            }
        }
        if (WITH_ID.containsKey(name)) {
            return words.size() == 2
                    ? print(
                            WITH_ID.get(name),
                            JsonNodeFactory.instance.objectNode().put("id", words.get(1)))
                    : Mono.just(wrong(
                            name,
                            name,
                            words.size() < 2 ? "string expected" : "extraneous characters at the end of line"));
        }
        return Mono.just(unknown(NAMES.contains(name), name));
    }

    /** Nothing for a success. */
    private Mono<String> print(String command, ObjectNode arguments) {
        return Mono.defer(() -> qmp.apply(command, arguments))
                .map(reply -> "")
                .onErrorResume(QmpRefusal.class, e -> Mono.just("Error: " + e.description() + END));
    }

    private String info(String topic, boolean hasMore) {
        Map<String, Supplier<String>> known = Map.of(
                "status", this::status,
                "name", () -> settings.name,
                "uuid", () -> settings.uuid.toString(),
                "kvm", () -> "kvm support: disabled",
                "version", this::version);
        Supplier<String> text = known.get(topic);
        if (text == null) {
            return unknown(TOPICS.contains(topic), INFO + " " + topic);
        }
        if (hasMore) {
            return wrong(topic, INFO + " " + topic, "extraneous characters at the end of line");
        }
        String told = text.get();
        return told.isEmpty() ? "" : told + END;
    }

    private String status() {
        String state = machine.state().qmpName();
        return "VM status: "
                + (machine.isRunning()
                        ? "running"
                        : machine.state() == MachineState.PAUSED ? "paused" : "paused (" + state + ")");
    }

    private String version() {
        QemuVersion version = settings.profile.version();
        return version.major() + "." + version.minor() + "." + version.micro() + version.packageName();
    }

    private static String wrong(String printed, String asked, String what) {
        return printed + ": " + what + END + "Try \"help " + asked + "\" for more information" + END;
    }

    private static String unknown(boolean isQemus, String line) {
        if (isQemus) {
            throw QmpRefusal.generic(
                    "FakeVm has not the line '" + line + "' of the human monitor: stub human-monitor-command for it");
        }
        return "unknown command: '" + line + "'" + END;
    }
}
