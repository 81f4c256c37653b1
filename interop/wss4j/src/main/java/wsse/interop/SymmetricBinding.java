package wsse.interop;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

import org.apache.wss4j.common.WSEncryptionPart;
import org.apache.wss4j.common.crypto.Crypto;
import org.apache.wss4j.common.util.KeyUtils;
import org.apache.wss4j.dom.WSConstants;
import org.apache.wss4j.dom.engine.WSSecurityEngineResult;
import org.apache.wss4j.dom.handler.WSHandlerConstants;
import org.apache.wss4j.dom.handler.WSHandlerResult;
import org.apache.wss4j.dom.message.WSSecEncrypt;
import org.apache.wss4j.dom.message.WSSecEncryptedKey;
import org.apache.wss4j.dom.message.WSSecHeader;
import org.apache.wss4j.dom.message.WSSecSignature;
import org.apache.wss4j.dom.message.WSSecTimestamp;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * Signs Body and Timestamp and encrypts the content of the Body, and perhaps the Signature, with the one
 * key of an EncryptedKey, as the symmetric binding of SOAP stacks does, for which the options of the
 * handler have no words.
 */
final class SymmetricBinding {
    /** What stands before EncryptedKeySHA1 in the name that the context has for a key. */
    static final String KEPT = "key ";

    private final Document document;
    private final Map<String, Object> options;
    private SecretKey key;
    /** What EncryptedKeySHA1 says of it. */
    private String hash;
    /** The Id of the EncryptedKey; null where it is in another message. */
    private String id;
    /** The Signature, once there is one. */
    private Element signed;

    SymmetricBinding(Document document, Map<String, Object> options) {
        this.document = document;
        this.options = options;
    }

    /**
     * The action is {@code Signature Encryption} or the other way round. With the key identifier
     * EncryptedKeySHA1 both name the key so, otherwise by its Id. The context keeps the key for the reply.
     */
    void send(Crypto recipient, Map<String, Object> context) throws Exception {
        WSSecHeader header = header();
        key = KeyUtils.getKeyGenerator(option(WSHandlerConstants.ENC_SYM_ALGO)).generateKey();
        WSSecEncryptedKey encrypted = new WSSecEncryptedKey(header);
        encrypted.setUserInfo(Keys.ALIAS);
        encrypted.setKeyIdentifierType(WSConstants.THUMBPRINT_IDENTIFIER);
        encrypted.setKeyEncAlgo(option(WSHandlerConstants.ENC_KEY_TRANSPORT));
        encrypted.prepare(recipient, key);
        hash = encrypted.getEncryptedKeySHA1();
        context.put(KEPT + hash, key.getEncoded());
        id = "EncryptedKeySHA1".equals(option(WSHandlerConstants.ENC_KEY_ID)) ? null : encrypted.getId();
        act(header);
        encrypted.prependToHeader();
    }

    /** Uses the key that the request brought, which only its EncryptedKeySHA1 can name. */
    @SuppressWarnings("unchecked")
    void reply(Map<String, Object> context) throws Exception {
        for (WSHandlerResult request
            : (List<WSHandlerResult>) context.get(WSHandlerConstants.RECV_RESULTS)) {
            for (WSSecurityEngineResult result : request.getResults()) {
                byte[] secret = (byte[]) result.get(WSSecurityEngineResult.TAG_SECRET);
                byte[] cipher =
                    (byte[]) result.get(WSSecurityEngineResult.TAG_ENCRYPTED_EPHEMERAL_KEY);
                if (secret != null && cipher != null) {
                    key = new SecretKeySpec(secret, "AES");
                    byte[] digest = MessageDigest.getInstance("SHA-1").digest(cipher);
                    hash = Base64.getEncoder().encodeToString(digest);
                }
            }
        }
        act(header());
    }

    private WSSecHeader header() throws Exception {
        WSSecHeader header = new WSSecHeader(document);
        header.insertSecurityHeader();
        WSSecTimestamp timestamp = new WSSecTimestamp(header);
        timestamp.setTimeToLive(300);
        timestamp.build();
        return header;
    }

    private void act(WSSecHeader header) throws Exception {
        for (String action : option("action").split(" ")) {
            switch (action) {
                // It is in every header.
                case "Timestamp": break;
                case "Signature": sign(header); break;
                case "Encryption": encrypt(header); break;
                default: throw new IllegalArgumentException("no such action: " + action);
            }
        }
    }

    private void sign(WSSecHeader header) throws Exception {
        WSSecSignature signature = new WSSecSignature(header);
        if (id == null) {
            signature.setKeyIdentifierType(WSConstants.ENCRYPTED_KEY_SHA1_IDENTIFIER);
            signature.setEncrKeySha1value(hash);
        } else {
            signature.setKeyIdentifierType(WSConstants.CUSTOM_SYMM_SIGNING);
            signature.setCustomTokenId(id);
            signature.setCustomTokenValueType(WSConstants.WSS_ENC_KEY_VALUE_TYPE);
        }
        signature.setSecretKey(key.getEncoded());
        signature.setSignatureAlgorithm(option(WSHandlerConstants.SIG_ALGO));
        signature.setDigestAlgo(option(WSHandlerConstants.SIG_DIGEST_ALGO));
        signature.getParts().add(body("Element"));
        signature.getParts().add(
            new WSEncryptionPart("Timestamp", WSConstants.WSU_NS, "Element"));
        signature.build(null);
        signed = signature.getSignatureElement();
    }

    private void encrypt(WSSecHeader header) throws Exception {
        WSSecEncrypt encryption = new WSSecEncrypt(header);
        encryption.setEncryptSymmKey(false);
        if (id == null) {
            encryption.setKeyIdentifierType(WSConstants.ENCRYPTED_KEY_SHA1_IDENTIFIER);
            encryption.setCustomReferenceValue(hash);
        } else {
            encryption.setKeyIdentifierType(WSConstants.CUSTOM_SYMM_SIGNING);
            encryption.setEncKeyId(id);
        }
        encryption.setSymmetricEncAlgorithm(option(WSHandlerConstants.ENC_SYM_ALGO));
        encryption.getParts().add(body("Content"));
        if (String.valueOf(option(WSHandlerConstants.ENCRYPTION_PARTS)).endsWith("}Signature")) {
            WSEncryptionPart part =
                new WSEncryptionPart("Signature", WSConstants.SIG_NS, "Element");
            part.setElement(signed);
            encryption.getParts().add(part);
        }
        encryption.build(null, key);
    }

    private WSEncryptionPart body(String what) {
        return new WSEncryptionPart(
            "Body", document.getDocumentElement().getNamespaceURI(), what);
    }

    private String option(String name) {
        return (String) options.get(name);
    }
}
