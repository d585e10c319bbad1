package io.github.qmpreactive.test.contract;

/**
 * States what a QMP session does, as tests of JUnit: the handshake, commands, events and the end. A test class that
 * implements it runs them all against its own server or transport:
 *
 * <pre>{@code
 * class MyProxyTest implements QmpSessionContract {
 *
 *     private final MyProxy proxy = MyProxy.start(); // JUnit makes an instance for each test
 *
 *     @Override
 *     public QmpClient client() {
 *         return QmpClient.create().address(proxy.address());
 *     }
 *
 *     @AfterEach
 *     void stop() {
 *         proxy.stop();
 *     }
 * }
 * }</pre>
 *
 * <p>What the server has to be like, and what can be left out, is said by {@link SessionUnderTest}. Nothing waits longer
 * than 20 s. Tests may run side by side if the servers can; for {@link io.github.qmpreactive.test.junit.LeakGuard}, which fits
 * on the class as well, they may not.
 */
public interface QmpSessionContract extends HandshakeContract, CommandContract, EventContract, EndContract {}
