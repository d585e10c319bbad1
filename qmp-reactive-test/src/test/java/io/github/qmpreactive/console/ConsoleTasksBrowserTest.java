package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.support.ui.Select;

@Qemu
@Tag("browser")
@ExtendWith(LeakGuard.class)
@DisplayName("Console: a browser, at the machines that the console starts")
class ConsoleTasksBrowserTest {

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private Chromium browser;

    @BeforeAll
    static void startChromium() {
        Chromium.start(1);
    }

    @AfterAll
    static void quitChromium() {
        Chromium.quit();
    }

    @BeforeEach
    void open() {
        OwnMachines machines = closing(OwnMachines.start());
        browser = closing(new Chromium(closing(RunningConsole.at(machines.line()))));
        browser.open("#/web");
        browser.await("status", "running");
    }

    private <T extends AutoCloseable> T closing(T resource) {
        started.push(resource);
        return resource;
    }

    /** What has been started, also if the rest was not. */
    @AfterEach
    void close() throws Exception {
        while (!started.isEmpty()) {
            started.pop().close();
        }
    }

    private void prompt(String line) {
        browser.id("prompt-line").clear();
        browser.id("prompt-line").sendKeys(line);
    }

    private void backUp(String from, String to, int speed) {
        Patience.until(() -> browser.text("disks").contains(to), () -> browser.text("disks"));
        new Select(browser.id("copy-from")).selectByValue(from);
        new Select(browser.id("copy-to")).selectByValue(to);
        browser.id("copy-speed").clear();
        browser.id("copy-speed").sendKeys(Integer.toString(speed));
        browser.press("Back up…");
        browser.await("confirm", "What is on " + to + " is overwritten.");
        browser.press("Back up");
    }

    private String newestTask() {
        return browser.texts("#tasks .what").get(0);
    }

    @Test
    @DisplayName("A backup is followed to its end, one is cancelled, and a mirror fails with QEMU's reason")
    void jobs() {
        backUp("disk0", "backup0", 0);
        browser.await("tasks", "done");
        backUp("disk0", "backup0", 1);
        browser.await("tasks", "running");
        String task = newestTask();
        browser.press("Cancel " + task);
        browser.await("confirm", "Cancel " + task + " at ");
        browser.press("Cancel it");
        browser.await("tasks", task + "\ncancelled\nit was cancelled");
        browser.send("blockdev-mirror device=disk0 target=small0 sync=full");
        browser.press("Run it");
        browser.await("tasks", "failed\nSource and target image have different sizes");
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    @DisplayName("A device is unplugged when its guest releases it; one that is not there fails with that reason")
    void unplugs() {
        browser.await("devices", "rng0");
        browser.press("Unplug rng0");
        browser.await("confirm", "Unplug rng0 of ");
        browser.press("Unplug");
        browser.await("tasks", "Unplug rng0\ndone");
        Patience.until(() -> !browser.text("devices").contains("rng0"), () -> browser.text("devices"));
        browser.await("log", "DEVICE_DELETED");
        browser.send("device_del id=nothing");
        browser.await("confirm", "device_del web?");
        browser.press("Run it");
        browser.await("tasks", "Unplug nothing\nfailed\nthere is no such device");
    }

    @Test
    @DisplayName("A guest moves to the machine that waits for it, where it runs on")
    void moves() {
        browser.press("Move…");
        browser.await("confirm", "Move the guest of web to spare?");
        browser.press("Move");
        browser.await("tasks", "Move to spare\ndone");
        browser.await("status", "postmigrate");
        browser.await("machines", "spare\nrunning");
        assertFalse(browser.isEnabled("Move…"));
        browser.follow("spare");
        browser.await("name", "spare");
        browser.await("log", "RESUME");
    }

    @Test
    @DisplayName(
            "The prompt completes by the machine's schema, refuses what does not fit, and shows replies without paths")
    void prompt() {
        prompt("query-stat");
        browser.await("prompt-list", "query-status");
        String first = browser.texts("#prompt-list .mono").get(0);
        browser.type(Keys.ARROW_DOWN, Keys.ENTER);
        Patience.until(() -> browser.value("prompt-line").equals(first + " "), () -> browser.value("prompt-line"));
        prompt("blockdev-add driver=null-co node-name=n1 read-o");
        browser.await("prompt-list", "read-only=");
        browser.type(Keys.TAB, "m");
        browser.await("prompt-problems", "read-only has to be of the type boolean");
        prompt("blockdev-add driver=nul");
        browser.await("prompt-list", "driver=null-aio");
        browser.await("prompt-problems", "driver has to be one of ");
        browser.send("blockdev-add driver=null-co size=many");
        browser.await("prompt-problems", "size has to be of the type int");
        browser.send("blockdev-add driver=null-co node-name=n1 size=1048576 read-only=on");
        browser.await("prompt-reply", "{ }");
        browser.await("log", "blockdev-add: done");
        assertEquals(
                browser.text("log").indexOf("blockdev-add"), browser.text("log").lastIndexOf("blockdev-add"));
        browser.await("disks", "n1\nnull-co · 1 MiB · read-only");
        browser.send("query-chardev");
        browser.await("prompt-reply", "disconnected:…");
        assertFalse(browser.find(By.tagName("body")).getText().contains("/tmp"));
        browser.send("human-monitor-command command-line=\"info version\"");
        browser.await("confirm", "human-monitor-command web?");
        browser.press("Cancel");
        browser.await("prompt-reply", "Not sent");
    }

    @Test
    @DisplayName("The display is shown as a picture; the chart has the commands of the last seconds")
    void display() {
        browser.follow("db");
        browser.await("name", "db");
        browser.press("Take a screenshot");
        Patience.until(
                () -> Boolean.TRUE.equals(
                        browser.script("return document.getElementById('display').naturalWidth >= 640")),
                () -> browser.text("display-error"));
        browser.send("query-cpus-fast");
        Patience.until(
                () -> Boolean.TRUE.equals(browser.script("return [...document.querySelectorAll('#chart .bar')]"
                        + ".some(bar => Number(bar.getAttribute('height')) > 0)")),
                () -> browser.text("chart-words"));
        // A latency above nothing is a point above the bottom.
        browser.awaitScript("document.querySelector('#chart .latency').getAttribute('points').split(' ')"
                + ".some(point => Number(point.split(',')[1]) < 94)");
        assertTrue(browser.text("chart-words").contains("per second"));
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    @DisplayName("At both widths, in light and dark: axe-core finds nothing, and nothing is wider than the page")
    void pictures() {
        backUp("disk0", "backup0", 4);
        browser.await("tasks", "running");
        browser.press("Take a screenshot");
        for (boolean dark : new boolean[] {false, true}) {
            for (int width : new int[] {1600, 400}) {
                browser.look(width, 1000, dark);
                browser.script("scrollTo(0, 0)");
                assertEquals(List.of(), browser.barriers(), "At " + width + (dark ? ", dark" : ", light"));
                browser.picture("machine-" + width + (dark ? "-dark" : ""));
                assertEquals(
                        Boolean.FALSE,
                        browser.script("return document.documentElement.scrollWidth > innerWidth"),
                        "It is wider than " + width);
            }
        }
        browser.look(1200, 700, false);
        browser.script("scrollTo(0, 0)");
        browser.picture("console");
        browser.look(400, 800, false);
        browser.press("Quit…");
        assertEquals(List.of(), browser.barriers());
        browser.picture("question-400");
        browser.type(Keys.ESCAPE);
        browser.script("scrollTo(0, 0)");
        browser.find(By.className("back")).click();
        browser.await("machines", "db");
        assertEquals(List.of(), browser.barriers());
        browser.picture("list-400");
    }
}
