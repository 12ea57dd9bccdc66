"""Which patches are applied where. Each has an `apply()`, and says what LocalStack does without it, and why that will not do."""

import importlib

# LocalStack in a process of this machine, without Docker.
ON_HOST = ("loopback_only", "lambda_executor", "dynamodb_moto", "dynamodb_isolation")

EVERYWHERE = (
    "states_target",
    "alarm_events",
    "alarm_actions",
    "alarm_interval",
    "composite_alarms",
    "state_waits",
    "schedule_minutes",
    "unknown_resources",
    "custom_resources",
    "refused_deletions",
    "kept_on_update",
    "unneeded_replacements",
    "alias_updates",
)


def apply(names: tuple[str, ...]) -> None:
    for name in names:
        importlib.import_module(f"sluice_localstack.{name}").apply()
