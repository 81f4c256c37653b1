package wsse.interop;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.apache.wss4j.common.ext.WSSecurityException;
import org.apache.wss4j.dom.WSConstants;
import org.apache.wss4j.dom.engine.WSSConfig;
import org.apache.wss4j.dom.handler.HandlerAction;
import org.apache.wss4j.dom.handler.RequestData;
import org.apache.wss4j.dom.handler.WSHandler;
import org.apache.wss4j.dom.handler.WSHandlerResult;
import org.apache.wss4j.dom.util.WSSecurityUtil;
import org.w3c.dom.Document;

/**
 * What a SOAP stack makes of WSS4J: the options come from its configuration, and what a reply must
 * answer is kept in the message context, a map here.
 */
final class Handler extends WSHandler {
    /** An action of who receives, for which WSS4J has no word: a DerivedKeyToken was read. */
    static final String DERIVED = "DerivedKeyToken";

    private final Map<String, Object> options;

    Handler(Map<String, Object> options) {
        this.options = options;
    }

    /** The actions of the option {@code action}, in its order; those of {@link #DERIVED} last. */
    List<Integer> actions() throws WSSecurityException {
        List<String> words = new ArrayList<>(List.of(((String) options.get("action")).split(" ")));
        int derived = Collections.frequency(words, DERIVED);
        words.removeIf(DERIVED::equals);
        List<Integer> actions = WSSecurityUtil.decodeAction(String.join(" ", words));
        actions.addAll(Collections.nCopies(derived, WSConstants.DKT));
        return actions;
    }

    void send(Document document, RequestData data, boolean isRequest) throws WSSecurityException {
        List<HandlerAction> actions = new ArrayList<>();
        for (int action : actions()) {
            actions.add(new HandlerAction(action));
        }
        data.setWssConfig(WSSConfig.getNewInstance());
        doSenderAction(document, data, actions, isRequest);
    }

    void prepareToReceive(RequestData data) throws WSSecurityException {
        data.setWssConfig(WSSConfig.getNewInstance());
        doReceiverAction(actions(), data);
    }

    boolean didWhatWasAsked(WSHandlerResult results) throws WSSecurityException {
        return checkReceiverResultsAnyOrder(results.getResults(), actions());
    }

    void confirm(RequestData data, WSHandlerResult results) throws WSSecurityException {
        checkSignatureConfirmation(data, results);
    }

    @Override
    public Object getOption(String key) {
        return options.get(key);
    }

    @Override
    public Object getProperty(Object context, String key) {
        return context(context).get(key);
    }

    @Override
    public void setProperty(Object context, String key, Object value) {
        context(context).put(key, value);
    }

    @Override
    public String getPassword(Object context) {
        return (String) context(context).get("password");
    }

    @Override
    public void setPassword(Object context, String password) {
        context(context).put("password", password);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> context(Object context) {
        return (Map<String, Object>) context;
    }
}
