"""This project encrypting and decrypting, through its command line."""

from __future__ import annotations

import json
import re
from typing import Dict, List

from .encryption import Encryption, Opened
from .messages import USERNAME, message
from .ours import Ours

_STEP = re.compile(r"(?<=/)\{[^}]*\}|\[[0-9]+\]")
"""What our paths say of a step beside its local name."""


def encrypt(ours: Ours, asked: Encryption) -> bytes:
    """Encrypts a SOAP message, and signs it if that is asked for; or a document."""
    given = ["--policy", ours.policy(_outbound(asked))]
    if asked.key in ours.keys.secrets:
        given += ["--secret", f"{asked.key}={ours.keys.secrets[asked.key]}"]
    elif asked.recipients:
        for name in asked.recipients:
            given += ["--recipient", f"{name}={ours.keys.identities[name].certificate}"]
    else:
        given += ["--recipient", str(ours.keys.identities[asked.key].certificate)]
    if asked.form is not None:
        return ours.run(["encrypt", "--bare", "--type", asked.form, *given], message(asked.plain))
    if asked.signed and asked.binding is None:
        signer = ours.keys.identities[asked.signer]
        given += ["--key", str(signer.key), "--cert", str(signer.certificate)]
    if asked.has_token or asked.binding == "username":
        given += ["--username", USERNAME, "--password-env", "INTEROP_PASSWORD"]
    return ours.run(["protect", *given], message(asked.plain))


def decrypt(ours: Ours, encrypted: bytes, asked: Encryption) -> Opened:
    """Checks a message by a policy that demands what is asked for; decrypts a document."""
    recipient, signer = ours.keys.identities.get(asked.key), ours.keys.identities[asked.signer]
    if recipient is None:
        given = ["--secret", f"{asked.key}={ours.keys.secrets[asked.key]}"]
    else:
        name = f"{asked.key}=" if asked.reference == "key-name" else ""
        given = ["--key", f"{name}{recipient.key}", "--untrusted", str(recipient.certificate)]
    if asked.form is not None:
        given += [option for name in legacy(asked) for option in ("--legacy", name)]
        return Opened(frozenset(), octets=ours.run(["decrypt", "--bare", *given], encrypted))
    if asked.signed and asked.binding is None:
        given += ["--trust", str(signer.anchor)]
    if asked.has_token or asked.binding == "username":
        given += ["--username", USERNAME, "--password-env", "INTEROP_PASSWORD"]
    out = ours.folder / "decrypted.xml"
    given += ["--json", "-o", str(out)]
    policy = ours.policy(_inbound(asked))
    said = json.loads(ours.run(["validate", "--policy", policy, *given], encrypted))
    assert said["verdict"] == "valid"
    if asked.signed and asked.binding is None:
        assert said["certificate"]["sha1"] == signer.sha1.hex()
    if asked.has_token:
        assert said["username"] == USERNAME
    paths = [part["path"] + ("/*" if part["content"] else "") for part in said["encrypted"]]
    assert len(paths) == len(set(paths)), f"encrypted twice: {paths}"
    signed = [_STEP.sub("", part["path"]) for part in said["signed"]]
    return Opened(
        frozenset(_STEP.sub("", path) for path in paths), frozenset(signed), out.read_bytes()
    )


def _outbound(asked: Encryption) -> str:
    with_token = asked.has_token or asked.binding == "username"
    steps = ["timestamp"] if "timestamp" in asked.parts + asked.signed else []
    steps += ["username-token"] if with_token else []
    both = ["signature", "encryption"] if asked.first == "signature" else ["encryption", "signature"]
    steps += both if asked.signed else ["encryption"]
    lines = ["version = 1", f"order = {json.dumps(steps)}"]
    if asked.binding == "username":
        iterations = int(asked.detail.split()[0])
        lines.append(f'username-token = {{ password = "none", iterations = {iterations} }}')
    elif with_token:
        lines.append('username-token = { password = "digest" }')
    if asked.signed:
        signature: Dict[str, object] = {"parts": list(asked.signed)}
        if asked.binding is not None:
            reference = "username-token" if asked.binding == "username" else "encrypted-key"
            signature.update(reference=reference, method=asked.mac)
        lines.append(f"signature = [{_table(signature)}]")
    # What is given without a name serves every recipient.
    key: Dict[str, object] = {"recipient": asked.key} if asked.reference == "key-name" else {}
    if asked.recipients:
        key["recipient"] = list(asked.recipients)
    key.update(reference=asked.reference, transport=asked.transport)
    if asked.transport.startswith("rsa-oaep") or asked.agrees:
        key["digest"] = asked.digest
    if asked.transport == "rsa-oaep":
        key["mgf"] = f"mgf1-{asked.mgf}"
    if asked.agrees:
        key["wrap"] = asked.wrap
    data: Dict[str, object] = {"data": asked.data, **({"parts": list(asked.parts)} if asked.parts else {})}
    if asked.binding in ("symmetric", "derived"):
        derived = asked.detail.replace("/", "-") if asked.binding == "derived" else "none"
        lines.append(f"encrypted-key = {_table({**key, 'derived': derived})}")
        key = {"transport": "encrypted-key"}
    return "\n".join([*lines, f"encryption = [{_table({**key, **data})}]"]) + "\n"


def _table(words: Dict[str, object]) -> str:
    """Written on one line."""
    return "{ " + ", ".join(f"{name} = {json.dumps(value)}" for name, value in words.items()) + " }"


def _inbound(asked: Encryption) -> str:
    required = [f"encrypted = {json.dumps(list(asked.parts))}"] if asked.parts else []
    if asked.signed:
        required.append(f"signed = {json.dumps(list(asked.signed))}")
    if asked.binding is not None:
        signer = "username" if asked.binding == "username" else "symmetric"
        required.append(f'signer = "{signer}"')
    if "timestamp" in asked.signed + asked.parts:
        required.append("timestamp = true")
    if asked.has_token:
        required.append('username-token = "digest"')
    lines = ["version = 1", f"require = {{ {', '.join(required)} }}"]
    lines.append(f"legacy = {{ allow = {json.dumps(legacy(asked))} }}")
    return "\n".join(lines) + "\n"


def legacy(asked: Encryption) -> List[str]:
    """What of it must be allowed by name."""
    allowed = ["rsa15"] if asked.transport == "rsa-1.5" else []
    if asked.data == "tripledes-cbc" or asked.transport == "kw-tripledes":
        return [*allowed, "3des"]
    # A trusted signature over the ciphertext makes CBC as good as the others.
    covered = asked.first == "encryption" and "body" in asked.signed and asked.binding is None
    return [*allowed, "cbc"] if asked.data.endswith("-cbc") and not covered else allowed
