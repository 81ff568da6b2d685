"""The allocators that the text is measured against: what there is of them on this machine."""

import os
import subprocess
import sys
from dataclasses import dataclass
from glob import glob
from importlib import util
from pathlib import Path

from refalloc.native.compiler import cache_folder
from refalloc.native.export import cached_library
from refalloc.native.linking import ExportError

ZIG_SOURCE = Path(__file__).parent / "original.zig"
DEBIAN = {  # name -> the library's file, and Debian's package
    "mimalloc": ("libmimalloc.so.2", "libmimalloc2.0"),
    "jemalloc": ("libjemalloc.so.2", "libjemalloc2"),
    "tcmalloc": ("libtcmalloc_minimal.so.4", "libtcmalloc-minimal4"),
}


@dataclass(frozen=True)
class Peer:
    """An allocator to preload. Attributes: library: Path, or None for the C library's own."""

    name: str
    library: Path | None


def find_peers(texts):
    """What can be measured here.

    Args:    texts: {name: text} of ours, as for export.
    Returns: (list of Peer, glibc first; list of str, what is missing and how to get it).
    Raises:  as export.
    """
    peers = [Peer("glibc", None), *(Peer(name, cached_library(text)) for name, text in texts.items())]
    missing = []
    if util.find_spec("ziglang"):
        peers.append(Peer("zig", _original()))
    else:
        missing.append("zig, the original: pip install ziglang==0.14.1")
    for name, (file, package) in DEBIAN.items():
        found = [path for folder in ("/usr/lib/*/", "/usr/lib/", "/usr/local/lib/") for path in glob(folder + file)]
        if found:
            peers.append(Peer(name, Path(found[0])))
        else:
            missing.append(f"{name}: apt install {package}")
    return peers, missing


def _original():
    """The library of the original, built unless it is there from before."""
    path = cache_folder(ZIG_SOURCE.read_text()) / "liboriginal.so"
    if not path.is_file():
        made = path.with_suffix(f".{os.getpid()}")
        target = ["-dynamic", "-lc", "-fPIC", "-OReleaseFast", f"-femit-bin={made}"]
        command = [sys.executable, "-m", "ziglang", "build-lib", str(ZIG_SOURCE), *target]
        done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True)
        if done.returncode != 0:
            raise ExportError(f"the original cannot be built: {done.stderr.strip()}")
        made.rename(path)
    return path
