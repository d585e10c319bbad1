package io.github.qmpreactive.test.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.qmpreactive.test.Patience;
import java.util.List;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.EventType;
import org.junit.platform.testkit.engine.Events;

/** A run of a test class of which something is to be seen. */
final class TestRun {

    private final EngineExecutionResults results;

    private TestRun(EngineExecutionResults results) {
        this.results = results;
    }

    static TestRun of(Class<?>... types) {
        return with(Map.of("qmp.guards.patience", Long.toString(Patience.PATIENCE.toMillis())), types);
    }

    /** Of a class that leaves something behind, for which the guards wait less than they do otherwise. */
    static TestRun ofUntidy(Class<?> type) {
        return with(Map.of("qmp.guards.patience", "300"), type);
    }

    /** Of those tests alone that have a tag. */
    static TestRun tagged(String tag, Class<?>... types) {
        return of(EngineTestKit.engine("junit-jupiter").filters(TagFilter.includeTags(tag)), types);
    }

    static TestRun with(Map<String, String> parameters, Class<?>... types) {
        return of(EngineTestKit.engine("junit-jupiter").configurationParameters(parameters), types);
    }

    private static TestRun of(EngineTestKit.Builder kit, Class<?>... types) {
        for (Class<?> type : types) {
            kit.selectors(selectClass(type));
        }
        return new TestRun(kit.execute());
    }

    /** That so many tests passed, and nothing failed. */
    void passes(int tests) {
        assertEquals(List.of(), failures());
        assertEquals(tests, results.testEvents().succeeded().count());
    }

    /** What the only failure says: of a test, or of the class. */
    String failure() {
        List<String> messages = failures();
        assertEquals(1, messages.size(), () -> "failures: " + messages);
        return messages.get(0);
    }

    /** What all failures say. */
    List<String> failures() {
        return messages(results.allEvents());
    }

    int failedTests() {
        return (int) results.testEvents().failed().count();
    }

    int passedTests() {
        return (int) results.testEvents().succeeded().count();
    }

    /** Why classes and tests were skipped. */
    List<String> skips() {
        return results.allEvents().skipped().stream()
                .map(event -> event.getRequiredPayload(String.class))
                .toList();
    }

    private static List<String> messages(Events events) {
        return events.filter(event -> event.getType() == EventType.FINISHED)
                .map(Event::getPayload)
                .flatMap(payload -> payload.stream())
                .map(TestExecutionResult.class::cast)
                .flatMap(result -> result.getThrowable().stream())
                .map(String::valueOf)
                .toList();
    }
}
