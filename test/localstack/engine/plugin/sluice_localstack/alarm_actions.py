"""
LocalStack calls an alarm's Lambda action and waits for its answer while it holds the lock on all alarms, so that a function which
asks for alarms hangs; and it drops the version or alias from the function's ARN. AWS invokes the ARN as given, and does not wait.
"""

from localstack.services.cloudwatch import provider_v2


def apply() -> None:
    connect = provider_v2.connect_to

    def connect_to(**options):
        return NotWaiting(connect(**options))

    provider_v2.connect_to = connect_to
    # What is passed on as FunctionName.
    provider_v2.lambda_function_name = lambda arn: arn


class NotWaiting:
    """The clients of LocalStack, of which the one for Lambda invokes without waiting."""

    def __init__(self, factory):
        self._factory = factory

    def __getattr__(self, name):
        client = getattr(self._factory, name)
        return AsyncInvoker(client) if name == "lambda_" else client


class AsyncInvoker:
    def __init__(self, client):
        self._client = client

    def invoke(self, **request):
        return self._client.invoke(**request, InvocationType="Event")
