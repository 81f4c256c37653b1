package wsse.interop;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Names with values, a name perhaps several times, written as an HTML form is sent. */
final class Form {
    private final Map<String, List<String>> values = new LinkedHashMap<>();

    static Form parse(String line) {
        Form form = new Form();
        for (String pair : line.split("&")) {
            String[] halves = pair.split("=", 2);
            form.set(decode(halves[0]), decode(halves[1]));
        }
        return form;
    }

    Form set(String name, String value) {
        values.computeIfAbsent(name, absent -> new ArrayList<>()).add(value);
        return this;
    }

    Form set(String name, byte[] octets) {
        return set(name, Base64.getEncoder().encodeToString(octets));
    }

    /** The first value; null where there is none. */
    String get(String name) {
        List<String> all = all(name);
        return all.isEmpty() ? null : all.get(0);
    }

    byte[] octets(String name) {
        return Base64.getDecoder().decode(get(name));
    }

    List<String> all(String name) {
        return values.getOrDefault(name, Collections.emptyList());
    }

    /** The names that begin so, without that beginning, each with its first value. */
    Map<String, Object> below(String beginning) {
        Map<String, Object> found = new LinkedHashMap<>();
        values.forEach((name, all) -> {
            if (name.startsWith(beginning)) {
                found.put(name.substring(beginning.length()), all.get(0));
            }
        });
        return found;
    }

    String write() {
        List<String> pairs = new ArrayList<>();
        values.forEach((name, all) ->
            all.forEach(value -> pairs.add(encode(name) + "=" + encode(value))));
        return String.join("&", pairs);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
