package io.github.qmpreactive.observe;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** What a registry's handler has seen: the observations that have stopped, and their events. */
final class Handled implements ObservationHandler<Observation.Context> {

    private final Queue<Observation.Context> stopped = new ConcurrentLinkedQueue<>();
    private final Queue<String> events = new ConcurrentLinkedQueue<>();
    private final Queue<String> startTags = new ConcurrentLinkedQueue<>();

    static ObservationRegistry registry(Handled handled) {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(handled);
        return registry;
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
        return true;
    }

    @Override
    public void onStart(Observation.Context context) {
        startTags.add(tags(context).toString());
    }

    @Override
    public void onEvent(Observation.Event event, Observation.Context context) {
        events.add(context.getName() + " " + event.getName());
    }

    @Override
    public void onStop(Observation.Context context) {
        stopped.add(context);
    }

    /** Those with a name. */
    List<Observation.Context> of(String name) {
        return stopped.stream()
                .filter(context -> name.equals(context.getName()))
                .toList();
    }

    List<String> events() {
        return List.copyOf(events);
    }

    List<String> startTags() {
        return List.copyOf(startTags);
    }

    static Map<String, String> tags(Observation.Context context) {
        return context.getLowCardinalityKeyValues().stream()
                .collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue, (a, b) -> b, TreeMap::new));
    }

    /** Everything that an exporter could get hold of. */
    String text() {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        for (Observation.Context context : stopped) {
            out.println(context);
            out.println(context.getContextualName());
            out.println(context.getAllKeyValues());
            if (context.getError() != null) {
                context.getError().printStackTrace(out);
            }
        }
        return text.toString();
    }
}
