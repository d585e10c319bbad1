package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeGuestBehavior;
import io.github.qmpreactive.test.vm.FakeMigration;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;

@Tag("browser")
@DisplayName("Console: a browser, at fakes")
@ExtendWith(LeakGuard.class)
class ConsolePageBrowserTest {

    private static final String NOWHERE = "off=unix:/nowhere/off.sock";

    @BeforeAll
    static void startChromium() {
        Chromium.start(1);
    }

    @AfterAll
    static void quitChromium() {
        Chromium.quit();
    }

    /** With what the page asks of each machine, and a fake does not know by itself. */
    static FakeVm machine() {
        return FakeVm.create().withServer(server -> server.when("query-block")
                .reply("[]")
                .when("query-named-block-nodes")
                .reply("[]"));
    }

    @Test
    @DisplayName(
            "The link to the content leads there; an address of no machine is told; a title is that of what is shown")
    void addresses() {
        try (RunningFakeVm vm = machine().start();
                RunningConsole console = RunningConsole.at("vm=" + vm.address() + "," + NOWHERE);
                Chromium browser = new Chromium(console)) {
            browser.open("#/vm");
            browser.await("status", "running");
            browser.tab();
            assertEquals("Skip to the machine", browser.focused());
            browser.type(Keys.ENTER);
            browser.awaitScript("document.activeElement.id === 'content'");
            assertEquals("#/vm", browser.script("return location.hash"));
            assertTrue(browser.id("machine").isDisplayed());
            browser.script("location.hash = '#/%'");
            browser.await("choose", "There is no machine %.");
            browser.script("location.hash = '#/off'");
            browser.await("link", "QEMU does not run, next attempt in ");
            awaitCountdown(browser);
            browser.script("location.hash = '#/'");
            browser.await("choose", "Choose a machine.");
            awaitCountdown(browser);
            assertEquals("Machines", browser.script("return document.title"));
            assertEquals(List.of(), browser.complaints());
        }
    }

    /** Waits until the list has counted down, which it does when the page of that machine would. */
    private static void awaitCountdown(Chromium browser) {
        int[] last = {0};
        Patience.until(
                () -> {
                    String words = browser.text("machines").replaceAll("(?s).*next attempt in (\\d+) s.*", "$1");
                    int left = words.matches("\\d+") ? Integer.parseInt(words) : 0;
                    boolean isNext = left == last[0] - 1 && left > 0;
                    last[0] = left;
                    return isNext;
                },
                () -> browser.text("machines"));
    }

    @Test
    @DisplayName("Without machines the page says how to have some")
    void none() {
        try (RunningConsole console = RunningConsole.with(Map.of());
                Chromium browser = new Chromium(console)) {
            browser.open("");
            browser.await("none", "No machines.");
        }
    }

    @Test
    @DisplayName("A console that is read-only offers nothing but queries")
    void readOnly() {
        FakeVm machine = machine().withDevice("rng0", "virtio-rng-pci");
        try (RunningFakeVm vm = machine.start();
                RunningFakeVm other = machine().withIncoming().start();
                RunningConsole console = RunningConsole.with(Map.of(
                        "console.machines",
                        "vm=" + vm.address() + ",other=" + other.address(),
                        "console.read-only",
                        true));
                Chromium browser = new Chromium(console)) {
            browser.open("#/vm");
            browser.await("status", "running");
            browser.await("devices", "rng0");
            browser.await("move", "other");
            assertTrue(browser.id("read-only").isDisplayed());
            for (String button : List.of("Pause", "Reset…", "Quit…", "Unplug rng0", "Move…", "Take a screenshot")) {
                assertFalse(browser.isEnabled(button), button);
            }
            browser.send("stop");
            browser.await("prompt-reply", "Failed: The console is read-only");
            browser.send("query-name");
            browser.await("prompt-reply", "{");
        }
    }

    @Test
    @DisplayName("Integers have all their digits: those that are sent at the prompt, of the reply, and of an event")
    void digits() {
        FakeVm machine =
                machine().withServer(server -> server.when("blockdev-add").reply(ConsolePromptTest.NUMBERS));
        try (RunningFakeVm vm = machine.start();
                RunningConsole console = RunningConsole.at(vm);
                Chromium browser = new Chromium(console)) {
            browser.open("#/vm");
            browser.await("status", "running");
            browser.send("blockdev-add driver=null-co size=9007199254740993");
            browser.await("prompt-reply", "\n}");
            String reply = browser.text("prompt-reply");
            assertTrue(reply.contains("\n  \"size\" : 9007199254740993,"), reply);
            assertTrue(reply.contains("18446744073709551615"), reply);
            JsonNode sent =
                    vm.server().awaitConnection().awaitCommand("blockdev-add").arguments();
            assertEquals("9007199254740993", sent.path("size").toString());
            vm.emit("NUMBERED", ConsolePromptTest.NUMBERS);
            browser.await("log", "{\"size\":9007199254740993,\"most\":18446744073709551615}");
        }
    }

    @Test
    @DisplayName("A move has a bar that says how far it is while it is under way, and is full at its end")
    void moves() {
        FakeVm machine = machine().withMigration(FakeMigration.takes(Duration.ofSeconds(3)));
        try (RunningFakeVm vm = machine.start();
                RunningFakeVm other = machine().withIncoming().start();
                RunningConsole console = RunningConsole.at("vm=" + vm.address() + ",other=" + other.address());
                Chromium browser = new Chromium(console)) {
            browser.open("#/vm");
            browser.await("status", "running");
            browser.script("window.values = [];"
                    + "new MutationObserver(changes => changes.forEach(change => values.push(change.target.value)))"
                    + ".observe(document.getElementById('tasks'), {subtree: true, attributeFilter: ['value']})");
            browser.press("Move…");
            browser.press("Move");
            browser.await("tasks", "Move to other\ndone");
            browser.awaitScript("values.some(value => value > 0 && value < 100)");
            browser.awaitScript("document.querySelector('#tasks progress').value === 100");
        }
    }

    @Test
    @DisplayName("A machine that is given up says why, and a button connects again")
    void gaveUp() {
        try (RunningFakeQmpServer other =
                        FakeQmpServer.create().withGreeting("{\"hello\": 1}").startUnix();
                RunningConsole console = RunningConsole.at("vm=" + other.address());
                Chromium browser = new Chromium(console)) {
            browser.open("#/vm");
            browser.await("link", "given up: it is no QMP monitor");
            browser.press("Connect again");
            other.awaitConnection(1);
        }
    }

    @Test
    @DisplayName("A page that was too slow, or away for long, says so, and goes on")
    void behind() {
        try (RunningFakeVm vm = machine().start();
                RunningConsole console = RunningConsole.at(vm);
                Chromium browser = new Chromium(console)) {
            browser.open("#/vm");
            browser.await("status", "running");
            browser.script("window.told = []; window.sources = [];"
                    + "const link = document.getElementById('page-link');"
                    + "new MutationObserver(() => told.push(link.textContent)).observe(link, {childList: true});"
                    + "window.EventSource = class extends EventSource {"
                    + "  constructor(url) { super(url); sources.push(this); }"
                    + "};");
            browser.hide(true);
            console.awaitWatchers(0);
            for (int i = 0; i < Log.KEPT + 5; i++) {
                vm.emit("NUMBERED", "{\"n\": " + i + "}");
            }
            console.entries("")
                    .filter(entry -> RunningConsole.eventData(entry).path("n").asInt(0) == Log.KEPT + 4)
                    .blockFirst(Patience.PATIENCE);
            browser.hide(false);
            browser.await("log", "Missed here");
            browser.script("sources.at(-1).dispatchEvent(new MessageEvent('overflow'))");
            browser.awaitScript("told.includes('This page was too slow; connecting again')");
            browser.await("page-link", "Live");
        }
    }

    @Test
    @DisplayName(
            "A console that ends under the page is told; the page goes on when it is started again, and says what it missed")
    void restarts() {
        try (RunningFakeVm vm = machine().start()) {
            Map<String, Object> properties = new HashMap<>(Map.of("console.machines", "vm=" + vm.address()));
            try (RunningConsole console = RunningConsole.with(properties);
                    Chromium browser = new Chromium(console)) {
                properties.put("server.port", console.port());
                browser.open("#/vm");
                browser.await("status", "running");
                browser.await("log", "up");
                console.stop();
                browser.await("page-link", "The console does not answer; connecting again");
                try (RunningConsole again = RunningConsole.with(properties)) {
                    browser.await("page-link", "Live");
                    browser.await("log", "Missed here\nThe console was started again");
                    browser.press("Pause");
                    browser.await("status", "paused");
                    again.awaitState("vm", "up", "paused");
                    browser.leave();
                }
            }
        }
    }

    @Test
    @DisplayName("Buttons that make no sense in a state are disabled; tasks are listed from the newest on, also anew")
    void sense() {
        FakeVm machine = machine()
                .withDevice("rng0", "virtio-rng-pci")
                .withDevice("rng1", "virtio-rng-pci")
                .withNode("disk0", 64 << 20)
                .withNode("disk1", 64 << 20)
                .withServer(
                        server -> server.when("query-block")
                                .reply("[]")
                                .when("query-named-block-nodes")
                                .reply(
                                        "[{\"node-name\": \"disk0\", \"drv\": \"raw\"}, {\"node-name\": \"disk1\", \"drv\": \"raw\"}]"))
                .withGuest(FakeGuestBehavior.create().keepsDevices());
        try (RunningFakeVm vm = machine.start();
                RunningFakeVm other = machine().withIncoming().start();
                RunningFakeVm third = machine().withIncoming().start();
                RunningConsole console = RunningConsole.at(
                        "vm=" + vm.address() + ",other=" + other.address() + ",third=" + third.address());
                Chromium browser = new Chromium(console)) {
            browser.open("#/vm");
            browser.await("status", "running");
            browser.await("disks", "disk1");
            browser.await("machines", "third\ninmigrate");
            assertTrue(browser.isEnabled("Move…"));
            assertTrue(browser.isEnabled("Back up…"));
            browser.script("const list = document.getElementById('copy-to'); list.value = 'disk0';"
                    + "list.dispatchEvent(new Event('change', {bubbles: true}))");
            assertFalse(browser.isEnabled("Back up…"));
            for (String device : List.of("rng0", "rng1")) {
                browser.press("Unplug " + device);
                browser.press("Unplug");
                browser.await("tasks", "Unplug " + device);
                Patience.until(() -> !browser.isEnabled("Unplug " + device), () -> device + " can be unplugged twice");
            }
            List<String> tasks = List.of("Unplug rng1", "Unplug rng0");
            assertEquals(tasks, browser.texts("#tasks .what"));
            browser.await("tasks", "Unplug rng1\nwaiting for the guest");
            vm.guest().refuses("rng1");
            browser.await("tasks", "Unplug rng1\nfailed\nthe guest refuses");
            Patience.until(() -> browser.isEnabled("Unplug rng1"), () -> "It cannot be asked again");
            browser.reload();
            browser.await("tasks", "rng1");
            assertEquals(tasks, browser.texts("#tasks .what"));
            vm.guest().suspends();
            browser.await("status", "suspended");
            assertFalse(browser.isEnabled("Resume"));
            browser.press("Wake up");
            browser.await("status", "running");
            assertFalse(browser.isEnabled("Wake up"));
            browser.find(By.partialLinkText("third")).click();
            browser.await("name", "third");
            browser.await("status", "inmigrate");
            assertFalse(browser.isEnabled("Move…"));
        }
    }
}
