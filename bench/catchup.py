"""The first run: a whole archive from a real server into an empty database, beside OpenSSH's own download."""

from __future__ import annotations

from collections.abc import Iterator

from bench.kit.figure import Cost, Row, absolute, compared, in_turns
from bench.kit.process import PYTHON, ran
from bench.kit.workshop import Workshop

MEMORY = 120.0


def rows(shop: Workshop) -> Iterator[Row]:
    """Time and memory of `python -m tools.sync_stats`."""
    files = len(shop.files)
    peaks: list[float] = []

    def sync() -> Cost:
        work = shop.fresh()
        done = ran([PYTHON, "-m", "tools.sync_stats"], shop.environment(work, folder=shop.served))
        assert done.said == f"{files} counted\n", done.said
        peaks.append(done.peak)
        return done.cost

    pairs = in_turns(sync, lambda: download(shop), runs=shop.size.runs)
    yield compared(
        f"catch-up of {files} files: start, connect, list, download, parse, import", "`sftp -b`, download alone",
        pairs, most=1.6,
    )  # fmt: skip
    yield absolute(f"memory of the catch-up, peak ({files} files)", f"{max(peaks):.0f} MB",
                   value=max(peaks), most=MEMORY, unit="MB")  # fmt: skip


def download(shop: Workshop) -> Cost:
    """`get *` with OpenSSH's client."""
    work = shop.fresh()
    batch = work.with_suffix(".batch")
    batch.write_text(f"lcd {work}\ncd {shop.served}\nget *\n")
    sshd = shop.sshd
    command: list[str] = ["sftp", "-q", "-b", str(batch), "-P", str(sshd.port), "-i", str(sshd.key), "-F", "none"]
    command += ["-o", f"UserKnownHostsFile={sshd.known_hosts}", "-o", "IdentitiesOnly=yes", f"{sshd.user}@{sshd.host}"]
    cost = ran(command).cost
    assert len(list(work.iterdir())) == len(shop.files)
    return cost
