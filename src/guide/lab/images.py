"""The container images: pulled, or made from Debian packages and our own builds under the names of manifests."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from guide.errors import InputError, LabError
from guide.lab.cache import Cache, digest, remove_tree
from guide.lab.command import run
from guide.lab.facts import Versions
from guide.lab.lock import Lock
from guide.lab.rootfs import bootstrap

MADE = "made here"
PULLED = "pulled"
BY_NODES = "pulled by the nodes"
NOTE = ".id"  # beside an image that was pulled

NGINX_PACKAGES = ("nginx-light", "curl")
NGINX_HOOKS = (
    'rm -rf "$1"/var/lib/apt "$1"/var/cache/* "$1"/var/log/* && mkdir -p "$1/var/log/nginx"',
    'ln -s /dev/stdout "$1/var/log/nginx/access.log" && ln -s /dev/stderr "$1/var/log/nginx/error.log"',
    # Where the official image has its pages, so that manifests suit both.
    'rm -r "$1/var/www/html" && ln -s /usr/share/nginx/html "$1/var/www/html"',
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One image: its reference, the command and port of its containers, and what fills its file system.

    `source` names what the files come from, for the digest of inputs.
    """

    reference: str
    entrypoint: tuple[str, ...]
    port: int | None
    source: str
    fill: Callable[[Path], None]


def pack(content: Path, recipe: Recipe, archive: Path, work: Path) -> None:
    """Write an image with the files in `content` as a Docker archive. `work` is an empty folder, used up."""
    storage = storage_in(work)
    what = f"Making the image {recipe.reference}"
    container = run(["buildah", *storage, "from", "scratch"], what=what).strip()
    run(["buildah", *storage, "add", "--quiet", container, content, "/"], what=what)
    config = ["--entrypoint", "[" + ", ".join(f'"{word}"' for word in recipe.entrypoint) + "]", "--cmd", ""]
    config += ["--port", str(recipe.port)] if recipe.port else []
    run(["buildah", *storage, "config", *config, container], what=what)
    run(["buildah", *storage, "commit", "--quiet", "--rm", container, recipe.reference], what=what)
    save(recipe.reference, archive, storage, what)
    shutil.rmtree(work)


def storage_in(work: Path) -> list[str | Path]:
    """Give the options by which buildah keeps all that it has in a folder."""
    return ["--root", work / "root", "--runroot", work / "run", "--storage-driver", "vfs"]


def save(reference: str, archive: Path, storage: list[str | Path], what: str) -> None:
    """Write an image that buildah has as a Docker archive."""
    run(["buildah", *storage, "push", "--quiet", reference, f"docker-archive:{archive}:{reference}"], what=what)


def pulled(cache: Cache, name: str, reference: str, arch: str, lock: Lock) -> Path:
    """Give the Docker archive of an image, pulled if the cache has none. Raises LabError if the lock has another."""

    def pull(folder: Path) -> None:
        storage, what = storage_in(folder / "work"), f"Pulling the image {reference}"
        said = run(["buildah", *storage, "pull", "--quiet", "--arch", arch, reference], what=what)
        save(reference, folder / "image.tar", storage, what)
        shutil.rmtree(folder / "work")
        (folder / NOTE).write_text(said.strip())

    entry = cache.get(f"pulled-{name}", digest(reference, arch), pull)
    try:
        lock.hold(f"{reference}#{arch}", (entry / NOTE).read_text())
    except LabError:
        remove_tree(entry)
        raise
    return entry / "image.tar"


def stand_ins(sources: Mapping[str, str]) -> tuple[str, ...]:
    """Say which images are not the official ones, of the sources of all parts."""
    made = [name.removeprefix("image ") for name, source in sources.items() if source == MADE]
    if not made:
        return ()
    words = "Images are built from Debian's packages and the project's own builds, under the official names"
    others = any(source in (PULLED, BY_NODES) for source in sources.values())
    return (f"{words}: {', '.join(made)}." if others else f"{words}.",)


def nginx_content(folder: Path, release: str, reference: str) -> None:
    """Fill a folder with a small Debian that has nginx. Raises LabError if the tag tells another version."""
    bootstrap(folder, release, NGINX_PACKAGES, NGINX_HOOKS, "Making nginx's file system")
    query = ["dpkg-query", f"--admindir={folder}/var/lib/dpkg", "-f", "${Version}", "-W", "nginx"]
    version = run(query, what="Asking for nginx's version").split("-")[0]
    if version != reference.rpartition(":")[2]:
        raise LabError(f"config/versions.yaml names {reference}, but Debian {release} has nginx {version}.")


def images(cache: Cache, versions: Versions, rootfs: Path, binaries: dict[str, Path]) -> dict[str, Path]:
    """Give an archive for each image that the versions name.

    `rootfs` is a node's, which has catatonit; `binaries` are the components. Raises InputError for an image that
    cannot be made.
    """
    recipes = {
        "pause": lambda reference: pause_recipe(reference, rootfs),
        "nginx": lambda reference: nginx_recipe(reference, versions.debian),
        "coredns": lambda reference: coredns_recipe(reference, binaries),
    }
    unknown = sorted(versions.images.keys() - recipes.keys())
    if unknown:
        known = ", ".join(recipes)
        raise InputError(f"config/versions.yaml: nobody knows how to make the image {unknown[0]}; known are {known}")
    wanted = {name: recipes[name](reference) for name, reference in versions.images.items()}
    return {name: archive(cache, name, recipe) for name, recipe in wanted.items()}


def pause_recipe(reference: str, rootfs: Path) -> Recipe:
    """Give the container that holds a pod's network open.

    catatonit in this mode is what podman runs as its pause process: it waits and reaps, as Kubernetes' own.
    """

    def fill(content: Path) -> None:
        copy_program(rootfs / "usr/bin/catatonit", content / "pause")

    return Recipe(reference, ("/pause", "-P"), None, rootfs.parent.name, fill)


def nginx_recipe(reference: str, release: str) -> Recipe:
    """Give Debian's nginx."""
    source = f"{release} {NGINX_PACKAGES} {NGINX_HOOKS}"
    command = ("nginx", "-g", "daemon off;")
    return Recipe(reference, command, 80, source, lambda content: nginx_content(content, release, reference))


def coredns_recipe(reference: str, binaries: dict[str, Path]) -> Recipe:
    """Give our own build of CoreDNS."""
    if "coredns" not in binaries:
        raise InputError("config/versions.yaml: the image coredns is made of the component coredns: add its version")
    binary = binaries["coredns"]

    def fill(content: Path) -> None:
        copy_program(binary, content / "coredns")

    return Recipe(reference, ("/coredns",), 53, binary.parent.name, fill)


def archive(cache: Cache, name: str, recipe: Recipe) -> Path:
    """Give the Docker archive of an image, made if the cache has none."""

    def make(folder: Path) -> None:
        content, work = folder / "content", folder / "work"
        content.mkdir()
        work.mkdir()
        recipe.fill(content)
        pack(content, recipe, folder / "image.tar", work)
        shutil.rmtree(content)

    inputs = digest(recipe.reference, *recipe.entrypoint, str(recipe.port), recipe.source)
    return cache.get(f"image-{name}", inputs, make) / "image.tar"


def copy_program(source: Path, target: Path) -> None:
    """Copy an executable."""
    shutil.copyfile(source, target)
    target.chmod(0o755)
