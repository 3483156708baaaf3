"""The pages for users say what the code does."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import rapport
from rapport.channels import registry
from rapport.channels.files import mapping
from rapport.channels.webhook import parse, sign

CHANNELS = Path(rapport.__file__).parent / "channels"
WEBHOOK = (CHANNELS / "webhook" / "README.md").read_text("utf-8")
FILES = (CHANNELS / "files" / "README.md").read_text("utf-8")


def test_every_channel_stands_in_the_list() -> None:
    listed = (CHANNELS.parents[2] / "docs" / "channels.md").read_text("utf-8")
    assert [channel.kind for channel in registry.all() if f"`{channel.kind}`" not in listed] == []


@pytest.mark.parametrize("name", [*parse.Message.__struct_fields__, "x-rapport-timestamp", "x-rapport-signature"])
def test_every_field_of_a_delivery_is_explained(name: str) -> None:
    assert name in WEBHOOK


@pytest.mark.parametrize("name", [*mapping.FIELDS, *mapping.OPTIONS])
def test_every_field_and_option_of_a_mapping_is_explained(name: str) -> None:
    assert re.search(rf"`{name}[`=]", FILES)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_the_shell_example_signs_as_we_do() -> None:
    example = re.search(r"```sh\n(SECRET=.*?)```", WEBHOOK, re.DOTALL)
    assert example is not None
    script = example[1].split("curl -sS")[0] + 'printf "%s\\n%s\\n%s\\n%s" "$SECRET" "$NOW" "$BODY" "v1=$SIGNATURE"'
    said = subprocess.run(["sh", "-c", script], capture_output=True, check=True, text=True, timeout=20).stdout
    secret, now, body, signature = said.split("\n")
    assert sign(secret, now, body.encode()) == signature


def test_the_python_example_signs_as_we_do(monkeypatch: pytest.MonkeyPatch) -> None:
    example = re.search(r"```python\n(.*?)```", WEBHOOK, re.DOTALL)
    assert example is not None
    world: dict[str, object] = {}
    exec(example[1], world)
    sent = []
    monkeypatch.setattr("urllib.request.urlopen", sent.append)
    world["deliver"]("https://desk.example/in/x/", "secret", {"id": "1"})  # type: ignore[operator]
    request = sent[0]
    assert request.headers["X-rapport-signature"] == sign(
        "secret", request.headers["X-rapport-timestamp"], request.data
    )
