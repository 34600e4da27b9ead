"""Check what the program writes for administrators against the platforms' own published schemas."""

import io
import json
import sys
import zipfile
from pathlib import Path

from jsonschema.validators import validator_for


def problems(schema_file: Path, value: object) -> list[str]:
    """What the schema has against `value`, a line each."""
    schema = json.loads(schema_file.read_text(encoding="utf-8-sig"))
    kind = validator_for(schema)
    found = kind(schema, format_checker=kind.FORMAT_CHECKER).iter_errors(value)
    return [f"{'/'.join(map(str, each.path)) or '(top)'}: {each.message}" for each in found]


def slack(schema: Path, written: bytes) -> list[str]:
    """The manifest that an administrator pastes into Slack."""
    return problems(schema, json.loads(written))


def teams(folder: Path, written: bytes) -> list[str]:
    """The package for Teams: manifest and language files, by the schemas of the version that it names."""
    archive = zipfile.ZipFile(io.BytesIO(written))
    made = json.loads(archive.read("manifest.json"))
    there = folder / f"v{made['manifestVersion']}"
    found = problems(there / "MicrosoftTeams.schema.json", made)
    for name in archive.namelist():
        if name.endswith(".json") and name != "manifest.json":
            language = there / "MicrosoftTeams.Localization.schema.json"
            found += [f"{name}: {each}" for each in problems(language, json.loads(archive.read(name)))]
    return found


if __name__ == "__main__":
    check = {"slack": slack, "teams": teams}[sys.argv[1]]
    trouble = check(Path(sys.argv[2]), sys.stdin.buffer.read())
    sys.stdout.write("".join(f"{line}\n" for line in trouble) or "the published schema accepts it\n")
    sys.exit(bool(trouble))
