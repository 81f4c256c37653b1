"use strict";
// The two verbs of xml-crypto, whose callers place the Signature and write what stands in its KeyInfo.

const { DOMParser } = require("@xmldom/xmldom");
const { SignedXml } = require("xml-crypto");

const DS = "http://www.w3.org/2000/09/xmldsig#";

// `message`, with an Id at what `references` name by their `xpath`; each of them has `transforms`, a
// `digest`, `prefixes` and, where it is the whole document, `whole`. `method` and `canonicalization` are
// URIs, `key` is PEM, or the `secret` is given in base64; `keyInfo` is what its element contains;
// `parent` is the XPath of where the Signature becomes the last child; `object` is what it envelops,
// under the Id "object". Answers the `message`, or the Signature that envelops.
function sign(command) {
  const signed = new SignedXml({
    privateKey: command.secret ? Buffer.from(command.secret, "base64") : command.key,
    signatureAlgorithm: command.method,
    canonicalizationAlgorithm: command.canonicalization,
    inclusiveNamespacesPrefixList: command.prefixes,
    objects: command.object && [{ content: command.object, attributes: { Id: "object" } }],
    idMode: command.parent && "wssecurity",
  });
  if (command.secret) {
    signed.enableHMAC();
  }
  signed.getKeyInfoContent = () => command.keyInfo;
  for (const reference of command.references) {
    signed.addReference({
      xpath: reference.xpath,
      transforms: reference.transforms,
      digestAlgorithm: reference.digest,
      inclusiveNamespacesPrefixList: reference.prefixes,
      isEmptyUri: reference.whole,
    });
  }
  signed.computeSignature(command.message, {
    prefix: "ds",
    location: command.parent && { reference: command.parent, action: "append" },
  });
  return { message: command.object ? signed.getSignatureXml() : signed.getSignedXml() };
}

// The one Signature of `message`, by the `certificate` in PEM or the `secret` in base64, or by the
// certificate that its X509Data carries where neither is given. Answers `references`, how many held.
function verify(command) {
  const document = new DOMParser().parseFromString(command.message);
  const signatures = document.getElementsByTagNameNS(DS, "Signature");
  if (signatures.length !== 1) {
    throw new Error(`${signatures.length} signatures`);
  }
  const signed = new SignedXml(
    command.secret
      ? { privateKey: Buffer.from(command.secret, "base64") }
      : command.certificate
        ? { publicCert: command.certificate }
        : { getCertFromKeyInfo: SignedXml.getCertFromKeyInfo },
  );
  if (command.secret) {
    signed.enableHMAC();
  }
  signed.loadSignature(signatures[0]);
  if (!signed.checkSignature(command.message)) {
    const failed = signed.getReferences().find((reference) => reference.validationError);
    throw failed.validationError;
  }
  return { references: signed.getSignedReferences().length };
}

module.exports = { sign, verify };
