"""LocalStack listens on every address of the machine, whatever GATEWAY_LISTEN says: strangers could run code as Lambdas."""

from localstack.runtime.server import twisted as server
from twisted.internet import endpoints


class LoopbackEndpoints:
    def __getattr__(self, name):
        return getattr(endpoints, name)

    def TCP4ServerEndpoint(self, reactor, port, **options):
        return endpoints.TCP4ServerEndpoint(reactor, port, **{**options, "interface": "127.0.0.1"})


def apply() -> None:
    server.endpoints = LoopbackEndpoints()
