package io.github.qmpreactive.internal.session;

/** How a connection came about, and so what may be the matter with a server that says nothing. */
public enum Origin {
    /** We have dialled. */
    DIALLED("is another client already connected? A monitor serves one at a time. Or is this no QMP monitor?"),
    /** The server has dialled. */
    DIALLED_IN("is this a QMP monitor (-qmp ADDRESS,server=off)?"),
    /** Somebody else has opened it. */
    ADOPTED("has somebody read its greeting already? HandshakeMode.NONE takes over what was negotiated on before");

    private final String guess;

    Origin(String guess) {
        this.guess = guess;
    }

    String guess() {
        return guess;
    }
}
