"""
A Wait and the pause before a Retry take real time in LocalStack. A scale below 1 makes them shorter, and leaves the ASL as it is.
LocalStack's own wait counts whole seconds only, and does not end where a fraction is left over.
"""

import time

from localstack.services.stepfunctions.asl.component.common.retry import retrier_decl
from localstack.services.stepfunctions.asl.component.state.state_wait.wait_function.wait_function import WaitFunction

from .settings import SETTINGS


class ScaledTime:
    def __getattr__(self, name):
        return getattr(time, name)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds * SETTINGS.wait_scale)


def wait_scaled(self, env) -> None:
    until = time.monotonic() + self._get_wait_seconds(env=env) * SETTINGS.wait_scale
    while env.is_running() and (left := until - time.monotonic()) > 0:
        env.program_state_event.wait(left)


def apply() -> None:
    if SETTINGS.wait_scale == 1:
        return
    WaitFunction._eval_body = wait_scaled
    retrier_decl.time = ScaledTime()
