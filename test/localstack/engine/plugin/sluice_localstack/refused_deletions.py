"""
LocalStack goes on with a deletion that one of the stack's resources refused, and calls the stack deleted. CloudFormation stops there, and
the stack is DELETE_FAILED.
"""

from localstack.aws.api.cloudformation import ChangeAction, StackStatus
from localstack.services.cloudformation.engine.v2.change_set_model_executor import ChangeSetModelExecutor
from localstack.services.cloudformation.resource_provider import OperationStatus


def apply() -> None:
    process = ChangeSetModelExecutor._process_event

    def process_or_stop(self, **event):
        # Asked before: it sets another status where the event is a failure.
        is_deletion = self._change_set.stack.status == StackStatus.DELETE_IN_PROGRESS
        process(self, **event)
        if is_deletion and event["action"] == ChangeAction.Remove and event["event_status"] == OperationStatus.FAILED:
            raise RuntimeError(f"{event['logical_resource_id']} refused: {event.get('reason')}")

    ChangeSetModelExecutor._process_event = process_or_stop
