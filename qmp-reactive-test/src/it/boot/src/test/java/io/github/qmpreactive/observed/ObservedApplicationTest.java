package io.github.qmpreactive.observed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

class ObservedApplicationTest {

    private static String get(String port, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(60))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static void assertHas(String scrape, String meter, String value, String... tags) {
        List<String> lines = scrape.lines()
                .filter(line -> line.startsWith(meter + "{"))
                .filter(line -> Arrays.stream(tags).allMatch(line::contains))
                .toList();
        assertEquals(1, lines.size(), () -> meter + " " + Arrays.toString(tags) + " in\n" + scrape);
        assertTrue(lines.get(0).endsWith(" " + value), lines::toString);
    }

    @Test
    void prometheusHasTheCommandsOfTheMachineAndNoArguments() throws Exception {
        try (RunningFakeVm vm = FakeVm.create()
                        .withServer(server -> server.when("garbage").commandNotFound())
                        .start();
                ConfigurableApplicationContext context = SpringApplication.run(
                        ObservedApplication.class,
                        "--server.port=0",
                        "--management.endpoints.web.exposure.include=prometheus",
                        "--qmp.address=" + vm.address())) {
            String port = context.getEnvironment().getProperty("local.server.port");
            assertTrue(get(port, "/run/query-status").contains("running"));
            get(port, "/run/query-status");
            get(port, "/run/object-add");
            assertEquals("ExecuteError", get(port, "/run/garbage"));

            String scrape = get(port, "/actuator/prometheus");
            assertHas(
                    scrape,
                    "qmp_command_seconds_count",
                    "2",
                    "command=\"query-status\"",
                    "outcome=\"success\"",
                    "error_class=\"none\"",
                    "written=\"true\"",
                    "peer=\"monitor\"");
            assertHas(
                    scrape,
                    "qmp_command_seconds_count",
                    "1",
                    "command=\"unknown\"",
                    "outcome=\"error\"",
                    "error_class=\"CommandNotFound\"",
                    "error=\"ExecuteError\"");
            assertHas(scrape, "qmp_command_seconds_count", "1", "command=\"object-add\"");
            assertHas(scrape, "qmp_command_wait_seconds_count", "4", "peer=\"monitor\"");
            assertHas(scrape, "qmp_session_open_seconds_count", "1", "outcome=\"success\"");
            assertHas(scrape, "qmp_sessions", "1.0", "peer=\"monitor\"");
            assertHas(scrape, "qmp_commands_in_flight", "0.0", "peer=\"monitor\"");
            assertHas(scrape, "qmp_commands_queued", "0.0", "peer=\"monitor\"");
            assertHas(scrape, "qmp_events_dropped_total", "0.0", "peer=\"monitor\"", "reason=\"oldest\"");
            assertFalse(scrape.contains("hunter2") || scrape.contains("sekret0"), scrape);
            assertFalse(scrape.contains("qmp_command_seconds_count{command=\"garbage\""), scrape);

            assertEquals(
                    List.of(
                            "qmp connect in http.server.requests",
                            "qmp query-status in http.server.requests",
                            "qmp query-status in http.server.requests",
                            "qmp object-add in http.server.requests",
                            "qmp unknown in http.server.requests"),
                    context.getBean(ObservedApplication.Parents.class).seen);
        }
    }
}
