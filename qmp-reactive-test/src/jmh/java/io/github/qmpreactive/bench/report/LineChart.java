package io.github.qmpreactive.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A chart of lines over a logarithmic axis, as SVG, with a vertical axis that begins at 0. */
public final class LineChart {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;
    private static final int LEFT = 90;
    private static final int RIGHT = 700;
    private static final int TOP = 50;
    private static final int BOTTOM = 340;
    private static final String[] COLOURS = {"#1b6ac9", "#d9730d", "#2a8a4a", "#8a3ab9"};

    private final String title;
    private final String horizontal;
    private final String vertical;
    private final List<String> names = new ArrayList<>();
    private final List<SortedMap<Double, Double>> lines = new ArrayList<>();

    /**
     * A chart without lines.
     *
     * @param title of it all
     * @param horizontal what is to the right
     * @param vertical what is upwards
     */
    public LineChart(String title, String horizontal, String vertical) {
        this.title = title;
        this.horizontal = horizontal;
        this.vertical = vertical;
    }

    /**
     * One more line.
     *
     * @param name what it shows
     * @param points at least one, none to the left of 1
     * @return this
     */
    public LineChart line(String name, Map<Double, Double> points) {
        names.add(name);
        lines.add(new TreeMap<>(points));
        return this;
    }

    /**
     * Writes it.
     *
     * @param file where to
     * @throws IOException if that cannot be
     */
    public void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, svg());
    }

    private String svg() {
        double first = lines.stream().mapToDouble(SortedMap::firstKey).min().orElse(1);
        double last = lines.stream().mapToDouble(SortedMap::lastKey).max().orElse(10);
        double highest = lines.stream()
                .flatMap(line -> line.values().stream())
                .mapToDouble(v -> v)
                .max()
                .orElse(1);
        double step = step(highest);
        double top = Math.ceil(highest / step) * step;
        StringBuilder svg = new StringBuilder();
        add(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"13\">",
                WIDTH,
                HEIGHT);
        add(svg, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT);
        add(svg, "<text x=\"%d\" y=\"24\" font-size=\"16\" font-weight=\"bold\">%s</text>", LEFT, title);
        for (double y = 0; y <= top * 1.0001; y += step) {
            add(svg, "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>", LEFT, y(y, top), RIGHT);
            add(svg, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 8, y(y, top) + 4, Figures.of(y));
        }
        lines.stream().flatMap(line -> line.keySet().stream()).distinct().forEach(x -> {
            add(
                    svg,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%,.0f</text>",
                    x(x, first, last),
                    BOTTOM + 20,
                    x);
        });
        add(
                svg,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                (LEFT + RIGHT) / 2,
                BOTTOM + 44,
                horizontal);
        add(
                svg,
                "<text transform=\"translate(16 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>",
                (TOP + BOTTOM) / 2,
                vertical);
        for (int i = 0; i < lines.size(); i++) {
            StringBuilder path = new StringBuilder();
            for (var point : lines.get(i).entrySet()) {
                double x = x(point.getKey(), first, last);
                double y = y(point.getValue(), top);
                path.append(String.format(Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : "L", x, y));
                add(svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>", x, y, colour(i));
            }
            add(svg, "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", path, colour(i));
            add(svg, "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"4\" fill=\"%s\"/>", LEFT + 220 * i, 38, colour(i));
            add(svg, "<text x=\"%d\" y=\"%d\">%s</text>", LEFT + 220 * i + 20, 44, names.get(i));
        }
        return svg.append("</svg>\n").toString();
    }

    private static double step(double highest) {
        double power = Math.pow(10, Math.floor(Math.log10(highest)));
        double lead = highest / power;
        return lead > 5 ? power : lead > 2 ? power / 2 : power / 5;
    }

    private static double x(double value, double first, double last) {
        double share = last > first ? Math.log(value / first) / Math.log(last / first) : 0;
        return LEFT + 10 + share * (RIGHT - LEFT - 20);
    }

    private static double y(double value, double top) {
        return BOTTOM - value / top * (BOTTOM - TOP - 10);
    }

    private static String colour(int line) {
        return COLOURS[line % COLOURS.length];
    }

    private static void add(StringBuilder svg, String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
