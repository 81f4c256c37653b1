/* libxmlsec1 and libxml2 as peers, in process: octets in, octets or a verdict out, parsing and
 * serialising included; keys are loaded once. It speaks the protocol of bench/src/serve.rs.
 * bench/programs.py compiles and starts it.
 *
 *     xmlsec KEY.pem CERTIFICATE.pem
 */

#define _POSIX_C_SOURCE 200809L

#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlsave.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xmlsec/app.h>
#include <xmlsec/crypto.h>
#include <xmlsec/templates.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmltree.h>
#include <xmlsec/xmlsec.h>

#define WSS "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
#define WSSE WSS "wssecurity-secext-1.0.xsd"
#define WSU WSS "wssecurity-utility-1.0.xsd"
#define X509V3 WSS "x509-token-profile-1.0#X509v3"
#define BASE64 WSS "soap-message-security-1.0#Base64Binary"
#define PARTS "urn:example:parts"

static xmlSecKeyPtr key;
/* The certificate in base64, as it stands in the BinarySecurityToken. */
static char *certificate;

static void *demand(const void *value, const char *what) {
    if (value == NULL) {
        printf("error %s\n", what);
        exit(2);
    }
    return (void *)value;
}

static char *read_file(const char *name, size_t *length) {
    FILE *file = demand(fopen(name, "rb"), name);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *octets = demand(malloc(*length + 1), "no memory");
    if (fread(octets, 1, *length, file) != *length)
        demand(NULL, name);
    octets[*length] = '\0';
    fclose(file);
    return octets;
}

/* The octets between the lines of a PEM. */
static char *inside(char *pem) {
    char *from = strchr(demand(strstr(pem, "-----BEGIN"), "no PEM"), '\n') + 1;
    char *to = pem;
    for (char *end = strstr(from, "-----END"); from < end; from++)
        if (*from != '\n')
            *to++ = *from;
    *to = '\0';
    return pem;
}

static xmlDocPtr parse(const char *octets, size_t length) {
    int options = XML_PARSE_NONET | XML_PARSE_HUGE;
    return demand(xmlReadMemory(octets, (int)length, NULL, NULL, options), "it is no XML");
}

static xmlNodePtr child(xmlNodePtr parent, const char *name) {
    xmlNodePtr node = xmlFirstElementChild(parent);
    while (node != NULL && strcmp((const char *)node->name, name) != 0)
        node = xmlNextElementSibling(node);
    return node;
}

/* Makes the wsu:Id of an element known, which the parser does not do without a DTD. */
static void know_id(xmlDocPtr document, xmlNodePtr element) {
    xmlAttrPtr attribute = xmlHasNsProp(element, BAD_CAST "Id", BAD_CAST WSU);
    if (attribute != NULL)
        xmlAddID(NULL, document, attribute->children->content, attribute);
}

static size_t verify(const char *octets, size_t length, int parts) {
    (void)parts;
    xmlDocPtr document = parse(octets, length);
    xmlNodePtr envelope = xmlDocGetRootElement(document);
    xmlNodePtr header = child(envelope, "Header");
    xmlNodePtr security = demand(child(header, "Security"), "no Security header");
    xmlNodePtr parents[] = {envelope, header, security};
    for (int number = 0; number < 3; number++)
        for (xmlNodePtr node = xmlFirstElementChild(parents[number]); node != NULL;
             node = xmlNextElementSibling(node))
            know_id(document, node);
    xmlSecDSigCtxPtr context = demand(xmlSecDSigCtxCreate(NULL), "no context");
    context->signKey = demand(xmlSecKeyDuplicate(key), "no key");
    xmlNodePtr signature = demand(child(security, "Signature"), "no Signature");
    if (xmlSecDSigCtxVerify(context, signature) < 0 || context->status != xmlSecDSigStatusSucceeded)
        demand(NULL, "the signature does not hold");
    xmlSecDSigCtxDestroy(context);
    xmlFreeDoc(document);
    return 0;
}

static void refer(xmlNodePtr signature, const char *id) {
    char uri[64];
    snprintf(uri, sizeof uri, "#%s", id);
    xmlNodePtr reference = xmlSecTmplSignatureAddReference(signature, xmlSecTransformSha256Id, NULL,
                                                           BAD_CAST uri, NULL);
    xmlSecTmplReferenceAddTransform(demand(reference, "no Reference"), xmlSecTransformExclC14NId);
}

static void sign_element(xmlDocPtr document, xmlNodePtr element, xmlNsPtr wsu, xmlNodePtr signature,
                         const char *id) {
    xmlNewNsProp(element, wsu, BAD_CAST "Id", BAD_CAST id);
    know_id(document, element);
    refer(signature, id);
}

static void add_instant(xmlNodePtr timestamp, xmlNsPtr wsu, const char *name, time_t when) {
    char text[32];
    struct tm parts;
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&when, &parts));
    xmlNewChild(timestamp, wsu, BAD_CAST name, BAD_CAST text);
}

/* parts: -1 for Body and Timestamp, else how many header blocks. */
static size_t sign(const char *octets, size_t length, int parts) {
    xmlDocPtr document = parse(octets, length);
    xmlNodePtr envelope = xmlDocGetRootElement(document);
    xmlNodePtr header = demand(child(envelope, "Header"), "no Header");
    xmlNodePtr security = xmlNewChild(header, NULL, BAD_CAST "Security", NULL);
    xmlNsPtr wsse = xmlNewNs(security, BAD_CAST WSSE, BAD_CAST "wsse");
    xmlNsPtr wsu = xmlNewNs(security, BAD_CAST WSU, BAD_CAST "wsu");
    xmlSetNs(security, wsse);
    xmlNewNsProp(security, envelope->ns, BAD_CAST "mustUnderstand", BAD_CAST "1");
    xmlNodePtr timestamp = xmlNewChild(security, wsu, BAD_CAST "Timestamp", NULL);
    time_t now = time(NULL);
    add_instant(timestamp, wsu, "Created", now);
    add_instant(timestamp, wsu, "Expires", now + 86400);
    xmlNodePtr token =
        xmlNewChild(security, wsse, BAD_CAST "BinarySecurityToken", BAD_CAST certificate);
    xmlNewProp(token, BAD_CAST "ValueType", BAD_CAST X509V3);
    xmlNewProp(token, BAD_CAST "EncodingType", BAD_CAST BASE64);
    xmlNewNsProp(token, wsu, BAD_CAST "Id", BAD_CAST "X509-1");
    xmlNodePtr signature = demand(
        xmlSecTmplSignatureCreateNsPref(document, xmlSecTransformExclC14NId,
                                        xmlSecTransformRsaSha256Id, NULL, BAD_CAST "ds"),
        "no Signature");
    xmlAddChild(security, signature);
    xmlNodePtr key_info = xmlSecTmplSignatureEnsureKeyInfo(signature, NULL);
    xmlNodePtr reference =
        xmlNewChild(xmlNewChild(key_info, wsse, BAD_CAST "SecurityTokenReference", NULL), wsse,
                    BAD_CAST "Reference", NULL);
    xmlNewProp(reference, BAD_CAST "URI", BAD_CAST "#X509-1");
    xmlNewProp(reference, BAD_CAST "ValueType", BAD_CAST X509V3);
    /* Ids of random octets, as others make them, would cost nothing that can be measured here. */
    if (parts < 0) {
        sign_element(document, child(envelope, "Body"), wsu, signature, "id-1");
        sign_element(document, timestamp, wsu, signature, "TS-1");
    } else {
        wsu = xmlNewNs(envelope, BAD_CAST WSU, BAD_CAST "u");
        xmlNodePtr node = xmlFirstElementChild(header);
        for (int number = 1; number <= parts; node = xmlNextElementSibling(node), number++) {
            char id[32];
            snprintf(id, sizeof id, "id-%d", number);
            sign_element(document, demand(node, "too few blocks"), wsu, signature, id);
        }
    }
    xmlSecDSigCtxPtr context = demand(xmlSecDSigCtxCreate(NULL), "no context");
    context->signKey = demand(xmlSecKeyDuplicate(key), "no key");
    if (xmlSecDSigCtxSign(context, signature) < 0 || context->status != xmlSecDSigStatusSucceeded)
        demand(NULL, "it could not be signed");
    xmlSecDSigCtxDestroy(context);
    xmlChar *written = NULL;
    int size = 0;
    xmlDocDumpMemory(document, &written, &size);
    demand(written, "it could not be written");
    xmlFree(written);
    xmlFreeDoc(document);
    return (size_t)size;
}

static int count(void *context, const char *octets, int length) {
    (void)octets;
    *(size_t *)context += (size_t)length;
    return length;
}

static size_t canonicalize(const char *octets, size_t length, int parts) {
    (void)parts;
    xmlDocPtr document = parse(octets, length);
    size_t written = 0;
    xmlOutputBufferPtr out = xmlOutputBufferCreateIO(count, NULL, &written, NULL);
    if (xmlC14NExecute(document, NULL, NULL, XML_C14N_EXCLUSIVE_1_0, NULL, 0, out) < 0)
        demand(NULL, "it could not be canonicalized");
    xmlOutputBufferClose(out);
    xmlFreeDoc(document);
    return 0;
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Octets of memory as Linux counts them. */
static long long memory(const char *what) {
    char line[256];
    long long found = 0;
    FILE *status = demand(fopen("/proc/self/status", "r"), "/proc/self/status");
    while (fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, what, strlen(what)) == 0)
            found = atoll(line + strlen(what)) * 1024;
    fclose(status);
    return found;
}

static void measure_peak(size_t (*run)(const char *, size_t, int), const char *octets,
                         size_t length, int parts) {
    FILE *forget = demand(fopen("/proc/self/clear_refs", "w"), "/proc/self/clear_refs");
    fputs("5", forget);
    fclose(forget);
    long long before = memory("VmRSS:");
    size_t written = run(octets, length, parts);
    printf("%lld %zu\n", memory("VmHWM:") - before, written);
}

int main(int argc, char **argv) {
    size_t size;
    if (argc != 3)
        return 2;
    xmlInitParser();
    if (xmlSecInit() < 0 || xmlSecCryptoAppInit(NULL) < 0 || xmlSecCryptoInit() < 0)
        demand(NULL, "libxmlsec1 does not start");
    key = xmlSecCryptoAppKeyLoad(argv[1], xmlSecKeyDataFormatPem, NULL, NULL, NULL);
    demand(key, argv[1]);
    certificate = inside(read_file(argv[2], &size));
    char name[32], wanted[4096], calls[32];
    while (scanf("%31s %4095s %31s", name, wanted, calls) == 3) {
        if (strcmp(name, "version") == 0) {
            printf("version %s (libxml2 %s)\n", XMLSEC_VERSION, LIBXML_DOTTED_VERSION);
            fflush(stdout);
            continue;
        }
        size_t (*run)(const char *, size_t, int) =
            strncmp(name, "sign", 4) == 0     ? sign
            : strncmp(name, "verify", 6) == 0 ? verify
            : strcmp(name, "c14n") == 0       ? canonicalize
                                              : NULL;
        demand(run, name);
        int parts = strcmp(name, "sign-part") == 0 ? 1 : strcmp(name, "sign-parts") == 0 ? 30 : -1;
        char *octets = read_file(wanted, &size);
        if (strcmp(calls, "peak") == 0) {
            measure_peak(run, octets, size, parts);
        } else {
            long long start = now();
            for (long call = atol(calls); call > 0; call--)
                run(octets, size, parts);
            printf("%lld %zu\n", now() - start, size);
        }
        free(octets);
        fflush(stdout);
    }
    return 0;
}
