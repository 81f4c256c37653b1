package wsse.interop;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.UnsupportedCallbackException;

import org.apache.wss4j.common.EncryptionActionToken;
import org.apache.wss4j.common.SignatureActionToken;
import org.apache.wss4j.common.bsp.BSPRule;
import org.apache.wss4j.common.crypto.Crypto;
import org.apache.wss4j.common.ext.WSPasswordCallback;
import org.apache.wss4j.common.principal.WSDerivedKeyTokenPrincipal;
import org.apache.wss4j.dom.WSConstants;
import org.apache.wss4j.dom.WSDataRef;
import org.apache.wss4j.dom.engine.WSSecurityEngine;
import org.apache.wss4j.dom.engine.WSSecurityEngineResult;
import org.apache.wss4j.dom.handler.RequestData;
import org.apache.wss4j.dom.handler.WSHandlerConstants;
import org.apache.wss4j.dom.handler.WSHandlerResult;
import org.apache.wss4j.dom.message.token.UsernameToken;
import org.apache.xml.security.encryption.params.ConcatKDFParams;
import org.apache.xml.security.encryption.params.HKDFParams;
import org.apache.xml.security.encryption.params.KeyDerivationParameters;
import org.apache.xml.security.utils.KeyUtils;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * The two commands. Both take
 *
 * <ul>
 * <li>{@code message}: the SOAP message in base64,
 * <li>{@code option.NAME}: options of WSS4J's configuration under their own names, {@code action}
 *     among them,
 * <li>{@code username}, {@code password}: of UsernameTokens,
 * <li>{@code secret}: a shared key in base64,
 * <li>{@code conversation}: what ties a reply to its request; without it each message stands alone,
 * <li>{@code reply}: true where the message is one.
 * </ul>
 *
 * send also takes {@code key} and {@code key-password}, a PKCS#12 file, and perhaps
 * {@code key-info}, the KeyInfo in base64, and {@code recipient}, a PEM file with the certificate
 * that is encrypted to, perhaps several times, {@code derivation-digest}, the URI that derives a key
 * from what is agreed on, and {@code binding}: symmetric for a {@link SymmetricBinding}; it answers
 * {@code message}. receive takes {@code trusted}, a PEM file, perhaps
 * {@code decryption-key} and {@code decryption-key-password}, a PKCS#12 file, and {@code ignore}, a
 * rule of the Basic Security Profile that is not held, perhaps several times; it answers what
 * {@link #report} says, and {@code message}, as it is when all is decrypted. Whatever fails is
 * answered with {@code error}.
 */
final class Security {
    private final Map<String, Map<String, Object>> conversations = new HashMap<>();
    private final Keys keys = new Keys();

    Form obey(Form command) {
        try {
            switch (command.get("verb")) {
                case "send": return send(command);
                case "receive": return receive(command);
                default: throw new IllegalArgumentException("no such verb: " + command.get("verb"));
            }
        } catch (Exception | LinkageError failure) {
            return new Form().set("error", inWords(failure));
        }
    }

    private Form send(Form command) throws Exception {
        Document document = Documents.parse(command.octets("message"));
        Map<String, Object> options = command.below("option.");
        RequestData data = new RequestData();
        Map<String, Object> context = context(command);
        data.setMsgContext(context);
        Passwords passwords = new Passwords(command, context);
        data.setCallbackHandler(passwords);
        options.put(WSHandlerConstants.PW_CALLBACK_REF, passwords);
        data.setUsername(command.get("username"));
        if ("symmetric".equals(command.get("binding"))) {
            SymmetricBinding binding = new SymmetricBinding(document, options);
            if (isReply(command)) {
                binding.reply(context);
            } else {
                binding.send(keys.recipient(command.get("recipient")), context);
            }
            return new Form().set("message", Documents.write(document));
        }
        if (command.all("recipient").size() > 1) {
            List<Crypto> recipients = new ArrayList<>();
            for (String recipient : command.all("recipient")) {
                recipients.add(keys.recipient(recipient));
            }
            new SeveralRecipients(document, options).send(recipients);
            return new Form().set("message", Documents.write(document));
        }
        if (command.get("derivation-digest") != null) {
            context.put(
                WSHandlerConstants.ENC_KEY_DERIVATION_PARAMS, derivation(command, options));
        }
        if (((String) options.get("action")).contains("SignatureDerived")) {
            // It encrypts the key that it derives from by what it has for signatures.
            options.put(WSHandlerConstants.SIGNATURE_USER, Keys.ALIAS);
            SignatureActionToken token = new SignatureActionToken();
            token.setCrypto(keys.recipient(command.get("recipient")));
            data.setSignatureToken(token);
        } else if (command.get("key") != null) {
            options.put(WSHandlerConstants.SIGNATURE_USER, Keys.ALIAS);
            SignatureActionToken token = new SignatureActionToken();
            token.setCrypto(keys.own(command.get("key"), command.get("key-password")));
            if (command.get("key-info") != null) {
                Element keyInfo = Documents.parse(command.octets("key-info")).getDocumentElement();
                token.setKeyInfoElement((Element) document.importNode(keyInfo, true));
            }
            data.setSignatureToken(token);
        }
        if (command.get("recipient") != null) {
            options.put(WSHandlerConstants.ENCRYPTION_USER, Keys.ALIAS);
            EncryptionActionToken token = new EncryptionActionToken();
            token.setCrypto(keys.recipient(command.get("recipient")));
            data.setEncryptionToken(token);
        }
        new Handler(options).send(document, data, !isReply(command));
        return new Form().set("message", Documents.write(document));
    }

    private Form receive(Form command) throws Exception {
        Document document = Documents.parse(command.octets("message"));
        Handler handler = new Handler(command.below("option."));
        RequestData data = new RequestData();
        Map<String, Object> context = context(command);
        data.setMsgContext(context);
        data.setCallbackHandler(new Passwords(command, context));
        data.setSigVerCrypto(keys.trusted(command.get("trusted")));
        if (command.get("decryption-key") != null) {
            data.setDecCrypto(
                keys.own(command.get("decryption-key"), command.get("decryption-key-password")));
        }
        List<BSPRule> ignored = new ArrayList<>();
        command.all("ignore").forEach(rule -> ignored.add(BSPRule.valueOf(rule)));
        data.setIgnoredBSPRules(ignored);
        handler.prepareToReceive(data);

        WSHandlerResult results = new WSSecurityEngine().processSecurityHeader(document, data);
        if (results == null) {
            throw new IllegalArgumentException("the message has no Security header");
        }
        if (!handler.didWhatWasAsked(results)) {
            throw new IllegalArgumentException("the message was not secured as the options ask");
        }
        if (isReply(command)) {
            handler.confirm(data, results);
        } else {
            // Newest first, as the handlers of SOAP stacks keep them.
            context.put(WSHandlerConstants.RECV_RESULTS, new ArrayList<>(List.of(results)));
        }
        return report(results, context).set("message", Documents.write(document));
    }

    /** How a key is derived from what was agreed on: the one word that options have not. */
    private static KeyDerivationParameters derivation(Form command, Map<String, Object> options)
            throws Exception {
        String digest = command.get("derivation-digest");
        int bits = KeyUtils.getAESKeyBitSizeForWrapAlgorithm(
            (String) options.get(WSHandlerConstants.ENC_KEY_TRANSPORT));
        String function = (String) options.get(WSHandlerConstants.ENC_KEY_DERIVATION_FUNCTION);
        if (WSConstants.KEYDERIVATION_HKDF.equals(function)) {
            return HKDFParams.createBuilder(bits, digest).salt(new byte[] {1, 2, 3}).build();
        }
        return ConcatKDFParams.createBuilder(bits, digest)
            .algorithmID("0000").partyUInfo("0003D8").partyVInfo("0003D0").build();
    }

    /**
     * {@code signed}, the path of each element that a signature covers, and {@code digest}, a URI,
     * for each; {@code method}, the URI; {@code certificate}, the signer's SHA-256; {@code secret}, what
     * the signer's key is where it is none of a certificate, see {@link #secret}; {@code username};
     * {@code encrypted}, the path of each element that was encrypted, with a star behind it where its
     * content was, and {@code data}, a URI, for each; {@code transport}, the URI for each EncryptedKey;
     * {@code derived}, the namespace of each DerivedKeyToken.
     * Newest first: what was decrypted first comes last.
     */
    private static Form report(WSHandlerResult results, Map<String, Object> context)
            throws Exception {
        Form report = new Form();
        for (WSSecurityEngineResult result : results.getResults()) {
            int action = (Integer) result.get(WSSecurityEngineResult.TAG_ACTION);
            if (action == WSConstants.SIGN || action == WSConstants.UT_SIGN) {
                reportSignature(report, result);
                if (result.get(WSSecurityEngineResult.TAG_SECRET) != null) {
                    report.set("secret", secret(result, results, context));
                }
            } else if (action == WSConstants.ENCR) {
                reportEncryption(report, result);
            } else if (action == WSConstants.UT) {
                Principal user = (Principal) result.get(WSSecurityEngineResult.TAG_PRINCIPAL);
                report.set("username", user.getName());
            } else if (action == WSConstants.UT_NOPASSWORD) {
                UsernameToken token =
                    (UsernameToken) result.get(WSSecurityEngineResult.TAG_USERNAME_TOKEN);
                report.set("username", token.getName());
                report.set("iterations", Integer.toString(token.getIteration()));
            } else if (action == WSConstants.DKT) {
                Element token = (Element) result.get(WSSecurityEngineResult.TAG_TOKEN_ELEMENT);
                report.set("derived", token.getNamespaceURI());
            }
        }
        return report;
    }

    /**
     * Whose key made a Signature: of an EncryptedKey, of a UsernameToken, or of another message, with
     * the word derived before it where there is a DerivedKeyToken between them.
     */
    private static String secret(
            WSSecurityEngineResult signature, WSHandlerResult results, Map<String, Object> context) {
        byte[] key = (byte[]) signature.get(WSSecurityEngineResult.TAG_SECRET);
        String derived = "";
        Object principal = signature.get(WSSecurityEngineResult.TAG_PRINCIPAL);
        if (principal instanceof WSDerivedKeyTokenPrincipal) {
            key = ((WSDerivedKeyTokenPrincipal) principal).getSecret();
            derived = "derived ";
        }
        for (WSSecurityEngineResult result : results.getResults()) {
            int action = (Integer) result.get(WSSecurityEngineResult.TAG_ACTION);
            byte[] other = (byte[]) result.get(WSSecurityEngineResult.TAG_SECRET);
            if (action == WSConstants.ENCR && Arrays.equals(key, other)) {
                return derived + "EncryptedKey";
            } else if (action == WSConstants.UT_NOPASSWORD && Arrays.equals(key, other)) {
                return derived + "UsernameToken";
            }
        }
        for (Map.Entry<String, Object> kept : context.entrySet()) {
            if (kept.getKey().startsWith(SymmetricBinding.KEPT)
                    && Arrays.equals(key, (byte[]) kept.getValue())) {
                return derived + "key of the request";
            }
        }
        return derived + "key";
    }

    @SuppressWarnings("unchecked")
    private static void reportSignature(Form report, WSSecurityEngineResult result)
            throws Exception {
        for (WSDataRef reference
            : (List<WSDataRef>) result.get(WSSecurityEngineResult.TAG_DATA_REF_URIS)) {
            report.set("signed", Documents.path(reference.getProtectedElement()));
            report.set("digest", reference.getDigestAlgorithm());
        }
        X509Certificate certificate =
            (X509Certificate) result.get(WSSecurityEngineResult.TAG_X509_CERTIFICATE);
        if (certificate != null) {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            report.set("certificate", HexFormat.of().formatHex(hash));
        }
        report.set("method", (String) result.get(WSSecurityEngineResult.TAG_SIGNATURE_METHOD));
    }

    @SuppressWarnings("unchecked")
    private static void reportEncryption(Form report, WSSecurityEngineResult result) {
        List<WSDataRef> references =
            (List<WSDataRef>) result.get(WSSecurityEngineResult.TAG_DATA_REF_URIS);
        for (WSDataRef reference : references == null ? List.<WSDataRef>of() : references) {
            String path = Documents.path(reference.getProtectedElement());
            report.set("encrypted", reference.isContent() ? path + "/*" : path);
            report.set("data", reference.getAlgorithm());
        }
        Object transport = result.get(WSSecurityEngineResult.TAG_ENCRYPTED_KEY_TRANSPORT_METHOD);
        if (transport != null) {
            report.set("transport", (String) transport);
        }
    }

    private Map<String, Object> context(Form command) {
        String name = command.get("conversation");
        return name == null
            ? new HashMap<>()
            : conversations.computeIfAbsent(name, absent -> new HashMap<>());
    }

    private static boolean isReply(Form command) {
        return "true".equals(command.get("reply"));
    }

    private static String inWords(Throwable failure) {
        List<String> words = new ArrayList<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            words.add(cause.getClass().getSimpleName() + ": " + cause.getMessage());
        }
        return String.join(" <- ", words);
    }

    /**
     * The password of the user, of our key, and the shared key, whatever it is called; and the keys
     * that the context has, by their EncryptedKeySHA1.
     */
    private static final class Passwords implements CallbackHandler {
        private final Form command;
        private final Map<String, Object> context;

        Passwords(Form command, Map<String, Object> context) {
            this.command = command;
            this.context = context;
        }

        @Override
        public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
            for (Callback callback : callbacks) {
                if (!(callback instanceof WSPasswordCallback)) {
                    throw new UnsupportedCallbackException(callback);
                }
                WSPasswordCallback asked = (WSPasswordCallback) callback;
                boolean ofKey = Keys.ALIAS.equals(asked.getIdentifier());
                String ofOwn =
                    command.get("key") == null ? "decryption-key-password" : "key-password";
                asked.setPassword(command.get(ofKey ? ofOwn : "password"));
                if (command.get("secret") != null) {
                    asked.setKey(command.octets("secret"));
                }
                Object kept = context.get(SymmetricBinding.KEPT + asked.getIdentifier());
                if (kept != null) {
                    asked.setKey((byte[]) kept);
                }
            }
        }
    }
}
