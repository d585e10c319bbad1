package io.github.qmpreactive.bench.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table in Markdown, with its columns in line: the first to the left, the others to the right. */
public final class Table {

    private final List<String[]> rows = new ArrayList<>();

    /**
     * A table without rows.
     *
     * @param titles of the columns
     */
    public Table(String... titles) {
        rows.add(titles);
    }

    /**
     * One more row.
     *
     * @param cells as many as there are columns
     * @return this
     */
    public Table row(Object... cells) {
        rows.add(Arrays.stream(cells).map(String::valueOf).toArray(String[]::new));
        return this;
    }

    @Override
    public String toString() {
        int columns = rows.get(0).length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                String space = " ".repeat(widths[i] - row[i].length());
                text.append("| ")
                        .append(i == 0 ? row[i] + space : space + row[i])
                        .append(' ');
            }
            text.append("|\n");
            if (text.indexOf("\n") == text.length() - 1) {
                for (int i = 0; i < columns; i++) {
                    text.append(i == 0 ? "|--" : "|-")
                            .append("-".repeat(widths[i]))
                            .append(i == 0 ? "" : ":");
                }
                text.append("|\n");
            }
        }
        return text.toString();
    }
}
