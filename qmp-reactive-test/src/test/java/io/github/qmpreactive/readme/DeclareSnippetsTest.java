package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.declare.CommandFinding;
import io.github.qmpreactive.declare.QmpCommands;
import io.github.qmpreactive.readme.DeclareSnippets.BlockCommands;
import io.github.qmpreactive.readme.DeclareSnippets.NewNode;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.schema.SchemaCheck;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import reactor.test.StepVerifier;

@DisplayName("The client's guide: declared commands")
@ExtendWith(LeakGuard.class)
class DeclareSnippetsTest {

    private final DeclareSnippets snippets = new DeclareSnippets();

    @Test
    @Qemu(args = {"-blockdev", "driver=null-co,node-name=b,read-only=on,read-zeroes=on"})
    @DisplayName("declare-use emits the nodes that are read-only")
    void use(QmpSession session) {
        BlockCommands commands = QmpCommands.of(session, BlockCommands.class);
        StepVerifier.create(commands.add(new NewNode("null-co", "a", 1L << 20))
                        .thenMany(snippets.readOnlyNodes(session))
                        .concatWith(commands.delete("a").cast(String.class)))
                .expectNext("b")
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    @DisplayName("declare-check tells that QEMU 7.2 does not have the member active, and that 10.0 has everything")
    void check() {
        assertEquals(List.of("active"), missing("7.2"));
        assertEquals(List.of(), missing("10.0"));
    }

    private static List<String> missing(String version) {
        return QmpCommands.check(SchemaCheck.qemu(version).schema(), BlockCommands.class).stream()
                .filter(finding -> !finding.kind().isNote())
                .map(CommandFinding::member)
                .map(member -> member.substring(member.lastIndexOf('.') + 1))
                .toList();
    }

    @Test
    @Qemu
    @DisplayName("declare-check asks the QEMU that is connected")
    void checked(QmpSession session) {
        boolean hasActive = session.greeting().orElseThrow().version().isAtLeast(10, 0);
        StepVerifier.create(snippets.missing(session).map(List::size))
                .expectNext(hasActive ? 0 : 1)
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    @DisplayName("declare-bean is a bean of Spring's, which works on the next session when one is lost")
    void bean() {
        FakeQmpServer fake =
                FakeQmpServer.create().when("query-named-block-nodes").reply("[{\"node-name\": \"a\", \"ro\": true}]");
        try (RunningFakeQmpServer server = fake.startUnix();
                AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            QmpClient client = QmpClient.create().address(server.address());
            context.registerBean(BlockCommands.class, () -> snippets.blockCommands(client));
            context.refresh();
            BlockCommands commands = context.getBean(BlockCommands.class);
            assertEquals(0, server.received().size());
            StepVerifier.create(commands.nodes(Optional.empty()))
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(PATIENCE);
            FakeConnection first = server.awaitConnection();
            first.close();
            first.awaitClosed();
            // The session has ended when what it was asked has failed.
            StepVerifier.create(commands.nodes(Optional.empty()).retry())
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(PATIENCE);
            assertEquals(
                    1,
                    server.awaitConnection(1)
                            .received("query-named-block-nodes")
                            .size());
        }
    }
}
