package io.github.qmpreactive.console;

import java.util.Arrays;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Queries that may show a secret: QEMU keeps those as properties of its objects, in clear. */
final class Secrets {

    private static final Pattern SECRET = Pattern.compile("data|.*(?:password|passphrase|secret).*");

    /** It replies with all properties. */
    private static final String ALL = "qom-list-get";

    private static final String ONE = "qom-get";

    private Secrets() {}

    static boolean mayShow(String command, JsonNode arguments) {
        return command.equals(ALL)
                || command.equals(ONE)
                        && (SECRET.matcher(arguments.path("property").asString(""))
                                        .matches()
                                || isObject(arguments.path("path").asString("")));
    }

    /** Whether it is below {@code /objects}, or may be: a path that is not absolute is looked for everywhere. */
    private static boolean isObject(String path) {
        return !path.startsWith("/")
                || Arrays.stream(path.split("/"))
                        .filter(part -> !part.isEmpty())
                        .findFirst()
                        .filter("objects"::equals)
                        .isPresent();
    }
}
