package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuOptions;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.github.qmpreactive.test.qemu.TinyGuest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

@Qemu
@Tag("browser")
@DisplayName("Console: a browser, at a real QEMU")
@ExtendWith(LeakGuard.class)
class ConsoleBrowserTest {

    @BeforeAll
    static void startChromium() {
        Chromium.start(2);
    }

    @AfterAll
    static void quitChromium() {
        Chromium.quit();
    }

    private static QemuLauncher machine() {
        return QemuLauncher.system().withGuest(TinyGuest.IGNORES_POWERDOWN);
    }

    @Test
    @DisplayName("The list fills; buttons act, and are disabled where they make no sense; events arrive")
    void acts(QemuProcess other) {
        try (QemuProcess qemu = machine().start();
                RunningConsole console = RunningConsole.at("web=" + qemu.address() + ",other=" + other.address());
                Chromium browser = new Chromium(console)) {
            browser.open("");
            browser.await("machines", "other\nprelaunch");
            browser.await("machines", "web\nrunning");
            browser.await("page-link", "Live");
            browser.find(By.linkText(browser.find(By.partialLinkText("web")).getText()))
                    .click();
            browser.await("name", "web");
            browser.await("status", "running");
            assertFalse(browser.isEnabled("Resume"));
            browser.press("Pause");
            browser.await("status", "paused");
            browser.await("log", "STOP");
            browser.await("log", "stop: done");
            Patience.until(() -> !browser.isEnabled("Pause"), () -> "Pause makes no sense");
            assertFalse(browser.isEnabled("Power down…"));
            browser.press("Resume");
            browser.await("log", "RESUME");
            browser.await("machines", "web\nrunning");
            browser.press("Reset…");
            browser.await("confirm", "Reset web?");
            browser.press("Cancel");
            browser.press("Reset…");
            browser.press("Reset");
            browser.await("log", "host-qmp-system-reset");
            assertEquals("", browser.text("action-error"));
            assertEquals(List.of(), browser.complaints());
        }
    }

    @Test
    @DisplayName("A QEMU that is killed and started again under the page: down with a countdown, then up, with a gap")
    void outage(@TempDir Path folder) {
        Path socket = folder.resolve("vm.sock");
        QemuLauncher launcher = QemuLauncher.system()
                .withArgs("-chardev", "socket,id=app,path=" + socket + ",server=on,wait=off")
                .withArgs(QemuOptions.monitor("app"));
        try (RunningConsole console =
                        RunningConsole.with(Map.of("console.machines", "web=unix:" + socket, "console.retry", "1s"));
                Chromium browser = new Chromium(console)) {
            browser.open("#/web");
            browser.await("link", "QEMU does not run, next attempt in");
            assertFalse(browser.isEnabled("Quit…"));
            try (QemuProcess qemu = launcher.start()) {
                browser.await("link", "connected");
                browser.await("status", "prelaunch");
                qemu.kill();
                browser.await("link", "next attempt in");
                browser.await("status", "unknown");
            }
            try (QemuProcess qemu = launcher.start()) {
                browser.await("status", "prelaunch");
                browser.await("log", "Gap");
                browser.press("Quit…");
                browser.await("confirm", "Quit web?");
                browser.press("Quit");
                browser.await("link", "next attempt in");
                Patience.until(() -> !qemu.isAlive(), () -> "QEMU runs");
            }
            assertFalse(browser.find(By.tagName("body")).getText().contains(folder.toString()));
        }
    }

    @Test
    @DisplayName("What one browser does, another sees; back and reload lead to what was there")
    void twoBrowsers(QemuProcess other) {
        try (QemuProcess qemu = machine().start();
                RunningConsole console = RunningConsole.at("web=" + qemu.address() + ",other=" + other.address());
                Chromium one = new Chromium(console);
                Chromium two = new Chromium(console)) {
            one.open("#/web");
            two.open("#/web");
            one.await("status", "running");
            two.await("status", "running");
            one.press("Pause");
            two.await("status", "paused");
            two.await("log", "stop: done");
            two.follow("other");
            two.await("name", "other");
            two.await("status", "prelaunch");
            two.await("log", "up");
            assertFalse(two.text("log").contains("STOP"));
            two.back();
            two.await("name", "web");
            two.await("log", "STOP");
            two.reload();
            two.await("name", "web");
            two.await("log", "STOP");
            two.press("Resume");
            one.await("status", "running");
        }
    }

    @Test
    @DisplayName(
            "A page that is hidden has no stream; when it is seen again, it goes on from the last entry that it has")
    void resumes() {
        try (QemuProcess qemu = machine().start();
                RunningConsole console = RunningConsole.at("web=" + qemu.address());
                Chromium browser = new Chromium(console)) {
            browser.open("#/web");
            browser.await("status", "running");
            browser.press("Pause");
            browser.await("log", "stop: done");
            browser.hide(true);
            console.awaitWatchers(0);
            console.run("web", "{\"command\": \"cont\"}");
            browser.hide(false);
            browser.await("log", "RESUME");
            browser.await("page-link", "Live");
            assertEquals(
                    browser.text("log").indexOf("STOP"), browser.text("log").lastIndexOf("STOP"), "It came twice");
        }
    }

    @Test
    @DisplayName("The keyboard is enough: to choose a machine, to press a button, to answer a question")
    void keyboard() {
        try (QemuProcess qemu = machine().start();
                RunningConsole console = RunningConsole.at("web=" + qemu.address());
                Chromium browser = new Chromium(console)) {
            browser.open("");
            browser.await("machines", "running");
            browser.tab();
            assertEquals("Skip to the machine", browser.focused());
            browser.tab();
            browser.tab();
            assertTrue(browser.focused().startsWith("web"), browser::focused);
            browser.type(Keys.ENTER);
            browser.await("status", "running");
            assertEquals("web", browser.focused());
            browser.tab();
            assertEquals("Pause", browser.focused());
            browser.type(Keys.SPACE);
            browser.await("status", "paused");
            browser.press("Quit…");
            browser.await("confirm", "Quit web?");
            assertEquals("Cancel", browser.focused());
            browser.type(Keys.ESCAPE);
            Patience.until(() -> browser.focused().equals("Quit…"), browser::focused);
            assertTrue(qemu.isAlive());
            browser.type(Keys.SPACE);
            Patience.until(() -> browser.focused().equals("Cancel"), browser::focused);
            browser.tab();
            browser.type(Keys.ENTER);
            Patience.until(() -> !qemu.isAlive(), () -> "QEMU runs");
        }
    }
}
