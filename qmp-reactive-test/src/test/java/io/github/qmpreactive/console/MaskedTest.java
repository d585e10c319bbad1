package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("Console: what QEMU says is masked")
class MaskedTest {

    private static void assertJson(String masked, String json) {
        assertEquals(masked, Masked.json(JsonMapper.shared().readTree(json)).toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Could not open '/var/lib/web.img': No such file | Could not open '…': No such file",
                "Could not open '/var/my images/a, b:c.img': No such file | Could not open '…': No such file",
                "Could not open 'images/web.img': No such file | Could not open '…': No such file",
                "Could not open 'web.img': No such file | Could not open '…': No such file",
                "Failed to get lock on /machine-images/web.img | Failed to get lock on …",
                "Failed to get lock on ../web: busy | Failed to get lock on …: busy",
                "disk0: /var/my images/web.img (raw) | disk0: … (raw)",
                "backed by images/web.img, it is | backed by …, it is",
                "Failed to connect to 'db.example.org:4444': refused | Failed to connect to '…': refused",
                "address resolution failed for db.example.org:4444: unknown | address resolution failed for …: unknown",
                "Could not resolve host: db | Could not resolve host: …",
                "Could not resolve host: db.example.org. Is it up? | Could not resolve host: …. Is it up?",
                "Certificate does not match the hostname db | Certificate does not match the hostname …",
                "failed on host db, port 1 | failed on host …, port 1",
                "db.example.org refused, and db-2.local: closed | … refused, and …: closed",
                "at 10.0.0.5:4444, /run/x:4444 and 2.0 | at …, … and 2.0",
                "at fe80::1%eth0, ::1 and [2001:db8::7]:4444 | at …, … and …",
                "at 2001:db8:0:0:0:0:0:7 | at …",
                "by unix:/run/a,b.sock and nbd://host/disk | by … and …",
                "a json:{\"driver\": \"file\"} | a …"
            })
    @DisplayName("Paths, sockets, addresses and names of hosts are replaced, also within sentences")
    void hides(String said, String shown) {
        assertEquals(shown, Masked.text(said));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Device 'x' not found",
                "Parameter 'file.driver' is missing",
                "'/machine/peripheral/vda' is not removable",
                "Bus '/machine/peripheral/a/b' does not exist",
                "There's a migration process in progress, isn't it",
                "Input/output error and/or none, at 52:54:00:12:34:56",
                "host and/or port not specified, e.g. of pcie.0 (i.e. none)",
                "Property 'virtio-blk-pci.drive' can't find value 'a'",
                "virtio-blk-pci.drive.0 of pc-i440fx-7.2 and x86_64-cpu.feature-x",
                "QEMU 7.2.1 at 0000:00:1f.2",
                "Failed to get \"write\" lock"
            })
    @DisplayName("What QEMU calls its own things is kept")
    void keeps(String said) {
        assertEquals(said, Masked.text(said));
    }

    @Test
    @DisplayName("Members that are paths or hosts are replaced as a whole, and so are texts that begin as paths do")
    void members() {
        assertJson("{\"filename\":\"disconnected:…\"}", "{\"filename\": \"disconnected:unix:/run/w.sock,server=on\"}");
        assertJson("{\"file\":\"…\",\"drv\":\"raw\"}", "{\"file\": \"web\", \"drv\": \"raw\"}");
        assertJson("{\"backing-filename\":\"…\"}", "{\"backing-filename\": \"my images, old/web\"}");
        assertJson("{\"host\":\"…\",\"port\":\"4444\"}", "{\"host\": \"db\", \"port\": \"4444\"}");
        assertJson("{\"name\":\"web.disk\",\"x\":\"in …\"}", "{\"name\": \"web.disk\", \"x\": \"in db.example\"}");
        assertJson("{\"x\":\"…\"}", "{\"x\": \"/var/my images/a: b, c\"}");
        assertJson("{\"x\":\"…\"}", "{\"x\": \"images/web\"}");
        assertJson("{\"qom-path\":\"/machine/peripheral/vda\"}", "{\"qom-path\": \"/machine/peripheral/vda\"}");
        assertJson("{\"path\":\"/machine/a[0]\",\"n\":[1,true]}", "{\"path\": \"/machine/a[0]\", \"n\": [1, true]}");
    }

    @Test
    @DisplayName("A path is replaced as a whole, however long it is")
    void longPaths() {
        for (int length : new int[] {1, 255, 256, 4096, 100_000}) {
            String path = "images/" + "x".repeat(length) + "/web.img";
            assertEquals("backed by …, it is", Masked.text("backed by " + path + ", it is"), () -> length + " letters");
        }
    }

    @Test
    @Tag("long")
    @DisplayName("A long text takes no longer for each of its letters, whatever they are")
    void longTexts() {
        for (String part : new String[] {
            "x", "a-", "a.", "a:", "1:", "/a", " /", "'a", "\"", ".", ": ", "a/", "::", "ab ", "a.b ", "host ", ",a/",
            "=a/", "(a/"
        }) {
            String text = part.repeat((1 << 18) / part.length());
            assertTrue(Masked.text(text).length() <= text.length(), part);
        }
    }
}
