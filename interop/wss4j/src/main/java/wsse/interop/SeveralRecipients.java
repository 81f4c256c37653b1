package wsse.interop;

import java.util.List;
import java.util.Map;
import javax.crypto.SecretKey;

import org.apache.wss4j.common.WSEncryptionPart;
import org.apache.wss4j.common.crypto.Crypto;
import org.apache.wss4j.common.util.KeyUtils;
import org.apache.wss4j.dom.WSConstants;
import org.apache.wss4j.dom.handler.WSHandlerConstants;
import org.apache.wss4j.dom.message.WSSecEncrypt;
import org.apache.wss4j.dom.message.WSSecEncryptedKey;
import org.apache.wss4j.dom.message.WSSecHeader;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * Encrypts the content of the Body once, and its key for each of several recipients, for which the
 * options of the handler have no words.
 */
final class SeveralRecipients {
    private final Document document;
    private final Map<String, Object> options;

    SeveralRecipients(Document document, Map<String, Object> options) {
        this.document = document;
        this.options = options;
    }

    /** Each EncryptedKey says what is encrypted; that of the first stands in front, and the data name it. */
    void send(List<Crypto> recipients) throws Exception {
        WSSecHeader header = new WSSecHeader(document);
        header.insertSecurityHeader();
        String data = option(WSHandlerConstants.ENC_SYM_ALGO);
        SecretKey key = KeyUtils.getKeyGenerator(data).generateKey();

        WSSecEncrypt encryption = new WSSecEncrypt(header);
        setUp(encryption);
        encryption.setSymmetricEncAlgorithm(data);
        String envelope = document.getDocumentElement().getNamespaceURI();
        encryption.getParts().add(new WSEncryptionPart("Body", envelope, "Content"));
        encryption.prepare(recipients.get(0), key);
        Element references = encryption.encrypt(key);
        for (Crypto recipient : recipients.subList(1, recipients.size())) {
            WSSecEncryptedKey encrypted = new WSSecEncryptedKey(header);
            setUp(encrypted);
            encrypted.prepare(recipient, key);
            encrypted.getEncryptedKeyElement().appendChild(references.cloneNode(true));
            encrypted.prependToHeader();
        }
        encryption.addInternalRefElement(references);
        encryption.prependToHeader();
    }

    private void setUp(WSSecEncryptedKey key) {
        key.setUserInfo(Keys.ALIAS);
        key.setKeyIdentifierType(WSConstants.ISSUER_SERIAL);
        key.setKeyEncAlgo(option(WSHandlerConstants.ENC_KEY_TRANSPORT));
        if (option(WSHandlerConstants.ENC_KEY_AGREEMENT_METHOD) != null) {
            key.setKeyAgreementMethod(option(WSHandlerConstants.ENC_KEY_AGREEMENT_METHOD));
            key.setKeyDerivationMethod(option(WSHandlerConstants.ENC_KEY_DERIVATION_FUNCTION));
        }
    }

    private String option(String name) {
        return (String) options.get(name);
    }
}
