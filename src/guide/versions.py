"""Which versions of Kubernetes a step works with."""

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from guide.errors import InputError
from guide.page import Location


def read_versions(text: str, where: Location) -> str:
    """Give what an attribute says of versions. Raises InputError if it says nothing that can be compared."""
    try:
        if not SpecifierSet(text):
            raise InvalidSpecifier
    except InvalidSpecifier as error:
        raise InputError(
            f'{where}: data-kubernetes="{text}" compares no versions: write >=1.36, or >=1.35,<1.37'
        ) from error
    return text


def unfit(versions: str, kubernetes: str, where: Location) -> str:
    """Give why a step that works with `versions` is not run in a lane of `kubernetes`; "" where it is.

    Raises InputError for a lane without Kubernetes.
    """
    try:
        fits = SpecifierSet(versions).contains(Version(kubernetes), prereleases=True)
    except InvalidVersion as error:
        raise InputError(f"{where}: data-kubernetes: config/versions.yaml names no Kubernetes") from error
    return "" if fits else f"it works with Kubernetes {versions}, and this lane has {kubernetes}"
