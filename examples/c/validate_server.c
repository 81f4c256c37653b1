/* A SOAP service whose callers must send a UsernameToken: plain sockets, one connection at a time.
 *
 *     cc validate_server.c $(pkg-config --cflags --libs wsse) -o validate_server
 *     ALICE_PASSWORD=... ./validate_server [PORT]
 *
 * Prints its URL, then serves until it is ended. Each message may pass once. Without TLS in front
 * of it, it is for this machine only.
 */

#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <wsse.h>

enum { MOST_HEADER = 8 * 1024, MOST_BODY = 1024 * 1024, SECONDS_PER_READ = 10 };

static volatile sig_atomic_t stopped = 0;
static void stop(int signal) {
    (void)signal;
    stopped = 1;
}

/* --- HTTP, as little as will do ----------------------------------------------------------- */

struct request {
    char header[MOST_HEADER + 1]; /* ends with a NUL */
    char body[MOST_BODY];
    size_t body_len;
};

static void send_all(int connection, const char *text, size_t length) {
    while (length > 0) {
        ssize_t sent = send(connection, text, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text += sent;
        length -= (size_t)sent;
    }
}

static void respond(int connection, const char *status, const char *type, const char *body) {
    char head[256];
    int length = snprintf(head, sizeof head,
                          "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
                          "Connection: close\r\n\r\n",
                          status, type, strlen(body));
    send_all(connection, head, (size_t)length);
    send_all(connection, body, strlen(body));
}

/* The value of a field, which ends at a CR; NULL where there is none. */
static const char *field(const struct request *request, const char *name) {
    for (const char *line = strstr(request->header, "\r\n"); line != NULL;
         line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':') {
            line += strlen(name) + 1;
            return line + strspn(line, " \t");
        }
    }
    return NULL;
}

/* Reads one request, never more than there is room for. NULL, or the status to refuse it with. */
static const char *receive(int connection, struct request *request) {
    size_t length = 0;
    char *end = NULL;
    while (end == NULL) {
        if (length == MOST_HEADER)
            return "431 Request Header Fields Too Large";
        ssize_t got = recv(connection, request->header + length, MOST_HEADER - length, 0);
        if (got <= 0)
            return "400 Bad Request";
        length += (size_t)got;
        request->header[length] = '\0';
        if (strlen(request->header) != length)
            return "400 Bad Request";
        end = strstr(request->header, "\r\n\r\n");
    }
    if (strncmp(request->header, "POST ", 5) != 0)
        return "405 Method Not Allowed";

    size_t begun = length - (size_t)(end + 4 - request->header);
    memcpy(request->body, end + 4, begun);
    end[2] = '\0';

    const char *wanted = field(request, "Content-Length");
    if (wanted == NULL || *wanted < '0' || *wanted > '9')
        return "411 Length Required";
    unsigned long long announced = strtoull(wanted, NULL, 10);
    if (announced > MOST_BODY)
        return "413 Content Too Large";
    if (begun > announced)
        return "400 Bad Request";
    request->body_len = (size_t)announced;
    while (begun < request->body_len) {
        ssize_t got = recv(connection, request->body + begun, request->body_len - begun, 0);
        if (got <= 0)
            return "400 Bad Request";
        begun += (size_t)got;
    }
    return NULL;
}

/* The charset of the Content-Type; absent where there is none. */
static wsse_str charset_of(const char *type) {
    wsse_str charset = {NULL, 0};
    for (; type != NULL && *type != '\r' && *type != '\0'; type++) {
        if (strncasecmp(type, "charset=", 8) == 0) {
            charset.data = type + 8 + (type[8] == '"');
            charset.len = strcspn(charset.data, "\"; \t\r");
            break;
        }
    }
    return charset;
}

/* --- SOAP --------------------------------------------------------------------------------- */

#define SOAP_11 "http://schemas.xmlsoap.org/soap/envelope/"
#define SOAP_12 "http://www.w3.org/2003/05/soap-envelope"
#define WSSE "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"

/* The precise text goes to the log, the vague one to the caller. Neither needs escaping here: the
 * fault's texts are the library's constants, and it wrote the < in them for people. */
static void send_fault(int connection, int soap_12, const wsse_error *error) {
    char body[2048];
    wsse_fault fault;
    fprintf(stderr, "refused: %s (%s): %s\n", wsse_error_category(error).data,
            wsse_error_cause(error).data, wsse_error_text(error).data);
    if (!wsse_error_fault(error, &fault)) {
        respond(connection, "500 Internal Server Error", "text/plain", "");
        return;
    }
    const char *code = fault.code.data;
    if (soap_12)
        snprintf(body, sizeof body,
                 "<e:Envelope xmlns:e=\"" SOAP_12 "\" xmlns:wsse=\"" WSSE "\"><e:Body><e:Fault>"
                 "<e:Code><e:Value>e:%s</e:Value>%s%s%s</e:Code><e:Reason>"
                 "<e:Text xml:lang=\"en\"><![CDATA[%s]]></e:Text></e:Reason>"
                 "</e:Fault></e:Body></e:Envelope>",
                 fault.sender ? "Sender" : "Receiver",
                 code ? "<e:Subcode><e:Value>wsse:" : "", code ? code : "",
                 code ? "</e:Value></e:Subcode>" : "", fault.text.data);
    else
        snprintf(body, sizeof body,
                 "<e:Envelope xmlns:e=\"" SOAP_11 "\" xmlns:wsse=\"" WSSE "\"><e:Body><e:Fault>"
                 "<faultcode>%s%s</faultcode><faultstring><![CDATA[%s]]></faultstring>"
                 "</e:Fault></e:Body></e:Envelope>",
                 code ? "wsse:" : "e:", code ? code : fault.sender ? "Client" : "Server",
                 fault.text.data);
    respond(connection, "500 Internal Server Error",
            soap_12 ? "application/soap+xml; charset=utf-8" : "text/xml; charset=utf-8", body);
}

static void serve(int connection, const wsse_inbound *inbound, struct request *request) {
    const char *refused = receive(connection, request);
    if (refused != NULL) {
        respond(connection, refused, "text/plain", "");
        return;
    }
    const char *type = field(request, "Content-Type");
    int soap_12 = type != NULL && strncasecmp(type, "application/soap+xml", 20) == 0;
    wsse_str charset = charset_of(type);

    wsse_validated_message *message = NULL;
    wsse_error *error = NULL;
    if (wsse_inbound_validate(inbound, request->body, request->body_len, charset.data, charset.len,
                              &message, &error) != WSSE_RESULT_OK) {
        send_fault(connection, soap_12, error);
        wsse_error_free(error);
        return;
    }
    /* A service would hand this document to its parser from here on, not what was received. */
    wsse_bytes document = wsse_validated_message_unsigned_document(message);
    /* The policy demands a digest, so this is a name of ours: one that has a password. */
    wsse_str user = wsse_validated_message_username(message);
    fprintf(stderr, "accepted: %zu octets from %.*s\n", document.len, (int)user.len, user.data);
    soap_12 = wsse_validated_message_soap_version(message) == WSSE_SOAP_VERSION_V12;
    wsse_validated_message_free(message);
    if (soap_12)
        respond(connection, "200 OK", "application/soap+xml; charset=utf-8",
                "<e:Envelope xmlns:e=\"" SOAP_12 "\"><e:Body><accepted/></e:Body></e:Envelope>");
    else
        respond(connection, "200 OK", "text/xml; charset=utf-8",
                "<e:Envelope xmlns:e=\"" SOAP_11 "\"><e:Body><accepted/></e:Body></e:Envelope>");
}

/* --- The program -------------------------------------------------------------------------- */

/* What validates every message: made once, used by any number of threads. It holds the memory of
 * the messages that have passed. */
static wsse_inbound *new_inbound(const char *password) {
    static const char policy[] = "version = 1\nrequire = { username-token = \"digest\" }";
    wsse_credentials *credentials = NULL;
    wsse_inbound *inbound = NULL;
    wsse_error *error = NULL;
    if (wsse_credentials_new(&credentials, &error) != WSSE_RESULT_OK ||
        wsse_credentials_add_password(credentials, "alice", 5, password, strlen(password),
                                      &error) != WSSE_RESULT_OK ||
        wsse_inbound_new(policy, strlen(policy), credentials, NULL, NULL, &inbound, &error) !=
            WSSE_RESULT_OK) {
        fprintf(stderr, "validate_server: %s\n", wsse_error_text(error).data);
        wsse_error_free(error);
    }
    wsse_credentials_free(credentials);
    return inbound;
}

/* Listens on the loopback interface and prints the URL. -1 if that can't be done. */
static int listen_on(unsigned short port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int yes = 1;
    if (listener < 0 ||
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 16) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
        perror("validate_server");
        return -1;
    }
    printf("http://127.0.0.1:%d/\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(int argc, char **argv) {
    const char *password = getenv("ALICE_PASSWORD");
    unsigned long port = argc > 1 ? strtoul(argv[1], NULL, 10) : 8000;
    if (argc > 2 || port > 65535 || password == NULL) {
        fprintf(stderr, "usage: ALICE_PASSWORD=... validate_server [PORT]\n");
        return 2;
    }
    /* A signal ends the wait for a connection, and no request that has begun. */
    struct sigaction ended = {.sa_handler = stop};
    sigset_t held, before;
    sigemptyset(&held);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGINT);
    sigprocmask(SIG_BLOCK, &held, &before);
    sigaction(SIGTERM, &ended, NULL);
    sigaction(SIGINT, &ended, NULL);

    wsse_inbound *inbound = new_inbound(password);
    struct request *request = malloc(sizeof *request);
    int listener = inbound != NULL && request != NULL ? listen_on((unsigned short)port) : -1;
    int status = listener < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    while (listener >= 0 && !stopped) {
        fd_set waiting;
        FD_ZERO(&waiting);
        FD_SET(listener, &waiting);
        if (pselect(listener + 1, &waiting, NULL, NULL, NULL, &before) <= 0)
            continue;
        int connection = accept(listener, NULL, NULL);
        if (connection < 0)
            continue;
        struct timeval patience = {.tv_sec = SECONDS_PER_READ};
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        serve(connection, inbound, request);
        close(connection);
    }
    if (listener >= 0)
        close(listener);
    free(request);
    wsse_inbound_free(inbound);
    return status;
}
