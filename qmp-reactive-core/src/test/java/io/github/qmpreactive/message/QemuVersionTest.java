package io.github.qmpreactive.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QemuVersionTest {

    private static QemuVersion version(int major, int minor, int micro) {
        return new QemuVersion(major, minor, micro, "");
    }

    @Test
    @DisplayName("C45 versions compare as major, minor, micro")
    void order() {
        List<QemuVersion> ordered = List.of(
                version(2, 11, 99),
                version(2, 12, 0),
                version(7, 1, 90),
                version(7, 2, 0),
                version(7, 2, 22),
                version(7, 2, 50),
                version(7, 10, 0),
                version(10, 0, 0));
        for (int i = 0; i < ordered.size(); i++) {
            for (int j = 0; j < ordered.size(); j++) {
                assertEquals(
                        Integer.compare(i, j),
                        Integer.signum(ordered.get(i).compareTo(ordered.get(j))),
                        ordered.get(i) + " and " + ordered.get(j));
            }
        }
    }

    @Test
    @DisplayName("C45 the package's name is not compared, but tells versions apart")
    void packageName() {
        QemuVersion debian = new QemuVersion(7, 2, 0, "Debian");
        assertEquals(0, debian.compareTo(version(7, 2, 0)));
        assertNotEquals(version(7, 2, 0), debian);
        assertTrue(debian.compareTo(version(7, 2, 1)) < 0);
    }

    @ParameterizedTest(name = "{0}.{1}.{2} is at least {3}.{4}: {5}")
    @CsvSource({
        "7,2,0, 7,2, true",
        "7,2,22, 7,2, true",
        "7,2,0, 7,1, true",
        "7,2,0, 7,3, false",
        "7,2,99, 7,3, false",
        "7,2,0, 6,9, true",
        "7,2,0, 8,0, false",
        "7,2,0, 8,2, false",
        "10,0,0, 9,2, true"
    })
    @DisplayName("C45 a version is at least another one by major and minor; a candidate of it is not yet")
    void atLeast(int major, int minor, int micro, int atMajor, int atMinor, boolean expected) {
        assertEquals(expected, version(major, minor, micro).isAtLeast(atMajor, atMinor));
    }

    @ParameterizedTest(name = "micro {0}")
    @CsvSource({"0,false,false", "49,false,false", "50,true,false", "89,true,false", "90,true,true", "94,true,true"})
    @DisplayName("C45 micro 50 and more is a development build, 90 and more a release candidate")
    void development(int micro, boolean development, boolean candidate) {
        assertEquals(development, version(8, 1, micro).isDevelopment());
        assertEquals(candidate, version(8, 1, micro).isReleaseCandidate());
    }

    @Test
    @DisplayName("A version is printed as people write it, with the package's name if there is one")
    void text() {
        assertEquals("7.2.22", version(7, 2, 22).toString());
        assertEquals("7.2.22", new QemuVersion(7, 2, 22, "  ").toString());
        assertEquals("7.2.22 (Debian 1:7.2)", new QemuVersion(7, 2, 22, " Debian 1:7.2 ").toString());
    }
}
