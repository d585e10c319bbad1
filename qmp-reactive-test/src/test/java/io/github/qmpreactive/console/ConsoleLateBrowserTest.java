package io.github.qmpreactive.console;

import static io.github.qmpreactive.console.ConsolePageBrowserTest.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeJob;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunState;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;

@Tag("browser")
@DisplayName("Console: a browser, and answers that come late")
@ExtendWith(LeakGuard.class)
class ConsoleLateBrowserTest {

    @BeforeAll
    static void startChromium() {
        Chromium.start(1);
    }

    @AfterAll
    static void quitChromium() {
        Chromium.quit();
    }

    private static RunningConsole console(RunningFakeVm vm, RunningFakeVm other) {
        return RunningConsole.at("vm=" + vm.address() + ",other=" + other.address());
    }

    private static long count(Chromium browser, String line) {
        return browser.texts("#log .more").stream().filter(line::equals).count();
    }

    @Test
    @DisplayName("Two questions are asked one after the other, and an answer is for one of them")
    void questions() {
        try (RunningFakeVm vm = machine().start();
                RunningConsole console = RunningConsole.at(vm);
                Chromium browser = new Chromium(console)) {
            browser.open("#/vm");
            browser.await("status", "running");
            browser.script("for (const command of ['system_reset', 'quit'])"
                    + " document.querySelector(`[data-command=${command}]`).click()");
            browser.await("confirm-title", "vm?");
            String first = browser.text("confirm-title");
            browser.press("Cancel");
            String second = first.startsWith("Reset") ? "Quit vm?" : "Reset vm?";
            browser.await("confirm-title", second);
            browser.press("Cancel");
            Patience.until(() -> !browser.id("confirm").isDisplayed(), () -> "A question is left");
            browser.send("query-name");
            browser.await("prompt-reply", "> query-name");
            assertTrue(vm.isAlive());
            assertEquals(List.of("up"), browser.texts("#log .more"));
        }
    }

    @Test
    @DisplayName("A line is sent to the machine at which it was typed, once, and what is typed meanwhile stays")
    void prompt() {
        try (RunningFakeVm vm = machine().start();
                RunningFakeVm other = machine().start();
                RunningConsole console = console(vm, other);
                Chromium browser = new Chromium(console)) {
            browser.open("#/vm");
            browser.await("status", "running");
            browser.id("prompt-line").sendKeys("stop");
            browser.await("prompt-list", "stop");
            browser.hold("/prompt");
            browser.type(Keys.ESCAPE, Keys.ENTER);
            browser.awaitHeld();
            browser.script("location.hash = '#/other'");
            browser.await("name", "other");
            browser.await("status", "running");
            browser.release();
            browser.send("query-name");
            browser.await("prompt-reply", "> query-name");
            assertEquals(RunState.RUNNING, other.runState());
            assertEquals(RunState.RUNNING, vm.runState());

            browser.hold("/lines");
            browser.send("stop");
            browser.awaitHeld();
            browser.type(Keys.ENTER);
            browser.roundTrip();
            browser.roundTrip();
            browser.release();
            browser.await("log", "stop: done");
            browser.await("prompt-reply", "> stop");
            browser.hold("/lines");
            browser.send("cont");
            browser.awaitHeld();
            browser.id("prompt-line").clear();
            browser.id("prompt-line").sendKeys("query-s");
            browser.release();
            browser.await("prompt-reply", "> cont");
            assertEquals("query-s", browser.value("prompt-line"));
            browser.await("log", "cont: done");
            assertEquals(1, count(browser, "stop: done"));
        }
    }

    @Test
    @DisplayName("An error is shown where it was caused, and not at another machine")
    void errors() {
        FakeVm failing = machine().withServer(server -> server.when("stop")
                .error("GenericError", "not now")
                .when("add-fd")
                .error("GenericError", "no display"));
        try (RunningFakeVm vm = failing.start();
                RunningFakeVm other = machine().start();
                RunningConsole console = console(vm, other);
                Chromium browser = new Chromium(console)) {
            browser.open("#/vm");
            browser.await("status", "running");
            browser.press("Pause");
            browser.await("action-error", "Pause: not now");
            browser.press("Take a screenshot");
            browser.await("display-error", "no display");
            browser.hold("/screen");
            browser.press("Take a screenshot");
            browser.awaitHeld();
            browser.script("location.hash = '#/other'");
            browser.await("name", "other");
            assertEquals("", browser.text("action-error"));
            browser.release();
            browser.awaitScript("ended > 0");
            browser.roundTrip();
            assertEquals("", browser.text("display-error"));
            browser.script("window.fetch = path => Promise.resolve(new Response('', {status: 502}))");
            browser.press("Take a screenshot");
            browser.await("display-error", "Refused: 502");
        }
    }

    /** Has paths that end so answered by the test, in any order. */
    private static void answer(Chromium browser, String path) {
        browser.script("window.answers = []; window.fetchNow ??= window.fetch;"
                + "window.fetch = (path, options) => path.endsWith('" + path + "')"
                + "  ? new Promise(answer => answers.push(answer)) : fetchNow(path, options);");
    }

    private static void awaitAsked(Chromium browser, int number) {
        browser.awaitScript("answers.length === " + number);
    }

    private static void refuse(Chromium browser, int number) {
        browser.script("answers[" + number + "](new Response('too late', {status: 502}))");
        browser.roundTrip();
    }

    private static void tell(Chromium browser, int number, String device) {
        browser.script("answers[" + number + "](new Response(JSON.stringify({disks: [], devices: [{id: '" + device
                + "', type: 'x'}]}), {headers: {'Content-Type': 'application/json'}}))");
        browser.roundTrip();
    }

    @Test
    @DisplayName("Who goes back has answered all questions of the page with no, also one that would come after that")
    void goesBack() {
        try (RunningFakeVm vm = machine().start();
                RunningFakeVm other = machine().start();
                RunningConsole console = console(vm, other);
                Chromium browser = new Chromium(console)) {
            browser.open("#/other");
            browser.await("status", "running");
            browser.follow("vm");
            browser.await("name", "vm");
            browser.script("for (const command of ['system_reset', 'quit'])"
                    + " document.querySelector(`[data-command=${command}]`).click()");
            browser.await("confirm-title", "vm?");
            browser.roundTrip();
            browser.back();
            browser.await("name", "other");
            Patience.until(() -> !browser.id("confirm").isDisplayed(), () -> "A question is left");
            browser.roundTrip();
            assertFalse(browser.id("confirm").isDisplayed());
            browser.follow("vm");
            browser.await("name", "vm");
            browser.hold("/commands");
            browser.press("Quit…");
            browser.awaitHeld();
            browser.back();
            browser.await("name", "other");
            browser.release();
            browser.awaitScript("ended > 0");
            browser.roundTrip();
            assertFalse(browser.id("confirm").isDisplayed());
            assertEquals(List.of(), vm.server().awaitConnection().received("quit"));
            assertEquals(List.of(), vm.server().awaitConnection().received("system_reset"));
            assertTrue(browser.text("log").contains("up"));
        }
    }

    @Test
    @DisplayName("A cancel that fails is told while the task goes on; behind its end it does not hide why that came")
    void cancelFails() {
        FakeVm machine = machine()
                .withNode("disk0", 64 << 20)
                .withNode("copy0", 64 << 20)
                .withJobs(FakeJob.waits());
        try (RunningFakeVm vm = machine.start();
                RunningConsole console = RunningConsole.at(vm);
                Chromium browser = new Chromium(console)) {
            browser.open("#/vm");
            browser.await("status", "running");
            browser.send("blockdev-backup device=disk0 target=copy0 sync=full job-id=j");
            browser.press("Run it");
            browser.await("tasks", "running");
            answer(browser, "/cancel");
            browser.press("Cancel blockdev-backup disk0 to copy0");
            awaitAsked(browser, 1);
            refuse(browser, 0);
            browser.await("tasks", "Not cancelled: too late");
            vm.jobs().reaches("j", 0.5);
            browser.awaitScript("document.querySelector('#tasks progress').value === 50");
            browser.await("tasks", "Not cancelled: too late");
            browser.press("Cancel blockdev-backup disk0 to copy0");
            awaitAsked(browser, 2);
            vm.jobs().fails("j", "No space left on device");
            browser.await("tasks", "failed\nNo space left on device");
            refuse(browser, 1);
            assertFalse(browser.text("tasks").contains("Not cancelled"), browser.text("tasks"));
            browser.await("tasks", "failed\nNo space left on device");
        }
    }

    @Test
    @DisplayName(
            "An answer about devices counts until there is a newer one; that they were not read, until the link is lost")
    void devices() {
        try (RunningFakeVm vm = machine().start();
                RunningConsole console = RunningConsole.at(vm);
                Chromium browser = new Chromium(console)) {
            browser.open("#/vm");
            browser.await("status", "running");
            // When the machine is up, and by that entry of the log.
            browser.awaitScript("performance.getEntriesByType('resource')"
                    + ".filter(asked => asked.name.endsWith('/devices')).length === 2");
            answer(browser, "/devices");
            for (int number = 1; number <= 4; number++) {
                vm.emit("DEVICE_DELETED", "{\"path\": \"/machine/peripheral/x\"}");
                awaitAsked(browser, number);
            }
            tell(browser, 3, "newest");
            browser.await("devices", "newest");
            tell(browser, 1, "older");
            refuse(browser, 2);
            assertTrue(browser.text("devices").contains("newest"), browser.text("devices"));
            assertEquals("", browser.text("reading-error"));
            vm.emit("DEVICE_DELETED", "{\"path\": \"/machine/peripheral/x\"}");
            awaitAsked(browser, 5);
            refuse(browser, 4);
            browser.await("reading-error", "Not read: too late");
            tell(browser, 0, "oldest");
            browser.await("reading-error", "Not read: too late");
            vm.kill();
            browser.await("link", "next attempt in");
            assertEquals("", browser.text("reading-error"));
        }
    }
}
