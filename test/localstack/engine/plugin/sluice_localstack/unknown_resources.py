"""
LocalStack takes every resource of a type that it does not know for created, and its own list of known types is empty on a host. Here
the types that may be passed over are named, and another one fails the deploy.
"""

from localstack.services.cloudformation.engine.v2 import change_set_model_executor

from .settings import SETTINGS


def may_be_passed_over(resource_type: str, change_set_type) -> bool:
    return resource_type in SETTINGS.passed_over_types


def apply() -> None:
    change_set_model_executor.should_ignore_unsupported_resource_type = may_be_passed_over
