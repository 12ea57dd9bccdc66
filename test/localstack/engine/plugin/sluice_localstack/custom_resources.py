"""
LocalStack without a licence knows no custom resources. Here they are: the function is invoked as CloudFormation does it, and its answer
comes to an address of this LocalStack.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

import json
import queue
import uuid

from localstack.http import Response
from localstack.services.cloudformation.resource_provider import (
    OperationStatus,
    ProgressEvent,
    ResourceProvider,
    ResourceProviderExecutor,
)
from localstack.services.edge import ROUTER

from .settings import SETTINGS

PATH = "/_sluice/custom-resource-answers"

# How long an answer may take where the template does not say: CloudFormation's hour is too long for a test.
USUAL_TIMEOUT_SECONDS = 300

# By the request they answer.
ANSWERS: dict[str, queue.Queue] = {}


class CustomResource(ResourceProvider):
    SCHEMA = {"primaryIdentifier": ["/properties/PhysicalResourceId"]}

    def create(self, request):
        return self._act("Create", request, request.desired_state, {})

    def update(self, request):
        before = request.previous_state or {}
        done = self._act("Update", request, request.desired_state, before)
        if done.status == OperationStatus.SUCCESS and done.resource_model["PhysicalResourceId"] != before["PhysicalResourceId"]:
            self._act("Delete", request, before["Sent"], before)
        return done

    def delete(self, request):
        before = request.previous_state or {}
        # There is nothing to undo of what was never made.
        if "PhysicalResourceId" not in before:
            return ProgressEvent(OperationStatus.SUCCESS, resource_model={})
        return self._act("Delete", request, before["Sent"], before)

    def _act(self, kind: str, request, properties: dict, before: dict):
        sent = as_text(properties)
        request_id = str(uuid.uuid4())
        message = {
            "RequestType": kind,
            "ResponseURL": f"{SETTINGS.answers_url}{PATH}/{request_id}",
            "StackId": request.stack_id,
            "RequestId": request_id,
            "ResourceType": request.resource_type,
            "LogicalResourceId": request.logical_resource_id,
            "ResourceProperties": sent,
        }
        if kind != "Create":
            message["PhysicalResourceId"] = before["PhysicalResourceId"]
        if kind == "Update":
            message["OldResourceProperties"] = before["Sent"]
        answers = ANSWERS[request_id] = queue.Queue()
        try:
            request.aws_client_factory.lambda_.invoke(
                FunctionName=sent["ServiceToken"], InvocationType="Event", Payload=json.dumps(message)
            )
            answer = answers.get(timeout=float(sent.get("ServiceTimeout", USUAL_TIMEOUT_SECONDS)))
        except queue.Empty:
            return failed("CloudFormation did not receive a response from your Custom Resource in time.")
        finally:
            del ANSWERS[request_id]
        if answer.get("Status") != "SUCCESS":
            return failed(answer.get("Reason", "The custom resource gave no reason."))
        model = {**answer.get("Data", {}), "PhysicalResourceId": answer["PhysicalResourceId"], "Sent": sent}
        return ProgressEvent(OperationStatus.SUCCESS, resource_model=model)


def failed(reason: str):
    return ProgressEvent(OperationStatus.FAILED, resource_model={}, message=reason)


def as_text(value):
    """CloudFormation sends every value as text."""
    if isinstance(value, dict):
        return {name: as_text(part) for name, part in value.items()}
    if isinstance(value, list):
        return [as_text(part) for part in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def take_answer(request, request_id: str) -> Response:
    answers = ANSWERS.get(request_id)
    if answers is None:
        return Response(status=404)
    answers.put(json.loads(request.get_data()))
    return Response(status=200)


def apply() -> None:
    load = ResourceProviderExecutor.try_load_resource_provider

    def load_with_custom(resource_type: str):
        is_custom = resource_type.startswith("Custom::") or resource_type == "AWS::CloudFormation::CustomResource"
        return CustomResource() if is_custom else load(resource_type)

    ResourceProviderExecutor.try_load_resource_provider = staticmethod(load_with_custom)
    ROUTER.add(f"{PATH}/<request_id>", take_answer, methods=["PUT"])
