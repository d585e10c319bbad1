package io.github.qmpreactive.webflux;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.junit.FakeVmExtension;
import io.github.qmpreactive.test.vm.FakeVm;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.HttpStatus;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.StatusAssertions;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.test.StepVerifier;

// snippet: spring-test
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class VmSpringTest {

    static final Duration LIMIT = Duration.ofSeconds(60);

    @RegisterExtension // static: one address for the context, whatever is started there
    static final FakeVmExtension VM = FakeVmExtension.of(FakeVm.create());

    @DynamicPropertySource
    static void address(DynamicPropertyRegistry properties) {
        properties.add("qmp.address", VM::address);
    }

    @Autowired
    Vm vm;

    WebTestClient web;

    @BeforeEach
    void connect(@Value("${local.server.port}") int port) {
        web = WebTestClient.bindToServer()
                .baseUrl("http://localhost:" + port)
                .responseTimeout(LIMIT)
                .build();
    }

    @Test
    void tellsOfARefusal() {
        VM.vm().server().when("stop").times(1).error("GenericError", "not now"); // until the end of this test
        post("/vm/stop").isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        post("/vm/stop").isOk();
    }

    @Test
    void connectsAgain() {
        QmpSession before = vm.session().block(LIMIT);
        VM.restart(); // QEMU is gone, and another one is there
        StepVerifier.create(before.onDisconnect()).expectError().verify(LIMIT); // the application has noticed
        post("/vm/system_reset").isOk();
    }

    private StatusAssertions post(String path) {
        return web.post().uri(path).exchange().expectStatus();
    }
}
// end
