package io.github.qmpreactive.redis;

import io.lettuce.core.RedisURI;

/** The words of a command line, and the environment. */
final class Usage {

    /** The environment, since a URI may hold a password, and arguments can be read by all users of a host. */
    private static final String REDIS_URI = "REDIS_URI";

    private Usage() {}

    static RedisURI redisUri() {
        String uri = System.getenv(REDIS_URI);
        if (uri == null || uri.isBlank()) {
            throw new IllegalArgumentException("The environment has no REDIS_URI; set it, for example to"
                    + " redis://localhost:6379 or redis-socket:///run/redis.sock");
        }
        try {
            return RedisURI.create(uri);
        } catch (IllegalArgumentException e) {
            // Without what it says: that may be the URI.
            throw new IllegalArgumentException("REDIS_URI of the environment is no URI of a Redis server");
        }
    }

    static int seconds(String name, String text) {
        if (!text.matches("[1-9]\\d{0,5}")) {
            throw new IllegalArgumentException(name + " is " + text + ", but has to be a number from 1 to 999999");
        }
        return Integer.parseInt(text);
    }

    static void fail(String message, String usage) {
        System.err.println("Wrong usage: " + message + "\n\n" + usage);
        System.exit(2);
    }
}
