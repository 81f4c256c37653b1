"""Policies as values, and the arguments that take them."""

from __future__ import annotations

import copy
import pickle

import pytest

import wsse

PRESETS = ["username-token", "username-text", "timestamp", "onvif"]
CLASSES = [wsse.OutboundPolicy, wsse.InboundPolicy]


@pytest.mark.parametrize("policy_class", CLASSES)
@pytest.mark.parametrize("name", PRESETS)
class TestPresets:
    def test_reads_what_it_writes(self, policy_class, name):
        policy = policy_class.preset(name)
        text = policy.to_toml()
        assert policy_class.from_toml(text) == policy
        assert policy_class.from_toml(text).to_toml() == text

    def test_is_a_value(self, policy_class, name):
        policy = policy_class.preset(name)
        assert {policy: 1}[policy_class.preset(name)] == 1
        assert pickle.loads(pickle.dumps(policy)) == policy
        assert copy.deepcopy(policy) == policy
        assert repr(policy).startswith(f"{policy_class.__name__}.from_toml(")
        others = [policy_class.preset(other) for other in PRESETS if other != name]
        assert policy not in others
        assert policy != policy.to_toml()


@pytest.mark.parametrize("policy_class", CLASSES)
def test_an_unknown_preset_is_told_what_was_meant(policy_class):
    with pytest.raises(wsse.Misuse, match='did you mean "username-token"') as raised:
        policy_class.preset("usernametoken")
    assert raised.value.cause == "invalid-argument"


@pytest.mark.parametrize("policy_class", CLASSES)
def test_policies_are_made_by_name_or_text_only(policy_class):
    with pytest.raises(TypeError):
        policy_class()
    with pytest.raises(TypeError):
        policy_class.from_toml(b"version = 1")
    with pytest.raises(AttributeError):
        policy_class.preset("onvif").anything = 1


def test_a_policy_that_requires_nothing():
    with pytest.raises(wsse.Misuse, match="requires nothing") as raised:
        wsse.InboundPolicy.from_toml("version = 1")
    assert raised.value.cause == "invalid-policy"


def test_whose_signatures_count_is_one_word_or_several():
    for signer in ('"symmetric"', '"request"', '["trusted", "username"]'):
        text = f"version = 1\nrequire = {{ timestamp = true, signer = {signer} }}"
        assert f"signer = {signer}" in wsse.InboundPolicy.from_toml(text).to_toml()
    with pytest.raises(wsse.Misuse) as raised:
        wsse.InboundPolicy.from_toml("version = 1\nrequire = { timestamp = true, signer = [] }")
    assert raised.value.cause == "invalid-policy"


@pytest.mark.parametrize(
    "given",
    [
        "preset:onvif",
        wsse.OutboundPolicy.preset("onvif"),
        wsse.OutboundPolicy.preset("onvif").to_toml(),
    ],
    ids=["name", "object", "toml"],
)
def test_wherever_a_policy_is_taken_text_is_too(given):
    outbound = wsse.Outbound(given, username="u", password="p")
    assert outbound.policy == wsse.OutboundPolicy.preset("onvif")


@pytest.mark.parametrize(
    ("door", "expected"),
    [(wsse.Outbound, "wsse.OutboundPolicy"), (wsse.Inbound, "wsse.InboundPolicy")],
)
@pytest.mark.parametrize("given", [None, 5, b"version = 1", {"version": 1}])
def test_a_policy_of_the_wrong_type(door, expected, given):
    with pytest.raises(TypeError, match=f"policy must be a {expected}") as raised:
        door(given)
    assert type(given).__name__ in str(raised.value)


def test_the_policies_of_the_two_directions_are_not_each_other():
    with pytest.raises(TypeError, match="not OutboundPolicy"):
        wsse.Inbound(wsse.OutboundPolicy.preset("onvif"))
    with pytest.raises(TypeError, match="not InboundPolicy"):
        wsse.Outbound(wsse.InboundPolicy.preset("onvif"))


def test_what_the_policy_needs_must_be_given():
    with pytest.raises(wsse.Misuse, match="give the passwords") as raised:
        wsse.Inbound("preset:username-token")
    assert raised.value.cause == "missing-credential"
    with pytest.raises(wsse.Misuse, match="a verifier can't check"):
        wsse.Inbound("preset:username-token", verifier=lambda username, password: True)
    named = 'version = 1\nrequire = { timestamp = true }\nreplay = { store = "redis" }'
    with pytest.raises(wsse.Misuse, match='replay store "redis"'):
        wsse.Inbound(named)
    wsse.Inbound(named, replay=wsse.MemoryReplayStore())
