package io.github.qmpreactive.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The check of Java in documents")
class SnippetCheckTest {

    private static final Map<String, String> SNIPPETS = Map.of("hello", "a();\n    b();\nc();");

    private static String problem(String readme) {
        List<String> problems = SnippetCheck.problems(Map.of("README.md", readme), SNIPPETS);
        assertEquals(1, problems.size(), problems::toString);
        return problems.get(0);
    }

    private static void assertContains(String expected, String actual) {
        assertTrue(actual.contains(expected), actual);
    }

    @Test
    @DisplayName("A block that equals its snippet is well, and other languages are no concern of it")
    void equal() {
        String readme = """
                <!-- snippet: hello -->
                ```java
                a();
                    b();
                c();
                ```
                ```xml
                <java/>
                ```
                """;
        assertEquals(List.of(), SnippetCheck.problems(Map.of("README.md", readme), SNIPPETS));
    }

    @Test
    @DisplayName("A block that differs is shown as a diff, with what to do")
    void different() {
        String problem = problem("<!-- snippet: hello -->\n```java\na();\nd();\nc();\n```\n");
        assertContains("README.md:2", problem);
        assertContains("copy its lines", problem);
        assertContains("  a();\n- d();\n+     b();\n  c();", problem);
    }

    @Test
    @DisplayName("A block without a marker, and a snippet that is not shown, are told")
    void unmarked() {
        List<String> problems = SnippetCheck.problems(Map.of("README.md", "Text\n\n``` Java\na();\n```\n"), SNIPPETS);
        assertEquals(2, problems.size(), problems::toString);
        assertContains("README.md:3: a block of Java without a line <!-- snippet: name -->", problems.get(0));
        assertContains("No document shows the snippet hello", problems.get(1));
    }

    @Test
    @DisplayName("A name that no snippet has is told, with those that there are")
    void unknown() {
        List<String> problems =
                SnippetCheck.problems(Map.of("README.md", "<!-- snippet: bye -->\n```java\na();\n```\n"), SNIPPETS);
        assertContains("there is no snippet bye, only [hello]", problems.get(0));
    }
}
