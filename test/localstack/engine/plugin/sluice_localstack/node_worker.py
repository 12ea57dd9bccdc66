"""One Node process that runs one function: test/localstack/engine/worker/main.ts is its other end."""

import json
import os
import select
import subprocess
import tempfile

from .settings import SETTINGS

# What one call may write before the rest of it is left out of the function's log.
LONGEST_OUTPUT = 1 << 20

# From the start of the process to the code loaded, on a machine that has much else to do.
LONGEST_START_SECONDS = 60


class NodeWorker:
    def __init__(self, code: str, environment: dict[str, str]):
        self._output = tempfile.TemporaryFile("w+b")
        self._read_up_to = 0
        calls_read, calls_write = os.pipe()
        answers_read, answers_write = os.pipe()
        own = {"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir(), "TMPDIR": tempfile.gettempdir()}
        pipes = {"SLUICE_CALLS": str(calls_read), "SLUICE_ANSWERS": str(answers_write)}
        self._process = subprocess.Popen(
            [SETTINGS.node, SETTINGS.worker],
            cwd=code,
            env={**own, **environment, **pipes},
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            pass_fds=(calls_read, answers_write),
        )
        os.close(calls_read)
        os.close(answers_write)
        # The end of this pipe is the end of the process, however this one ends.
        self._calls = os.fdopen(calls_write, "wb", buffering=0)
        self._answers = os.fdopen(answers_read, "rb")
        # Not select(), which knows file numbers up to 1,024 only.
        self._poll = select.poll()
        self._poll.register(self._answers, select.POLLIN)
        # Lambda loads the code before the time of the first call begins. One that did not load says so at its first call.
        self._read(LONGEST_START_SECONDS)

    def call(self, payload: dict, seconds: float) -> dict | None:
        """The answer; None where it did not come in time; {} where the process ended instead."""
        try:
            self._calls.write((json.dumps(payload) + "\n").encode())
        except BrokenPipeError:
            return {}
        line = self._read(seconds)
        if line is None:
            return None
        return json.loads(line) if line else {}

    def _read(self, seconds: float) -> bytes | None:
        return self._answers.readline() if self._poll.poll(seconds * 1000) else None

    def new_output(self) -> str:
        found = os.pread(self._output.fileno(), LONGEST_OUTPUT, self._read_up_to)
        self._read_up_to = os.fstat(self._output.fileno()).st_size
        return found.decode("utf8", "replace")

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        self.kill()
        self._process.wait()
        for file in (self._calls, self._answers, self._output):
            file.close()
