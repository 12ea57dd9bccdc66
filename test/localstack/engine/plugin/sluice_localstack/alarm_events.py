"""
LocalStack sends no `CloudWatch Alarm State Change` events. Here each change of a state sends one, as AWS does, also those of composite
alarms. LocalStack evaluates the latter where their rule is ALARM("<arn>") OR ALARM("<arn>").
"""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from localstack.aws.connect import connect_to
from localstack.services.cloudwatch.provider_v2 import CloudwatchProvider
from localstack.utils.json import CustomEncoder

# One thread, so that events keep their order; not the provider's own, which holds the lock on all alarms.
SENDER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="alarm-events")


def apply() -> None:
    update = CloudwatchProvider._update_state

    def update_and_tell(self, context, alarm, state_value, state_reason, state_reason_data=None):
        before = state_of(alarm.alarm)
        update(self, context, alarm, state_value, state_reason, state_reason_data)
        if before["value"] != state_value:
            entry = event_of(alarm.alarm, before)
            SENDER.submit(send, context.account_id, context.region, entry)

    CloudwatchProvider._update_state = update_and_tell


def send(account: str, region: str, entry: dict) -> None:
    connect_to(aws_access_key_id=account, region_name=region).events.put_events(Entries=[entry])


def event_of(alarm: dict, before: dict) -> dict:
    detail = {
        "alarmName": alarm["AlarmName"],
        "configuration": {"description": alarm.get("AlarmDescription") or "", **what_is_watched(alarm)},
        "previousState": before,
        "state": state_of(alarm),
    }
    return {
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Resources": [alarm["AlarmArn"]],
        "Detail": json.dumps(detail, cls=CustomEncoder),
    }


def state_of(alarm: dict) -> dict:
    at = alarm.get("StateUpdatedTimestamp") or datetime.now(UTC)
    data = alarm.get("StateReasonData")
    return {
        "value": alarm["StateValue"],
        "reason": alarm.get("StateReason") or "",
        **({"reasonData": data} if data else {}),
        "timestamp": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000",
    }


def what_is_watched(alarm: dict) -> dict:
    if alarm.get("AlarmRule"):
        return {"alarmRule": alarm["AlarmRule"]}
    metric = {
        "namespace": alarm.get("Namespace"),
        "name": alarm.get("MetricName"),
        "dimensions": {d["Name"]: d["Value"] for d in alarm.get("Dimensions") or []},
    }
    stat = {"metric": metric, "period": alarm.get("Period"), "stat": alarm.get("Statistic")}
    return {"metrics": [{"id": "m1", "metricStat": stat, "returnData": True}]}
