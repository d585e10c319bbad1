package io.github.qmpreactive.session;

import io.github.qmpreactive.test.qemu.QemuBinary;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.interfaces.DHPublicKey;
import javax.net.ssl.KeyManagerFactory;

/** An authority, and certificates that it has issued. */
public final class Certificates {

    /** PKCS #8 of a key of P-256: up to the private key, and from there to the public one. */
    private static final byte[] KEY_BEGIN =
            HexFormat.of().parseHex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420");

    private static final byte[] KEY_MIDDLE = HexFormat.of().parseHex("a144034200");

    private static final Map<String, Certificates> AUTHORITIES = new ConcurrentHashMap<>();

    /** QEMU 5.2 refuses a certificate that is not for key encipherment. */
    private static final KeyUsage[] USAGE = {KeyUsage.digitalSignature, KeyUsage.keyEncipherment};

    private final X509Bundle authority;

    /** By whose they are: to pack them takes as long as a handshake or two. */
    private final Map<String, KeyManagerFactory> keys = new ConcurrentHashMap<>();

    private Certificates(X509Bundle authority) {
        this.authority = authority;
    }

    /** The authority of that name, of which there is one in a JVM. */
    public static Certificates of(String name) {
        return AUTHORITIES.computeIfAbsent(name, Certificates::create);
    }

    private static Certificates create(String name) {
        try {
            return new Certificates(new CertificateBuilder()
                    .ecp256()
                    .subject("CN=" + name)
                    .setIsCertificateAuthority(true)
                    .setKeyUsage(true, KeyUsage.keyCertSign, KeyUsage.cRLSign)
                    .buildSelfSigned());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private X509Bundle server(String host) throws Exception {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=" + host)
                .addSanDnsName(host)
                .setKeyUsage(true, USAGE)
                .addExtendedKeyUsageServerAuth()
                .buildIssuedBy(authority);
    }

    private X509Bundle client() throws Exception {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=client")
                .setKeyUsage(true, USAGE)
                .addExtendedKeyUsageClientAuth()
                .buildIssuedBy(authority);
    }

    private KeyManagerFactory serverKeys(String host) {
        return keys.computeIfAbsent(host, h -> pack(() -> server(h)));
    }

    private KeyManagerFactory clientKeys() {
        return keys.computeIfAbsent("", c -> pack(this::client));
    }

    private static KeyManagerFactory pack(Callable<X509Bundle> bundle) {
        try {
            return bundle.call().toKeyManagerFactory();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** A client's context that trusts this authority alone, with a certificate of it. */
    public SslContext clientContext() throws Exception {
        return clientContext(this);
    }

    /** A client's context that trusts this authority alone, with a certificate of another one. */
    SslContext clientContext(Certificates own) throws Exception {
        return SslContextBuilder.forClient()
                .trustManager(authority.getCertificate())
                .keyManager(own.clientKeys())
                .build();
    }

    /** A client's context that trusts this authority alone, and has no certificate. */
    SslContext anonymousContext() throws Exception {
        return SslContextBuilder.forClient()
                .trustManager(authority.getCertificate())
                .build();
    }

    /** A server's context for a host, which wants certificates of this authority. */
    public SslContext serverContext(String host) throws Exception {
        return SslContextBuilder.forServer(serverKeys(host))
                .trustManager(authority.getCertificate())
                .clientAuth(ClientAuth.REQUIRE)
                .build();
    }

    /** A folder as QEMU's tls-creds-x509 wants it, for both of its endpoints. */
    public Path write(Path folder, String host) throws Exception {
        Files.createDirectories(folder);
        X509Bundle server = server(host);
        X509Bundle client = client();
        Files.writeString(folder.resolve("ca-cert.pem"), authority.getCertificatePEM());
        Files.writeString(folder.resolve("server-cert.pem"), server.getCertificatePEM());
        Files.writeString(folder.resolve("server-key.pem"), privateKey(server));
        Files.writeString(folder.resolve("client-cert.pem"), client.getCertificatePEM());
        Files.writeString(folder.resolve("client-key.pem"), privateKey(client));
        if (QemuBinary.SYSTEM.version().filter(v -> v.isAtLeast(11, 1)).isEmpty()) {
            Files.writeString(folder.resolve("dh-params.pem"), pem("DH PARAMETERS", diffieHellman()));
        }
        return folder;
    }

    /** A prime that is known to be good: before 11.1, which warns of this file, QEMU looks for one itself. That takes seconds. */
    private static byte[] diffieHellman() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("DH");
        generator.initialize(2048);
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("DH");
        parameters.init(((DHPublicKey) generator.generateKeyPair().getPublic()).getParams());
        return parameters.getEncoded();
    }

    /**
     * A key as GnuTLS reads it: with the public key inside, which Java leaves out. It is not RSA, because then GnuTLS 3.7
     * has no certificate for a server that wants PSS alone, as the one of JDK 25 does.
     */
    private static String privateKey(X509Bundle bundle) {
        byte[] scalar = ((ECPrivateKey) bundle.getKeyPair().getPrivate()).getS().toByteArray();
        byte[] info = bundle.getKeyPair().getPublic().getEncoded();
        ByteBuffer key = ByteBuffer.allocate(KEY_BEGIN.length + 32 + KEY_MIDDLE.length + 65);
        key.put(KEY_BEGIN);
        // 32 bytes, whether the number has a leading byte for its sign or is short.
        int length = Math.min(scalar.length, 32);
        key.position(KEY_BEGIN.length + 32 - length);
        key.put(scalar, scalar.length - length, length);
        key.put(KEY_MIDDLE).put(info, info.length - 65, 65);
        return pem("PRIVATE KEY", key.array());
    }

    private static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + label + "-----\n";
    }
}
