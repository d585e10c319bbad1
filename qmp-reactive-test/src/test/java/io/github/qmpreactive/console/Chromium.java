package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.test.Patience;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.By;
import org.openqa.selenium.ElementClickInterceptedException;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeOptions;

/** A headless Chromium that looks at the console. */
final class Chromium implements AutoCloseable {

    private static final List<String> PROGRAMS = List.of("chromium", "chromedriver");
    private static final Path PICTURES =
            Path.of(System.getProperty("basedir", "")).resolve("target/console");

    /** Kept, else its level would not be. It warns of each Chromium that is newer than Selenium, which does no harm here. */
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    static {
        SELENIUM.setLevel(Level.SEVERE);
    }

    /** Those that look at nothing: to start one takes longer than many a test. */
    private static final Queue<ChromeDriver> IDLE = new ArrayDeque<>();

    private final ChromeDriver driver;
    private final String url;

    Chromium(RunningConsole console) {
        url = "http://127.0.0.1:" + console.port() + "/";
        driver = IDLE.remove();
        look(1600, 1000, false);
    }

    /** Starts so many for the tests of a class. Leaves the tests out where there is no Chromium, unless that is required. */
    static void start(int browsers) {
        assumeInstalled();
        for (int i = 0; i < browsers; i++) {
            IDLE.add(start());
        }
    }

    private static ChromeDriver start() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(program(PROGRAMS.get(0)).toFile());
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
        // Not by ChromeDriverService.Builder: javac warns of its annotation, whose class Selenium does not bring.
        System.setProperty("webdriver.chrome.driver", program(PROGRAMS.get(1)).toString());
        return new ChromeDriver(options);
    }

    private static void assumeInstalled() {
        boolean required = Boolean.getBoolean("qmp.qemu.required");
        for (String program : PROGRAMS) {
            assumeTrue(required || find(program).isPresent(), () -> hint(program));
        }
    }

    private static String hint(String program) {
        return program + " is not on the PATH: apt-get install chromium chromium-driver";
    }

    private static Path program(String name) {
        return find(name).orElseThrow(() -> new IllegalStateException(hint(name) + " (qmp.qemu.required is true)"));
    }

    private static Optional<Path> find(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** How large its window is, and whether it is dark. */
    void look(int width, int height, boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
                                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    void open(String fragment) {
        driver.get(url + fragment);
    }

    void leave() {
        driver.get("about:blank");
    }

    void back() {
        driver.navigate().back();
    }

    void reload() {
        driver.navigate().refresh();
    }

    WebElement find(By by) {
        return driver.findElement(by);
    }

    WebElement id(String id) {
        return driver.findElement(By.id(id));
    }

    /** What people see of an element; empty while it is not there. */
    String text(String id) {
        try {
            return id(id).getText();
        } catch (NoSuchElementException | StaleElementReferenceException e) {
            return "";
        }
    }

    private Optional<WebElement> button(String words) {
        return driver
                .findElements(
                        By.xpath("//button[normalize-space() = '" + words + "' or @aria-label = '" + words + "']"))
                .stream()
                .filter(WebElement::isDisplayed)
                .findFirst();
    }

    /** Whether a button makes sense; fails if there is none. */
    boolean isEnabled(String words) {
        try {
            return button(words)
                    .orElseThrow(() -> new AssertionError("There is no button " + words))
                    .isEnabled();
        } catch (StaleElementReferenceException e) {
            return isEnabled(words);
        }
    }

    /** What is typed in a field. */
    String value(String id) {
        return String.valueOf(id(id).getDomProperty("value"));
    }

    /** What people see of each element. */
    List<String> texts(String selector) {
        return driver.findElements(By.cssSelector(selector)).stream()
                .map(WebElement::getText)
                .toList();
    }

    /** Waits until there is a button with a text or a label, and it makes sense, and presses it. */
    void press(String words) {
        Patience.until(() -> pressed(words), () -> words + " cannot be pressed");
    }

    private boolean pressed(String words) {
        try {
            Optional<WebElement> enabled = button(words).filter(WebElement::isEnabled);
            enabled.ifPresent(WebElement::click);
            return enabled.isPresent();
        } catch (StaleElementReferenceException | ElementClickInterceptedException e) {
            return false;
        }
    }

    /** Follows a link when it is there. */
    void follow(String words) {
        Patience.until(() -> !driver.findElements(By.partialLinkText(words)).isEmpty(), () -> "No link to " + words);
        find(By.partialLinkText(words)).click();
    }

    /** Types at the element that has the focus. */
    void type(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
    }

    String focused() {
        WebElement element = driver.switchTo().activeElement();
        return element.getText().isEmpty() ? element.getTagName() : element.getText();
    }

    void tab() {
        type(Keys.TAB);
    }

    /** Waits until an element contains words. */
    void await(String id, String words) {
        Patience.until(() -> text(id).contains(words), () -> "#" + id + " is: " + text(id) + "; not: " + words);
    }

    Object script(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** Waits until a script returns true. */
    void awaitScript(String script) {
        Patience.until(() -> Boolean.TRUE.equals(script("return " + script)), () -> "Not: " + script);
    }

    /** Has the page hidden, as behind another tab, or seen. */
    void hide(boolean hidden) {
        script("Object.defineProperty(document, 'hidden', {value: " + hidden + ", configurable: true});"
                + "document.dispatchEvent(new Event('visibilitychange'))");
    }

    /** Holds what the page asks of the console at paths that end so. */
    void hold(String path) {
        script("window.held = []; window.ended = 0; window.fetchNow ??= window.fetch;"
                + "window.fetch = (path, options) => path.endsWith('" + path + "')"
                + "  ? new Promise(go => held.push(go)).then(() => fetchNow(path, options)).finally(() => ended++)"
                + "  : fetchNow(path, options);");
    }

    /** Asks the console for something else, and waits for the answer: what was asked for before has been answered. */
    void roundTrip() {
        script(
                "window.isBack = false; (window.fetchNow ?? fetch)('api/console').then(answer => answer.text()).then(() => isBack = true)");
        awaitScript("isBack");
    }

    void awaitHeld() {
        awaitScript("held.length === 1");
    }

    void release() {
        script("window.fetch = fetchNow; held.splice(0).forEach(go => go())");
    }

    /** Types a line at the prompt, and sends it. */
    void send(String line) {
        id("prompt-line").clear();
        id("prompt-line").sendKeys(line);
        type(Keys.ESCAPE, Keys.ENTER);
    }

    /** The errors of the page's scripts, and what the page was refused. */
    List<String> complaints() {
        return driver.manage().logs().get("browser").getAll().stream()
                .map(entry -> entry.getLevel() + " " + entry.getMessage())
                .filter(line -> line.startsWith("SEVERE") && !line.contains("status of 428"))
                .toList();
    }

    /** What axe-core finds: what people with a screen reader, or with weak eyes, cannot use. */
    List<String> barriers() {
        try (InputStream axe = Objects.requireNonNull(Chromium.class.getResourceAsStream("/axe.min.js"))) {
            driver.executeScript(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Object found = driver.executeAsyncScript("const done = arguments[0];"
                + "axe.run().then(all => done(all.violations.map(one => one.id + ': ' + one.nodes.map(node => node.html).join(' '))),"
                + " error => done([String(error)]));");
        return ((List<?>) Objects.requireNonNull(found))
                .stream().map(String::valueOf).toList();
    }

    /** Writes what is seen to {@code target/console}. */
    void picture(String name) {
        try {
            Files.createDirectories(PICTURES);
            Files.write(PICTURES.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Leaves the page; each test has a console at another port, and so has nothing of the one before. */
    @Override
    public void close() {
        leave();
        complaints();
        IDLE.add(driver);
    }

    /** Ends those that were started. */
    static void quit() {
        while (!IDLE.isEmpty()) {
            IDLE.remove().quit();
        }
    }
}
