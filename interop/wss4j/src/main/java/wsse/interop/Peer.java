package wsse.interop;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import org.apache.wss4j.dom.engine.WSSConfig;

/**
 * WSS4J as a process that lives as long as the tests: one command a line on standard input, one
 * answer a line on standard output, both a {@link Form}. A command's {@code verb} is send, receive
 * or stop.
 */
public final class Peer {
    private Peer() { }

    public static void main(String[] arguments) throws IOException {
        FileOutputStream out = new FileOutputStream(FileDescriptor.out);
        PrintStream answers = new PrintStream(out, false, StandardCharsets.UTF_8);
        // Nobody else writes between the answers.
        System.setOut(System.err);
        WSSConfig.init();
        Security security = new Security();
        answer(answers, new Form().set("version", version()));

        BufferedReader commands =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            Form command = Form.parse(line);
            if ("stop".equals(command.get("verb"))) {
                return;
            }
            answer(answers, security.obey(command));
        }
    }

    private static void answer(PrintStream answers, Form form) {
        answers.print(form.write() + "\n");
        answers.flush();
    }

    private static String version() {
        return WSSConfig.class.getPackage().getImplementationVersion();
    }
}
