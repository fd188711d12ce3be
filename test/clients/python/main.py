import os
from io import BytesIO
from pathlib import Path

from dockwright_client import AuthenticatedClient
from dockwright_client.api.manifest import render_dockerfile
from dockwright_client.api.source import pack_context
from dockwright_client.models import DockerfileAnswer, Manifest, PackContextFilesBody, Problem
from dockwright_client.types import File

# The generated code reads JSON wherever there is JSON, so it has to ask for it.
client = AuthenticatedClient(
    base_url=os.environ["DOCKWRIGHT_URL"],
    token=os.environ.get("DOCKWRIGHT_TOKEN", "none"),
    headers={"Accept": "application/json, */*;q=0.5"},
)

# A manifest becomes a Dockerfile, with the reason of each step.
rendered = render_dockerfile.sync(client=client, body=Manifest(language="static", port=8081))
assert isinstance(rendered, DockerfileAnswer)
print("dockerfile:", "EXPOSE 8081" in rendered.dockerfile, len(rendered.steps))

# An archive and a manifest become a build context, as a tar.
archive = File(payload=BytesIO(Path(os.environ["ARCHIVE"]).read_bytes()), file_name="project.tar")
packed = pack_context.sync(
    client=client, body=PackContextFilesBody(archive=archive, manifest=Manifest(port=9000))
)
assert isinstance(packed, File)
print("context:", b"EXPOSE 9000" in packed.payload.read())

# What cannot be planned comes back as a problem, typed.
refused = render_dockerfile.sync(client=client, body=Manifest(name="nothing-known"))
assert isinstance(refused, Problem)
print("problem:", refused.type_, refused.status, bool(refused.hint))
