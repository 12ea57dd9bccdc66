"""Starts LocalStack in this process, with the patches applied. It ends when whoever started it is gone."""

import os
import shutil
import signal
import sys
import threading

from . import patches


def end_with_parent() -> None:
    """
    The parent holds our stdin and never writes: its end is the parent's, also where that was killed. We lead a process group of our
    own, which the functions' Node processes belong to. LocalStack's way to end takes up to ten seconds, to save what nobody wants.
    """

    def wait() -> None:
        while os.read(0, 4096):
            pass
        shutil.rmtree(os.environ["SLUICE_LOCALSTACK_DIRECTORY"], ignore_errors=True)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, name="end-with-parent", daemon=True).start()


def main() -> None:
    end_with_parent()
    patches.apply(patches.ON_HOST + patches.EVERYWHERE)
    # LocalStack looks at the command line too.
    sys.argv = sys.argv[:1]
    from localstack.runtime.main import main as run

    run()


if __name__ == "__main__":
    main()
