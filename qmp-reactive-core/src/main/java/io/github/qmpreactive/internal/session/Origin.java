package io.github.qmpreactive.internal.session;

/** How a connection came about, and so what may be the matter with a server that says nothing. */
public enum Origin {
    /** We have dialled. */
    DIALLED("is another client already connected? A monitor serves one at a time. Or is this not a QMP monitor?"),
    /** The server has dialled. */
    DIALLED_IN("is this a QMP monitor (-qmp ADDRESS,server=off)?"),
    /** Another program has opened it. */
    ADOPTED("was its greeting read before? HandshakeMode.NONE takes over a connection that was negotiated on before");

    private final String guess;

    Origin(String guess) {
        this.guess = guess;
    }

    String guess() {
        return guess;
    }
}
