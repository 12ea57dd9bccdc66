"""
LocalStack evaluates a composite alarm where its rule is nothing but ALARM("<arn>") joined by OR, without the brackets that CDK writes, and
only when one of its alarms changes. Here rules are read whole: AND, OR, NOT, brackets, the three states, names as well as ARNs. A Lambda
among its actions is invoked as for a metric alarm.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

import functools
import json
import re
from datetime import UTC, datetime

from localstack.aws.connect import connect_to
from localstack.services.cloudwatch.provider_v2 import CloudwatchProvider

from .alarm_events import event_of, state_of

TOKEN = re.compile(r'\s*(AND|OR|NOT|TRUE|FALSE|\(|\)|(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"[^"]*"|[^)\s]*)\s*\))')
CONDITION = re.compile(r'(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*"?(.*?)"?\s*\)$')


class Rule:
    """A recursive descent: OR binds less than AND, and that less than NOT."""

    def __init__(self, text: str, state_of_alarm):
        self._tokens = TOKEN.findall(text)
        self._state_of_alarm = state_of_alarm

    def holds(self) -> bool:
        return self._any()

    def _any(self) -> bool:
        found = self._all()
        while self._take("OR"):
            # Both sides are read, whatever the first one came to.
            found = self._all() or found
        return found

    def _all(self) -> bool:
        found = self._one()
        while self._take("AND"):
            found = self._one() and found
        return found

    def _one(self) -> bool:
        if self._take("NOT"):
            return not self._one()
        if self._take("("):
            found = self._any()
            self._take(")")
            return found
        token = self._tokens.pop(0)
        if token in ("TRUE", "FALSE"):
            return token == "TRUE"
        state, name = CONDITION.match(token).groups()
        return self._state_of_alarm(name) == state

    def _take(self, token: str) -> bool:
        if self._tokens[:1] != [token]:
            return False
        self._tokens.pop(0)
        return True


def evaluate(self, context, composite, trigger) -> None:
    alarms = {alarm.alarm["AlarmName"]: alarm.alarm for alarm in self.get_store(context.account_id, context.region).alarms.values()}

    def state_of_alarm(name: str):
        return alarms.get(name.rsplit(":alarm:", 1)[-1], {}).get("StateValue")

    holds = Rule(composite.alarm["AlarmRule"], state_of_alarm).holds()
    before, now = state_of(composite.alarm), "ALARM" if holds else "OK"
    if before["value"] == now:
        return
    composite.alarm["StateTransitionedTimestamp"] = datetime.now(UTC)
    reason = f"{trigger.alarm['AlarmArn']} transitioned to {trigger.alarm['StateValue']}"
    data = {"triggeringAlarms": [{"arn": trigger.alarm["AlarmArn"], "state": state_of(trigger.alarm)}]}
    self._update_state(context, composite, now, reason, data)
    if composite.alarm["ActionsEnabled"]:
        self._run_composite_alarm_actions(context, composite, before["value"], trigger)
        invoke_functions(context, composite.alarm, before)
    # Another composite alarm may ask for this one.
    self._evaluate_composite_alarms(context, composite)


def invoke_functions(context, alarm: dict, before: dict) -> None:
    actions = {"ALARM": "AlarmActions", "OK": "OKActions"}[alarm["StateValue"]]
    message = {
        "source": "aws.cloudwatch",
        "alarmArn": alarm["AlarmArn"],
        "accountId": context.account_id,
        "time": state_of(alarm)["timestamp"],
        "region": context.region,
        "alarmData": json.loads(event_of(alarm, before)["Detail"]),
    }
    for arn in alarm[actions]:
        if ":lambda:" in arn:
            client = connect_to(aws_access_key_id=context.account_id, region_name=context.region).lambda_
            client.invoke(FunctionName=arn, InvocationType="Event", Payload=json.dumps(message))


def apply() -> None:
    put = CloudwatchProvider.put_composite_alarm

    # It keeps its name, by which LocalStack finds what serves an operation.
    @functools.wraps(put)
    def put_and_evaluate(self, context, request) -> None:
        put(self, context, request)
        for alarm in list(self.get_store(context.account_id, context.region).alarms.values()):
            if alarm.alarm["AlarmName"] == request["AlarmName"]:
                evaluate(self, context, alarm, alarm)

    CloudwatchProvider.put_composite_alarm = put_and_evaluate
    CloudwatchProvider._evaluate_composite_alarm = evaluate
