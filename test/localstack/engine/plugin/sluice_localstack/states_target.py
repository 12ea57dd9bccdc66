"""
LocalStack names an execution that a rule starts after the event's id, and fails where an input transformer left none. AWS makes up a
name.
"""

import uuid

from localstack.services.events.target import StatesTargetSender
from localstack.services.events.utils import to_json_str


def start_execution(self, event, trace_header) -> None:
    self.service = "stepfunctions"
    body = event if isinstance(event, str) else to_json_str(event)
    self.client.start_execution(stateMachineArn=self.target["Arn"], name=str(uuid.uuid4()), input=body)


def apply() -> None:
    StatesTargetSender.send_event = start_execution
