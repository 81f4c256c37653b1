package wsse.interop;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

import org.apache.wss4j.common.crypto.Crypto;
import org.apache.wss4j.common.crypto.Merlin;

/** Key stores from the files that the tests write. */
final class Keys {
    /** The name of the one private key. */
    static final String ALIAS = "key";

    /** By file: the derivation of a key from a password takes longer than all else. */
    private final Map<String, Crypto> read = new HashMap<>();

    /**
     * A private key with its certificates, from a PKCS#12 file that names it {@link #ALIAS}, or from a
     * PEM file, which has one of each.
     */
    Crypto own(String file, String password) throws GeneralSecurityException, IOException {
        if (read.containsKey(file)) {
            return read.get(file);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        if (file.endsWith(".pem")) {
            store.load(null, null);
            readPem(store, Files.readString(Path.of(file)), password);
        } else {
            try (InputStream in = Files.newInputStream(Path.of(file))) {
                store.load(in, password.toCharArray());
            }
        }
        Merlin crypto = new Merlin();
        crypto.setKeyStore(store);
        crypto.setDefaultX509Identifier(ALIAS);
        read.put(file, crypto);
        return crypto;
    }

    private static void readPem(KeyStore store, String text, String password)
            throws GeneralSecurityException {
        String[] both = text.split("-----END PRIVATE KEY-----");
        byte[] key = Base64.getMimeDecoder().decode(both[0].replace("-----BEGIN PRIVATE KEY-----", ""));
        Certificate certificate = CertificateFactory.getInstance("X.509").generateCertificate(
            new ByteArrayInputStream(both[1].strip().getBytes(StandardCharsets.US_ASCII)));
        PrivateKey made = KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
            .generatePrivate(new PKCS8EncodedKeySpec(key));
        store.setKeyEntry(ALIAS, made, password.toCharArray(), new Certificate[] {certificate});
    }

    /** One certificate of a PEM file, to be encrypted to, under the name {@link #ALIAS}. */
    Crypto recipient(String file) throws GeneralSecurityException, IOException {
        String name = "recipient " + file;
        if (read.containsKey(name)) {
            return read.get(name);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            Certificate certificate = CertificateFactory.getInstance("X.509").generateCertificate(in);
            store.setCertificateEntry(ALIAS, certificate);
        }
        Merlin crypto = new Merlin();
        crypto.setTrustStore(store);
        read.put(name, crypto);
        return crypto;
    }

    /** The certificates of a PEM file: whom we trust, and know where a message carries none. */
    Crypto trusted(String file) throws GeneralSecurityException, IOException {
        if (read.containsKey(file)) {
            return read.get(file);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Certificate certificate : factory.generateCertificates(in)) {
                store.setCertificateEntry("trusted-" + store.size(), certificate);
            }
        }
        Merlin crypto = new Merlin();
        crypto.setTrustStore(store);
        read.put(file, crypto);
        return crypto;
    }
}
