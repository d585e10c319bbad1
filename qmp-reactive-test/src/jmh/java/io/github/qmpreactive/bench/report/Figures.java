package io.github.qmpreactive.bench.report;

import java.util.Locale;

/** Figures as people read them: three digits that count. */
public final class Figures {

    private Figures() {}

    /**
     * A figure.
     *
     * @param value any number
     * @return for example 1,230,000 or 12.3 or 0.0123
     */
    public static String of(double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        double size = Math.abs(value);
        if (size >= 1000) {
            double unit = Math.pow(10, Math.floor(Math.log10(size)) - 2);
            return String.format(Locale.ROOT, "%,.0f", Math.rint(value / unit) * unit);
        }
        int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
