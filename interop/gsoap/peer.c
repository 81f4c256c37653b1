/* The WS-Security plugin of gSOAP as a peer: one message a run. Options are pairs of a name and a value,
 * files are PEM.
 *
 * `send` writes a request to standard output, with a Timestamp:
 *   --key F --certificate F   the signer's; --secret F in place of both: an HMAC
 *   --method NAME             as rsa-sha256, ecdsa-sha256, hmac-sha256
 *   --sign "Body Time User X509Token"   the Ids of what is signed; no Signature without it
 *   --username U --password P           a UsernameToken with a digest
 *   --recipient F             whose certificate is encrypted to; --shared F in place of it: an AES key
 *   --data NAME               as aes256-cbc, aes256-gcm, tripledes-cbc
 *   --oaep yes                in place of RSA 1.5
 *   --encrypt TAGS            qualified names; the Body's content without it
 *   --version 1.2             of SOAP; 1.1 without it
 *
 * `receive` reads one from standard input:
 *   --certificate F or --secret F, --method NAME   of who must have signed it
 *   --password P, --trusted F
 *   --decryption-key F or --shared F, --data NAME, --oaep yes
 * It writes `name=`, what the service read, and `body=`, `timestamp=`, `username-token=` and
 * `binary-security-token=`, how many of them were verified, one a line.
 *
 * What fails is told on standard error, with status 1.
 */

#include "order.nsmap"
#include "soapH.h"
#include "wsseapi.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct method {
  const char *name;
  int sign;
  int verify;
};

#define METHOD(family, FAMILY, digest, DIGEST) \
  { family "-" digest, SOAP_SMD_SIGN_##FAMILY##_##DIGEST, SOAP_SMD_VRFY_##FAMILY##_##DIGEST }
#define HMAC_METHOD(family, FAMILY, digest, DIGEST) \
  { family "-" digest, SOAP_SMD_##FAMILY##_##DIGEST, SOAP_SMD_##FAMILY##_##DIGEST }
#define DIGESTS(with, family, FAMILY) \
  with(family, FAMILY, "sha1", SHA1), with(family, FAMILY, "sha224", SHA224), \
      with(family, FAMILY, "sha256", SHA256), with(family, FAMILY, "sha384", SHA384), \
      with(family, FAMILY, "sha512", SHA512)

static const struct method methods[] = {
    DIGESTS(METHOD, "rsa", RSA),
    DIGESTS(METHOD, "ecdsa", ECDSA),
    DIGESTS(HMAC_METHOD, "hmac", HMAC),
};

struct data {
  const char *name;
  int envelope; /* under a key that an EncryptedKey brings */
  int open;
  int encrypt; /* under a shared key */
  int decrypt;
};

#define DATA(name, NAME) \
  { name, SOAP_MEC_ENV_ENC_##NAME, SOAP_MEC_ENV_DEC_##NAME, SOAP_MEC_ENC_##NAME, SOAP_MEC_DEC_##NAME }

static const struct data datas[] = {
    DATA("tripledes-cbc", DES_CBC),  DATA("aes128-cbc", AES128_CBC), DATA("aes192-cbc", AES192_CBC),
    DATA("aes256-cbc", AES256_CBC),  DATA("aes128-gcm", AES128_GCM), DATA("aes192-gcm", AES192_GCM),
    DATA("aes256-gcm", AES256_GCM),
};

static int count;
static char **options;

static void fail(const char *what, const char *name)
{
  fprintf(stderr, "%s: %s\n", what, name);
  exit(1);
}

/* The value of the option; NULL where it is not given. */
static const char *option(const char *name)
{
  for (int i = 2; i + 1 < count; i += 2)
    if (!strcmp(options[i] + 2, name))
      return options[i + 1];
  return NULL;
}

static const struct method *method(void)
{
  const char *name = option("method") ? option("method") : "rsa-sha256";
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
    if (!strcmp(methods[i].name, name))
      return &methods[i];
  fail("no such method", name);
  return NULL;
}

static const struct data *data(void)
{
  const char *name = option("data") ? option("data") : "aes256-gcm";
  for (size_t i = 0; i < sizeof datas / sizeof *datas; i++)
    if (!strcmp(datas[i].name, name))
      return &datas[i];
  fail("no such algorithm", name);
  return NULL;
}

static int oaep(void)
{
  return option("oaep") ? SOAP_MEC_OAEP : 0;
}

static FILE *opened(const char *name)
{
  FILE *file = fopen(name, "rb");
  if (!file)
    fail("can't be read", name);
  return file;
}

static X509 *certificate(const char *name)
{
  FILE *file = opened(name);
  X509 *found = PEM_read_X509(file, NULL, NULL, NULL);
  fclose(file);
  if (!found)
    fail("no certificate", name);
  return found;
}

static EVP_PKEY *private_key(const char *name)
{
  FILE *file = opened(name);
  EVP_PKEY *found = PEM_read_PrivateKey(file, NULL, NULL, NULL);
  fclose(file);
  if (!found)
    fail("no private key", name);
  return found;
}

/* At most 64 octets. */
static const char *secret(const char *name, int *length)
{
  static char octets[64];
  FILE *file = opened(name);
  *length = (int)fread(octets, 1, sizeof octets, file);
  fclose(file);
  return octets;
}

static void check(struct soap *soap, int result)
{
  if (result == SOAP_OK)
    return;
  soap_print_fault(soap, stderr);
  exit(1);
}

static void sign(struct soap *soap)
{
  int length = 0;
  if (option("secret")) {
    const char *octets = secret(option("secret"), &length);
    check(soap, soap_wsse_sign_body(soap, method()->sign, octets, length));
  } else {
    X509 *own = certificate(option("certificate"));
    check(soap, soap_wsse_add_BinarySecurityTokenX509(soap, "X509Token", own));
    check(soap, soap_wsse_add_KeyInfo_SecurityTokenReferenceX509(soap, "#X509Token"));
    check(soap, soap_wsse_sign_body(soap, method()->sign, private_key(option("key")), 0));
  }
  check(soap, soap_wsse_sign_only(soap, option("sign")));
}

static void encrypt(struct soap *soap)
{
  const char *tags = option("encrypt");
  int length = 0;
  if (option("shared")) {
    const char *octets = secret(option("shared"), &length);
    check(soap, tags ? soap_wsse_encrypt_only(soap, data()->encrypt, octets, length, tags)
                     : soap_wsse_encrypt_body(soap, data()->encrypt, octets, length));
    return;
  }
  X509 *to = certificate(option("recipient"));
  int algorithm = data()->envelope | oaep();
  check(soap, tags ? soap_wsse_add_EncryptedKey_encrypt_only(soap, algorithm, "Cert", to, NULL, NULL,
                                                             NULL, tags)
                   : soap_wsse_add_EncryptedKey(soap, algorithm, "Cert", to, NULL, NULL, NULL));
}

static void send_request(struct soap *soap)
{
  if (option("version"))
    soap_set_version(soap, 2);
  soap->sendfd = 1;
  check(soap, soap_wsse_add_Timestamp(soap, "Time", 300));
  if (option("username"))
    check(soap, soap_wsse_add_UsernameTokenDigest(soap, "User", option("username"), option("password")));
  if (option("sign"))
    sign(soap);
  if (option("recipient") || option("shared"))
    encrypt(soap);
  char name[] = "M\xc3\xbcller & S\xc3\xb6hne <\xe2\x82\xac>";
  check(soap, soap_send_p__order(soap, "", NULL, name));
}

static void receive_request(struct soap *soap)
{
  int length = 0;
  soap->recvfd = 0;
  if (option("trusted"))
    check(soap, soap_ssl_server_context(soap, SOAP_SSL_NO_AUTHENTICATION, NULL, NULL, option("trusted"),
                                        NULL, NULL, NULL, NULL));
  if (option("secret")) {
    const char *octets = secret(option("secret"), &length);
    check(soap, soap_wsse_verify_auto(soap, method()->verify, octets, (size_t)length));
  } else if (option("certificate")) {
    EVP_PKEY *signer = X509_get_pubkey(certificate(option("certificate")));
    check(soap, soap_wsse_verify_auto(soap, method()->verify, signer, 0));
  }
  if (option("shared")) {
    const char *octets = secret(option("shared"), &length);
    check(soap, soap_wsse_decrypt_auto(soap, data()->decrypt, octets, length));
  } else if (option("decryption-key")) {
    EVP_PKEY *own = private_key(option("decryption-key"));
    check(soap, soap_wsse_decrypt_auto(soap, data()->open | oaep(), own, 0));
  }
  /* The reply is of no interest. */
  soap->sendfd = open("/dev/null", O_WRONLY);
  check(soap, soap_serve(soap));
}

int p__order(struct soap *soap, char *name, struct p__ordered *result)
{
  static char number[] = "7";
  const char *secext = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
  const char *utility =
      "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
  if (soap_wsse_verify_Timestamp(soap))
    return soap->error;
  if (option("password") && soap_wsse_verify_Password(soap, option("password")))
    return soap->error;
  printf("name=%s\n", name);
  result->number = number;
  /* Without a Signature it counts nothing, and calls that a failure. */
  if (!option("certificate") && !option("secret"))
    return SOAP_OK;
  /* soap_wsse_verify_body knows the Body of SOAP 1.1 alone. */
  int bodies = (int)soap_wsse_verify_element(soap, "http://schemas.xmlsoap.org/soap/envelope/", "Body");
  bodies += (int)soap_wsse_verify_element(soap, "http://www.w3.org/2003/05/soap-envelope", "Body");
  printf("body=%d\n", bodies);
  printf("timestamp=%d\n", (int)soap_wsse_verify_element(soap, utility, "Timestamp"));
  printf("username-token=%d\n", (int)soap_wsse_verify_element(soap, secext, "UsernameToken"));
  printf("binary-security-token=%d\n", (int)soap_wsse_verify_element(soap, secext, "BinarySecurityToken"));
  soap->error = SOAP_OK;
  return SOAP_OK;
}

int main(int argc, char **argv)
{
  count = argc;
  options = argv;
  struct soap *soap = soap_new1(SOAP_XML_CANONICAL | SOAP_C_UTFSTRING);
  soap_register_plugin(soap, soap_wsse);
  if (argc > 1 && !strcmp(argv[1], "send"))
    send_request(soap);
  else if (argc > 1 && !strcmp(argv[1], "receive"))
    receive_request(soap);
  else if (argc > 1 && !strcmp(argv[1], "version"))
    printf("%d.%d.%d\n", GSOAP_VERSION / 100000, GSOAP_VERSION / 1000 % 100, GSOAP_VERSION % 1000);
  else
    fail("usage", "peer send|receive|version [--NAME VALUE]...");
  return 0;
}
