# Asks every route its example through a client that was generated from the description: each answer has to be read
# into its generated type, and is held to its schema to the last field. Then starts ingests.
# Arguments: folder of the generated package, address of a server, its token.
import enum
import importlib
import json
import sys
import urllib.request

import jsonschema

folder, base, token = sys.argv[1:]
sys.path.insert(0, folder)
generated = importlib.import_module("generated")
description = json.load(urllib.request.urlopen(f"{base}/api/v1/openapi.json"))
models = importlib.import_module("generated.models")
enums = [m for m in vars(models).values() if isinstance(m, type) and issubclass(m, enum.Enum)]


def typed(value, allowed):
    """The value as the generated enum that has what is allowed, or as it is."""
    return next((e(value) for e in enums if allowed and {m.value for m in e} == set(allowed)), value)


asked = 0
with generated.Client(base_url=base, raise_on_unexpected_status=True, timeout=30) as client:
    for path, operations in description["paths"].items():
        operation = operations.get("get")
        if operation is None:
            continue
        module = importlib.import_module("generated.api.default." + operation["operationId"].replace("-", "_"))
        params = {}
        for p in operation["parameters"]:
            if "example" in p:
                name = {"from": "from_"}.get(p["name"], p["name"])
                params[name] = typed(p["example"], p["schema"].get("enum"))
        answer = module.sync_detailed(client=client, **params)
        if answer.status_code != 200 or answer.parsed is None:
            sys.exit(f"{path} {params}: {answer.status_code} {answer.content[:300]}")
        read = answer.parsed.to_dict()
        if set(read) != set(json.loads(answer.content)):
            sys.exit(f"{path}: read {sorted(read)}")
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        for answered in (json.loads(answer.content), read):
            jsonschema.Draft202012Validator({**schema, "components": description["components"]}).validate(answered)
        asked += 1
print(asked, "routes answered a generated client")

# An ingest is started by whoever has the token, of the sources named or of all, and by nobody else.
start = importlib.import_module("generated.api.default.start_ingest")
with generated.AuthenticatedClient(base_url=base, token=token, raise_on_unexpected_status=True, timeout=30) as client:
    for body in (models.StartIngestBody(sources=["epoch-benchmarks"]), models.StartIngestBody()):
        answer = start.sync_detailed(client=client, body=body)
        if answer.status_code != 202:
            sys.exit(f"ingest {body}: {answer.status_code} {answer.content[:300]}")
with generated.AuthenticatedClient(base_url=base, token="wrong", raise_on_unexpected_status=True, timeout=30) as client:
    answer = start.sync_detailed(client=client)
    if answer.status_code != 401 or answer.parsed.status != 401:
        sys.exit(f"ingest with a wrong token: {answer.status_code} {answer.content[:300]}")
