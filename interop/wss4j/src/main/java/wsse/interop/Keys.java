package wsse.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
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

    /** A private key with its certificates, from a PKCS#12 file that names it {@link #ALIAS}. */
    Crypto own(String file, String password) throws GeneralSecurityException, IOException {
        if (read.containsKey(file)) {
            return read.get(file);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            store.load(in, password.toCharArray());
        }
        Merlin crypto = new Merlin();
        crypto.setKeyStore(store);
        crypto.setDefaultX509Identifier(ALIAS);
        read.put(file, crypto);
        return crypto;
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
