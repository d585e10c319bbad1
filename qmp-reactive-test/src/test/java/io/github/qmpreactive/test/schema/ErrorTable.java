package io.github.qmpreactive.test.schema;

import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.test.profile.QemuWords;
import io.github.qmpreactive.test.qemu.QemuBinary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What QEMU and the fake say of the same wrong commands, side by side, as a Markdown file. */
final class ErrorTable {

    private static final Pattern UNEXPECTED = Pattern.compile("([^.'\\]]+)' is unexpected");

    private record Row(QemuBinary binary, WrongCommands.Wrong wrong, ErrorResponse qemu, ErrorResponse fake) {
        /** Which of several unknown members QEMU names depends on its hash table; the fake names the first. */
        boolean differs() {
            String real = String.valueOf(QemuWords.of(binary, qemu));
            String ours = String.valueOf(QemuWords.of(binary, fake));
            return !real.equals(ours)
                    && !(hasUnexpected(real)
                            && hasUnexpected(ours)
                            && rest(real).equals(rest(ours)));
        }

        private boolean hasUnexpected(String words) {
            Matcher name = UNEXPECTED.matcher(words);
            String command = wrong.command().json().toString();
            return name.find() && command.contains("\"" + name.group(1) + "\":");
        }

        private static String rest(String words) {
            return UNEXPECTED.matcher(words).replaceFirst("' is unexpected");
        }

        String line() {
            return String.join(
                    " | ",
                    "| " + (differs() ? "**differs**" : "same"),
                    wrong.mistake().toLowerCase(Locale.ROOT).replace('_', ' '),
                    code(wrong.command().json().toString()),
                    text(qemu),
                    text(fake) + " |");
        }

        private static String text(ErrorResponse error) {
            return error.errorClass() + ": " + code(error.description());
        }

        private static String code(String text) {
            return "`` " + text.replace("|", "\\|") + " ``";
        }
    }

    private final QemuBinary binary;
    private final String title;
    private final List<Row> rows = new ArrayList<>();

    ErrorTable(QemuBinary binary, String title) {
        this.binary = binary;
        this.title = title;
    }

    void add(WrongCommands.Wrong wrong, ErrorResponse qemu, ErrorResponse fake) {
        rows.add(new Row(binary, wrong, qemu, fake));
    }

    int size() {
        return rows.size();
    }

    List<String> differences() {
        return rows.stream().filter(Row::differs).map(Row::line).toList();
    }

    void write(Path file) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "# " + title,
                "",
                rows.size() + " wrong commands, " + differences().size() + " differences.",
                "",
                "| | mistake | command | QEMU | fake |",
                "|---|---|---|---|---|"));
        rows.forEach(row -> lines.add(row.line()));
        Files.createDirectories(file.getParent());
        Files.write(file, lines);
    }
}
