"""
LocalStack runs Lambda functions in Docker only. Here each execution environment is a Node process on this machine, with the
environment that LocalStack makes for it and the code that was deployed. Errors keep their names, so that Retry and Catch see them.
"""

import json

from localstack import config
from localstack.services.lambda_.invocation import version_manager
from localstack.services.lambda_.invocation.lambda_models import InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from .node_worker import NodeWorker
from .settings import SETTINGS
from .worker_pool import POOL


class NodeExecutor(RuntimeExecutor):
    def start(self, env_vars):
        """The process starts with the first call: a deploy then starts none."""
        code = str(self.function_version.config.code.get_unzipped_code_location())
        variables = {name: str(value) for name, value in env_vars.items()}
        self.code = code
        self.environment = {**variables, "LAMBDA_TASK_ROOT": code, **SETTINGS.worker_environment}

    def invoke(self, payload):
        seconds = self.function_version.config.timeout
        request_id = payload["invoke-id"]
        with POOL.lease(self.id, lambda: NodeWorker(self.code, self.environment)) as worker:
            answer = worker.call({**payload, "timeout": seconds}, seconds)
            logs = worker.new_output()
        if answer is None:
            POOL.end(self.id)
            answer = failure("Sandbox.Timedout", f"RequestId: {request_id} Error: Task timed out after {seconds}.00 seconds")
        elif answer == {}:
            POOL.end(self.id)
            answer = failure("Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited without providing a reason")
        version = self.function_version.id.qualifier
        logs = f"START RequestId: {request_id} Version: {version}\n{logs}\nEND RequestId: {request_id}\nREPORT RequestId: {request_id}\n"
        return InvocationResult(request_id, answer["body"].encode(), is_error=answer["failed"], logs=logs)

    def stop(self):
        POOL.end(self.id)

    def get_address(self):
        return "127.0.0.1"

    def get_endpoint_from_executor(self):
        return "127.0.0.1"

    def get_runtime_endpoint(self):
        return f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"

    def get_logs(self):
        return ""

    @classmethod
    def prepare_version(cls, function_version):
        if function_version.config.code:
            function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version):
        pass


def failure(name: str, message: str) -> dict:
    return {"failed": True, "body": json.dumps({"errorType": name, "errorMessage": message})}


def apply() -> None:
    from localstack.services.lambda_ import provider
    from localstack.services.lambda_.invocation import execution_environment

    for module in (version_manager, provider, execution_environment):
        module.get_runtime_executor = lambda: NodeExecutor
