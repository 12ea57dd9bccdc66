"""What the TypeScript side says, as one JSON object in SLUICE_LOCALSTACK (test/localstack/engine/python-arguments.ts)."""

import json
import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    node: str
    worker: str
    worker_environment: dict[str, str]
    max_workers: int
    wait_scale: float
    alarm_evaluation_seconds: float
    schedule_minute_seconds: float
    passed_over_types: list[str]
    answers_url: str


SETTINGS = Settings(**json.loads(os.environ.pop("SLUICE_LOCALSTACK")))
