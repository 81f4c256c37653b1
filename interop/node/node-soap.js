"use strict";
// The verb of node-soap: a client calls an operation, and nothing leaves the process.

const path = require("path");
const soap = require("soap");

const WSDL = path.join(__dirname, "order.wsdl");

// By a client in whose class of `security` (WSSecurityCert, WSSecurityCertWithToken or
// WSSecurityPlusCert) stand the `key` and `certificate`, both in PEM, and the `options`; for the last two
// also `username`, `password` and `userOptions`. `version` is 1.1 or 1.2, `header` a header block, `reply`
// what the service says. Answers `message`, the request, the last where it calls several `times`, and
// `number`, what the client read of the reply.
async function call(command) {
  let message;
  const client = await soap.createClientAsync(WSDL, {
    forceSoap12Headers: command.version === "1.2",
    httpClient: {
      request(location, request, callback) {
        message = request;
        callback(null, { status: 200, headers: {}, data: command.reply }, command.reply);
      },
    },
  });
  client.setSecurity(security(command));
  client.addSoapHeader(command.header);
  let result;
  for (let time = 0; time < command.times; time++) {
    [result] = await client.orderAsync({ name: "Müller & Söhne <€>" });
  }
  return { message, number: result.number };
}

function security(command) {
  const { key, certificate, username, password, options, userOptions } = command;
  switch (command.security) {
    case "WSSecurityCert":
      return new soap.WSSecurityCert(key, certificate, "", options);
    case "WSSecurityCertWithToken":
      return new soap.WSSecurityCertWithToken({
        privateKey: key,
        publicKey: certificate,
        keyPassword: "",
        username,
        password,
        options,
      });
    case "WSSecurityPlusCert":
      return new soap.WSSecurityPlusCert(
        new soap.WSSecurity(username, password, userOptions),
        new soap.WSSecurityCert(key, certificate, "", options),
      );
    default:
      throw new Error(`no such security: ${command.security}`);
  }
}

module.exports = { call };
