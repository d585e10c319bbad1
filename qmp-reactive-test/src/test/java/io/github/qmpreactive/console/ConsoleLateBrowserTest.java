package io.github.qmpreactive.console;

import static io.github.qmpreactive.console.ConsolePageBrowserTest.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
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
}
