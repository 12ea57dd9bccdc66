"""
LocalStack replaces a resource as soon as one of its create-only properties refers to a resource that changes, though its value may stay:
an alias of a function with new code. AWS compares the values.
"""

from localstack.services.cloudformation.engine.v2.change_set_model_executor import ChangeSetModelExecutor
from localstack.services.cloudformation.engine.v2.change_set_model_preproc import PreprocResource
from localstack.services.cloudformation.resource_provider import ResourceProviderExecutor


def apply() -> None:
    execute = ChangeSetModelExecutor._execute_resource_change

    def execute_unless_equal(self, name, before, after):
        if isinstance(before, PreprocResource) and isinstance(after, PreprocResource) and after.requires_replacement:
            after.requires_replacement = differs(before, after)
        execute(self, name, before, after)

    ChangeSetModelExecutor._execute_resource_change = execute_unless_equal


def differs(before: PreprocResource, after: PreprocResource) -> bool:
    provider = ResourceProviderExecutor.try_load_resource_provider(after.resource_type)
    fixed = [path.removeprefix("/properties/") for path in provider.SCHEMA.get("createOnlyProperties", [])]
    old, new = before.properties.properties, after.properties.properties
    return before.resource_type != after.resource_type or any(old.get(name) != new.get(name) for name in fixed)
