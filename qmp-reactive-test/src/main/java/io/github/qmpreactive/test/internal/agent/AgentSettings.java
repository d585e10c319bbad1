package io.github.qmpreactive.test.internal.agent;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** What an agent and its guest were told before they were started. Never changed after it was handed on. */
public final class AgentSettings implements Cloneable {

    public QemuProfile profile = QemuProfile.newest();

    /** By path: what a program does with its arguments. */
    public Map<String, Function<List<String>, Program>> programs = Map.of();

    public Map<String, byte[]> files = Map.of();
    public Set<String> mountPoints = Set.of("/");
    public UnaryOperator<FakeQmpServer> server = UnaryOperator.identity();

    /** A copy with a change. */
    public AgentSettings changed(Consumer<AgentSettings> change) {
        AgentSettings copy = clone();
        change.accept(copy);
        return copy;
    }

    /** A map with one more entry. */
    public static <V> Map<String, V> with(Map<String, V> map, String key, V value) {
        Map<String, V> larger = new HashMap<>(map);
        larger.put(key, value);
        return larger;
    }

    /** Whether the agent is one of today: 7.2 words some errors otherwise, and knows fewer ways to keep output. */
    boolean isFrom10() {
        return profile.traits().version().isAtLeast(10, 0);
    }

    @Override
    protected AgentSettings clone() {
        try {
            return (AgentSettings) super.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }
}
