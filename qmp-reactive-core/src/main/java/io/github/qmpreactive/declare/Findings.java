package io.github.qmpreactive.declare;

import io.github.qmpreactive.declare.CommandFinding.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What is found at one method. */
final class Findings {

    private final DeclaredCommand command;
    private final Set<CommandFinding> found = new LinkedHashSet<>();

    Findings(DeclaredCommand command) {
        this.command = command;
    }

    /** For a part that may turn out not to be meant. */
    Findings attempt() {
        return new Findings(command);
    }

    void add(Kind kind, String member, String text) {
        found.add(new CommandFinding(command.method(), command.command().name(), member, kind, text));
    }

    void addAll(Findings others) {
        found.addAll(others.found);
    }

    /** Notes what is deprecated or unstable. */
    void note(Set<String> features, String member, String subject) {
        if (features.contains("deprecated")) {
            add(Kind.DEPRECATED, member, subject + " is deprecated");
        }
        if (features.contains("unstable")) {
            add(Kind.UNSTABLE, member, subject + " is unstable");
        }
    }

    boolean isFit() {
        return found.stream().allMatch(finding -> finding.kind().isNote());
    }

    List<CommandFinding> all() {
        return new ArrayList<>(found);
    }
}
