"use strict";
// xml-crypto and node-soap as a process that lives as long as the tests: one command a line on standard
// input, one answer a line on standard output, both JSON. A command's `verb` is one of the functions
// below; what it takes and answers is said at each. Whatever fails is answered with `error`.

const readline = require("readline");
const soap = require("./node-soap");
const xmlCrypto = require("./xml-crypto");

const VERBS = { sign: xmlCrypto.sign, verify: xmlCrypto.verify, call: soap.call };

async function main() {
  const version = (name) => require(`${name}/package.json`).version;
  answer({ "xml-crypto": version("xml-crypto"), soap: version("soap") });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    try {
      answer(await VERBS[command.verb](command));
    } catch (failure) {
      answer({ error: `${failure.name}: ${failure.message}` });
    }
  }
}

function answer(words) {
  process.stdout.write(JSON.stringify(words) + "\n");
}

main();
