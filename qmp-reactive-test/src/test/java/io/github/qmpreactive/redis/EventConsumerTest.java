package io.github.qmpreactive.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.test.Patience;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Redis Streams: a consumer")
class EventConsumerTest {

    private static StreamEntry entry(String series, long number) {
        Report report = new Report("vm1", Report.EVENT, "STOP", "{}", "");
        return new StreamEntry("host1", "run1", series, number, report);
    }

    private static List<String> consumed(RedisFixture redis, String group, int count) {
        EventConsumer consumer =
                new EventConsumer(redis.connection(), RedisFixture.STREAM, group, "c1", Duration.ofMinutes(1));
        return consumer.deliveries()
                .take(count)
                .map(delivery -> (delivery.duplicate() ? "duplicate " : "new ")
                        + delivery.entry().id())
                .collectList()
                .block(Patience.PATIENCE);
    }

    @Test
    @DisplayName("An entry counts once in each group, also if it is there twice; a number counts in each series")
    void groups() throws Exception {
        try (RedisFixture redis = new RedisFixture()) {
            redis.add(entry("events", 7));
            redis.add(entry("links", 7));
            redis.add(entry("events", 7));
            List<String> each =
                    List.of("new host1/run1/events/7", "new host1/run1/links/7", "duplicate host1/run1/events/7");
            for (String group : List.of("one", "two")) {
                assertEquals(each, consumed(redis, group, 3), group);
                Map<String, String> counts =
                        redis
                                .ask(commands -> commands.hgetall(EventConsumer.counts(RedisFixture.STREAM, group)))
                                .stream()
                                .collect(Collectors.toMap(count -> count.getKey(), count -> count.getValue()));
                assertEquals(Map.of("vm1 event STOP", "2"), counts, group);
            }
        }
    }
}
