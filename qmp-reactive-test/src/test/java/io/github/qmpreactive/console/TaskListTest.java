package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Console: the list of tasks")
class TaskListTest {

    private final TaskList list = new TaskList();

    private boolean begin(String id) {
        return list.begin(Task.begun(id, "job", id));
    }

    private List<String> ids() {
        return list.newestFirst().stream().map(Task::id).toList();
    }

    @Test
    @DisplayName("The newest comes first; those that ended first go, however early a long one was begun")
    void order() {
        assertTrue(begin("long"));
        for (int i = 1; i <= TaskList.KEPT; i++) {
            assertTrue(begin("short" + i));
            list.change("short" + i, Task::done);
        }
        assertEquals(List.of("short5", "short4", "short3", "short2", "short1", "long"), ids());
        list.change("long", Task::done);
        assertEquals(List.of("short5", "short4", "short3", "short2", "long"), ids());
    }

    @Test
    @DisplayName("An id is free again when its task has ended, and what comes behind the end changes nothing")
    void reuse() {
        assertTrue(begin("a"));
        assertFalse(begin("a"));
        list.change("a", task -> task.failed("failed", "why"));
        list.change("a", Task::done);
        list.change("b", Task::done);
        assertEquals("why", list.newestFirst().get(0).error());
        assertTrue(begin("a"));
        assertEquals(List.of("a"), ids());
        assertFalse(list.newestFirst().get(0).ended());
    }
}
