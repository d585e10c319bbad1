package io.github.qmpreactive.test.vm;

import java.util.stream.Stream;

/** Lines of the human monitor. */
final class HumanScenarios {

    private HumanScenarios() {}

    static Stream<VmScenario> all() {
        return Stream.of(
                        VmScenario.of("lines of the human monitor").steps(d -> {
                            said(d, "stop", "STOP");
                            print(d, "info status", "s");
                            said(d, "c", "RESUME");
                            print(d, "info status", "cont");
                            said(d, "system_powerdown", "POWERDOWN");
                            said(d, "system_reset", "RESET");
                            d.send("device_add {'driver': 'usb-tablet', 'id': 'tablet0'}");
                            said(d, "device_del tablet0", "DEVICE_DELETED");
                            said(d, "stop", "STOP");
                            said(d, "system_reset", "RESET");
                            print(d, "info status");
                        }),
                        VmScenario.of("lines of the human monitor that are wrong, or unknown")
                                .steps(d -> {
                                    print(
                                            d,
                                            "frobnicate",
                                            "frobnicate now",
                                            "info frobnicate",
                                            "INFO status",
                                            "sto",
                                            "",
                                            "  ");
                                    print(d, "info status x", "stop x", "s x", "cont x", "quit x", "system_reset x");
                                    print(d, "device_del", "device_del a b", "device_del nope", "netdev_del nope");
                                    print(
                                            d,
                                            "object_del nope",
                                            "chardev-remove nope",
                                            "system_wakeup",
                                            " info  status ");
                                    d.send("human-monitor-command {'command-line': 'info status', 'cpu-index': 1}")
                                            .send(
                                                    "human-monitor-command {'command-line': 'info status', 'cpu-index': 0}")
                                            .send(
                                                    "human-monitor-command {'command-line': 'frobnicate', 'cpu-index': -1}")
                                            .send("human-monitor-command {'command-line': 5}")
                                            .send("human-monitor-command");
                                }),
                        VmScenario.of("what the human monitor tells of a machine")
                                .paused()
                                .with(vm -> vm.withName("vm1"), "-name", "vm1")
                                .steps(d -> print(d, "info status", "info name", "info uuid", "info kvm")),
                        VmScenario.of("a machine without a name").steps(d -> print(d, "info name")))
                .map(VmScenario::ofVersion);
    }

    private static void print(Dialogue dialogue, String... lines) {
        for (String line : lines) {
            said(dialogue, line);
        }
    }

    private static void said(Dialogue dialogue, String line, String... causes) {
        dialogue.send("human-monitor-command {'command-line': '" + line + "'}", causes);
    }
}
