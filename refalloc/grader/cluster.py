"""Many machines: jobs go to the workers of a Dask cluster, and each worker judges as this machine would.

    dask scheduler --host 10.0.0.1 --tls-ca-file ca.pem --tls-cert cert.pem --tls-key key.pem
    dask worker tls://10.0.0.1:8786 --tls-...        on each machine, in the environment that refalloc is in
    refalloc grade SUBMISSIONS --out RESULTS --cluster tls://10.0.0.1:8786 --tls-...

A learner's code never runs in a Dask worker: the worker starts a judge, and the judge a sandbox, as here. Dask sends
pickles, between machines that trust each other; so anything but this machine itself must be reached by TLS. A job whose
worker dies is given to another one. Results come back to this process, which alone writes them.
"""

import contextlib
import ipaddress
import itertools
import threading
from urllib.parse import urlsplit

from refalloc.grader import GraderError
from refalloc.grader.host import Host
from refalloc.grader.job import job_from_json

JOBS_AHEAD = 4  # for each thread of the cluster: it is never idle, and the scheduler never holds a whole class
WORKER_SECONDS = 30  # for the first worker of a cluster that is just starting
_hosts = threading.local()


def run_on_cluster(jobs, address, tls=None):
    """Grade jobs on a Dask cluster.

    Args:    jobs: list of job.Job; address: str, of the scheduler, such as "tls://10.0.0.1:8786"; tls: {"ca_file",
             "cert", "key": path}, or None for those that Dask's own configuration names.
    Yields:  (Job, its report or a GraderError), as they are done.
    Raises:  GraderError when the cluster cannot be reached, or not safely.
    """
    try:
        from distributed import Client, Security, as_completed
    except ImportError:
        raise GraderError("--cluster needs Dask; run, in refalloc's folder: pip install -e '.[cluster]'") from None
    require_safe(address)
    files = (
        {}
        if tls is None
        else {"tls_ca_file": tls["ca_file"], "tls_client_cert": tls["cert"], "tls_client_key": tls["key"]}
    )
    try:
        security = Security(require_encryption=address.startswith("tls:"), **files)
        client = Client(address, security=security, set_as_default=False, timeout=30)
    except (OSError, ValueError, TypeError) as error:
        raise GraderError(f"no Dask scheduler answers at {address}: {error}") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError:
            message = f"the scheduler at {address} has no workers; start some with `dask worker {address}`"
            raise GraderError(message) from None
        thread_count = sum(client.nthreads().values())
        waiting = iter(jobs)
        started = {}

        def submit(job):
            future = client.submit(grade_on_worker, job.as_json(), key=f"refalloc-{job.key}", pure=False)
            started[future.key] = job
            return future

        first = [submit(job) for job in itertools.islice(waiting, JOBS_AHEAD * thread_count)]
        done = as_completed(first, loop=client.loop)
        for future in done:
            yield started.pop(future.key), _result(future)
            future.release()
            with contextlib.suppress(StopIteration):
                done.add(submit(next(waiting)))


def require_safe(address):
    """Raises GraderError unless `address` is reached by TLS, or is on this machine."""
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme == "tls":
        return
    try:
        is_here = parts.hostname == "localhost" or ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise GraderError(
            f"{address} is not on this machine and not tls://; Dask sends pickles, so it must be reached by TLS"
        )


def grade_on_worker(fields):
    """What a Dask worker runs: a judge in a process of its own. Returns {"report"} or {"broken"}, as a host says it."""
    if not hasattr(_hosts, "host"):
        _hosts.host = Host()
    try:
        return {"report": _hosts.host.grade(job_from_json(fields))}
    except GraderError as error:
        return {"broken": str(error)}


def _result(future):
    try:
        result = future.result()
    except Exception as error:  # the cluster's own: too many workers died of this job, or it was cancelled
        return GraderError(f"the cluster could not do it: {type(error).__name__}: {error}")
    return result["report"] if "report" in result else GraderError(result["broken"])
