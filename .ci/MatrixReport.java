import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Prints a table of test runs, why tests were left out and which failed, from the XML reports of Maven Surefire:
 *
 * <pre>java .ci/MatrixReport.java QEMU RESULT FOLDER [QEMU RESULT FOLDER ...]</pre>
 *
 * For each run the version of QEMU, "passed" or "failed" as Maven said, and the folder that has its reports, at any depth.
 * A class that JUnit left out as a whole counts as one test, as it does for Maven. Fails if a report cannot be read; the
 * other reports are counted.
 */
final class MatrixReport {

    private static final List<String> HEADINGS =
            List.of("QEMU", "JDK", "tests", "passed", "failed", "left out", "seconds", "Maven");

    private static final int LINES_OF_A_FAILURE = 25;

    /** The end of a reason that the column QEMU says already. */
    private static final String PROGRAM = ", \\S+ is \\d+\\.\\d+\\.\\d+$";

    private final List<String> problems = new ArrayList<>();

    /** By reason, then by run, in the order of the runs. */
    private final Map<String, Map<String, Integer>> reasons = new TreeMap<>();

    /** In the order of the runs: where, which test, and the first lines of what it said. */
    private final List<String> failures = new ArrayList<>();

    public static void main(String[] args) {
        if (args.length == 0 || args.length % 3 != 0) {
            System.err.println("usage: java MatrixReport.java QEMU RESULT FOLDER [QEMU RESULT FOLDER ...]");
            System.exit(2);
        }
        MatrixReport report = new MatrixReport();
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        for (int i = 0; i < args.length; i += 3) {
            rows.add(report.row(args[i], args[i + 1], Path.of(args[i + 2])));
        }
        printTable(rows);
        report.printReasons();
        report.printFailures();
        report.problems.forEach(System.err::println);
        System.exit(report.problems.isEmpty() ? 0 : 1);
    }

    private List<String> row(String qemu, String result, Path folder) {
        Run run = new Run();
        for (Path file : reports(folder)) {
            try {
                count(parse(file), qemu, run);
            } catch (IOException | SAXException | NumberFormatException e) {
                problems.add("Cannot read the report " + file + ": " + e.getMessage());
            }
        }
        return List.of(
                qemu,
                run.jdk,
                String.valueOf(run.tests),
                String.valueOf(run.tests - run.failed - run.leftOut),
                String.valueOf(run.failed),
                String.valueOf(run.leftOut),
                String.valueOf(Math.round(run.seconds)),
                result);
    }

    private List<Path> reports(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> reports = files.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                    .sorted()
                    .toList();
            if (reports.isEmpty()) {
                problems.add("No reports in " + folder + ": the run ended before its tests");
            }
            return reports;
        } catch (IOException | UncheckedIOException e) {
            problems.add("Cannot read the folder of reports " + folder + ": " + e);
            return List.of();
        }
    }

    private static Document parse(Path file) throws IOException, SAXException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            var builder = factory.newDocumentBuilder();
            // By default it prints errors itself, without the file's name.
            builder.setErrorHandler(null);
            return builder.parse(file.toFile());
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    private void count(Document report, String qemu, Run run) {
        Element suite = report.getDocumentElement();
        // The suite's own counts leave out nested classes; its time does not.
        run.seconds += Double.parseDouble(suite.getAttribute("time").replace(",", ""));
        for (Element property : children(suite, "property")) {
            if (property.getAttribute("name").equals("java.specification.version")) {
                run.jdk = property.getAttribute("value");
            }
        }
        for (Element test : children(suite, "testcase")) {
            run.tests++;
            List<Element> skipped = children(test, "skipped");
            if (!skipped.isEmpty()) {
                run.leftOut++;
                reasons.computeIfAbsent(reason(skipped.get(0)), key -> new LinkedHashMap<>())
                        .merge(qemu + " (JDK " + run.jdk + ")", 1, Integer::sum);
            } else {
                List<Element> failed = new ArrayList<>(children(test, "failure"));
                failed.addAll(children(test, "error"));
                if (!failed.isEmpty()) {
                    run.failed++;
                    failures.add(failure(test, failed.get(0), qemu + " (JDK " + run.jdk + ")"));
                }
            }
        }
    }

    private static String failure(Element test, Element failed, String run) {
        String said = failed.getTextContent()
                .strip()
                .lines()
                .limit(LINES_OF_A_FAILURE)
                .map(line -> "      " + (line.length() > 300 ? line.substring(0, 300) + "..." : line))
                .collect(Collectors.joining("\n"));
        return "  " + test.getAttribute("classname") + ": " + test.getAttribute("name") + ", with " + run + "\n" + said;
    }

    /** A condition's is the message. An assumption's is in the first line of the stack trace, behind the exception's class. */
    private static String reason(Element skipped) {
        String message = skipped.getAttribute("message");
        if (message.isBlank()) {
            message = skipped.getTextContent().strip().lines().findFirst().orElse("");
            message = message.replaceFirst("^[\\w.$]+(: |$)", "");
        }
        message = message.replaceFirst("^Assumption failed: ", "").replaceFirst(PROGRAM, "");
        return message.isBlank() ? "no reason given" : message;
    }

    private static List<Element> children(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> (Element) found.item(i))
                .toList();
    }

    private static void printTable(List<List<String>> rows) {
        int[] widths = IntStream.range(0, HEADINGS.size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        for (List<String> row : rows) {
            String line = IntStream.range(0, row.size())
                    .mapToObj(column -> pad(row.get(column), widths[column], column > 1 && column < row.size() - 1))
                    .collect(Collectors.joining("  "));
            System.out.println(line.stripTrailing());
        }
    }

    private static String pad(String text, int width, boolean right) {
        String blanks = " ".repeat(width - text.length());
        return right ? blanks + text : text + blanks;
    }

    private void printReasons() {
        if (!reasons.isEmpty()) {
            System.out.println();
            System.out.println("Tests left out:");
        }
        reasons.forEach((reason, counts) -> System.out.println("  " + reason + ": "
                + counts.entrySet().stream()
                        .map(count -> count.getValue() + " with " + count.getKey())
                        .collect(Collectors.joining(", "))));
    }

    private void printFailures() {
        if (!failures.isEmpty()) {
            System.out.println();
            System.out.println("Tests that failed:");
        }
        failures.forEach(System.out::println);
    }

    /** What the reports of one run add up to. */
    private static final class Run {

        private String jdk = "-";
        private int tests;
        private int failed;
        private int leftOut;
        private double seconds;
    }
}
