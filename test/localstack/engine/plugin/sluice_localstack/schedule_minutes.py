"""LocalStack looks at its schedules once a minute, from the first rule on. A rule `rate(1 minute)` can be made to come more often."""

from localstack.services.events.scheduler import JobScheduler

from .settings import SETTINGS

EVERY_MINUTE = "*/1 * * * *"
LOCALSTACKS_OWN_SECONDS = 59.9


def apply() -> None:
    if SETTINGS.schedule_minute_seconds == 60:
        return

    def loop(self, *_arguments) -> None:
        since_minute = 0.0
        while not self._stop_event.wait(timeout=SETTINGS.schedule_minute_seconds):
            since_minute += SETTINGS.schedule_minute_seconds
            is_minute = since_minute >= LOCALSTACKS_OWN_SECONDS
            for job in list(self.jobs):
                if is_minute or job.schedule == EVERY_MINUTE:
                    job.run()
            if is_minute:
                since_minute = 0.0

    JobScheduler.loop = loop
