package io.github.qmpreactive.internal.codec;

import static io.github.qmpreactive.internal.codec.Framed.objectOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the framer holds in memory, seen through the arrays that it hands on. */
class JsonFramerBufferTest {

    private static final int LIMIT = 10 * 1024 * 1024;

    private static int lastBuffer(Framed framed) {
        return framed.buffers.get(framed.buffers.size() - 1).length;
    }

    @Test
    @DisplayName("C8 the buffer starts with 1 KiB, and is used from its beginning again after each read")
    void reused() {
        Framed framed = new Framed(LIMIT);
        for (int i = 0; i < 100; i++) {
            framed.feed(objectOf(1024)).feed(" {}\r\n");
        }
        assertEquals(200, framed.messages.size());
        assertEquals(List.of(0, 1, 0, 1), framed.offsets.subList(196, 200));
        framed.buffers.forEach(buffer -> assertSame(framed.buffers.get(0), buffer));
        assertEquals(1024, lastBuffer(framed));
    }

    @Test
    @DisplayName("C8 the buffer doubles, or grows to what is needed if that is more")
    void grows() {
        assertEquals(2048, lastBuffer(new Framed(LIMIT).feed(objectOf(1025))));
        assertEquals(2048, lastBuffer(new Framed(LIMIT).feed(objectOf(2048))));
        assertEquals(2049, lastBuffer(new Framed(LIMIT).feed(objectOf(2049))));
        assertEquals(4096, lastBuffer(new Framed(LIMIT).feedInPieces(objectOf(2049), 1)));
        assertEquals(16 * 1024, lastBuffer(new Framed(LIMIT).feedInPieces(objectOf(10_000), 100)));
    }

    @Test
    @DisplayName("C8 the rest of a message moves to the front where that makes room enough")
    void compacts() {
        String second = objectOf(1024);
        Framed framed = new Framed(LIMIT).feed(objectOf(600) + second.substring(0, 100));
        framed.feed(second.substring(100));
        assertEquals(List.of(objectOf(600), second), framed.messages);
        assertEquals(List.of(0, 0), framed.offsets);
        assertSame(framed.buffers.get(0), framed.buffers.get(1));
    }

    @Test
    @DisplayName("C8 a message that still fits is not moved")
    void notMoved() {
        String second = objectOf(424);
        Framed framed = new Framed(LIMIT).feed(objectOf(600) + second.substring(0, 100));
        framed.feed(second.substring(100));
        assertEquals(List.of(objectOf(600), second), framed.messages);
        assertEquals(List.of(0, 600), framed.offsets);
        assertSame(framed.buffers.get(0), framed.buffers.get(1));
    }

    @Test
    @DisplayName("C8 one byte more than fits behind the rest of a message makes the buffer grow, and keeps the rest")
    void growsWithRest() {
        String second = objectOf(1025);
        Framed framed = new Framed(LIMIT).feed(objectOf(600) + second.substring(0, 100));
        framed.feed(second.substring(100));
        assertEquals(List.of(objectOf(600), second), framed.messages);
        assertEquals(List.of(0, 0), framed.offsets);
        assertEquals(2048, lastBuffer(framed));
    }

    @Test
    @DisplayName("C8 scanning goes on where it stopped after the rest was moved, in a string or behind a backslash")
    void stateSurvivesMoving() {
        String second = "{\"" + "x".repeat(300) + "\\" + "\"}{\":[" + "1".repeat(500) + "]}";
        int cut = second.indexOf('\\') + 1;
        Framed framed = new Framed(LIMIT).feed(objectOf(700) + second.substring(0, cut));
        framed.feed(second.substring(cut) + "{}");
        assertEquals(List.of(objectOf(700), second, "{}"), framed.messages);
    }

    @Test
    @DisplayName("C8 a buffer of up to 64 KiB is kept, a larger one is let go after the message")
    void shrinks() {
        Framed kept = new Framed(LIMIT).feed(objectOf(64 * 1024)).feed("{}");
        assertEquals(64 * 1024, lastBuffer(kept));
        assertSame(kept.buffers.get(0), kept.buffers.get(1));

        Framed shrunk = new Framed(LIMIT).feed(objectOf(64 * 1024 + 1)).feed("{}");
        assertNotSame(shrunk.buffers.get(0), shrunk.buffers.get(1));
        assertTrue(shrunk.buffers.get(0).length > 64 * 1024, "grown, or this thread's spare one");
        assertEquals(1024, lastBuffer(shrunk));
        assertEquals(List.of(objectOf(64 * 1024 + 1), "{}"), shrunk.messages);
    }

    @Test
    @DisplayName("C8 a large buffer that was let go serves the thread's next large message, of whichever session")
    void spare() {
        Framed first = new Framed(LIMIT).feed(objectOf(200_000));
        Framed second = new Framed(LIMIT).feed(objectOf(150_000)).feed("{}");
        Framed third = new Framed(LIMIT).feed(objectOf(200_000).substring(0, 190_000));
        Framed fourth = new Framed(LIMIT).feed(objectOf(100_000));
        assertSame(first.buffers.get(0), second.buffers.get(0));
        assertEquals(1024, lastBuffer(second));
        assertEquals(List.of(), third.buffers);
        assertNotSame(first.buffers.get(0), fourth.buffers.get(0), "it is in use");
    }

    @Test
    @DisplayName("C8 a large buffer stays while another message is incomplete, and goes after it")
    void shrinksAfterTheRest() {
        Framed framed = new Framed(LIMIT).feed(objectOf(100_000) + "{\"a\"");
        framed.feed(":1}");
        assertTrue(lastBuffer(framed) >= 100_004, "grown, or this thread's spare one");
        framed.feed("{}");
        assertEquals(List.of(objectOf(100_000), "{\"a\":1}", "{}"), framed.messages);
        assertEquals(1024, lastBuffer(framed));
    }
}
