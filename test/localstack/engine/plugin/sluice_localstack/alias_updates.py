"""LocalStack makes an alias of a function, and fails where a later deployment points it at another version. Here it is pointed there."""

from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent
from localstack.services.lambda_.resource_providers.lambda_alias import LambdaAliasProvider

SETTABLE = ("FunctionName", "FunctionVersion", "Name", "Description", "RoutingConfig")


def update(self, request):
    model = request.desired_state
    settings = {name: model[name] for name in SETTABLE if name in model}
    model["Id"] = request.aws_client_factory.lambda_.update_alias(**settings)["AliasArn"]
    return ProgressEvent(OperationStatus.SUCCESS, resource_model=model)


def apply() -> None:
    LambdaAliasProvider.update = update
