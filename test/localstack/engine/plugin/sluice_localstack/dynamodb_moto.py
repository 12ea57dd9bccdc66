"""LocalStack runs DynamoDB Local, which needs a JDK and is downloaded at the first call. moto, which is installed, serves the same API."""

from localstack.services import providers
from localstack.services.plugins import Service, aws_provider


@aws_provider(api="dynamodb")
def dynamodb():
    from localstack.aws.api.dynamodb import DynamodbApi
    from localstack.services.moto import MotoFallbackDispatcher

    class MotoDynamoDb(DynamodbApi):
        pass

    return Service.for_provider(MotoDynamoDb(), dispatch_table_factory=MotoFallbackDispatcher)


def apply() -> None:
    providers.dynamodb = dynamodb
