"""
Where LocalStack has moto serve DynamoDB, requests run side by side without a lock: a transaction's writes are seen before it is known to
succeed, and one that fails puts the whole table back to the copy that it began with, which undoes what others wrote meanwhile. The copy is
a deep one of the whole table, too, and takes seconds when that has grown. Here one request is served at a time, and a transaction that
fails puts back the items that it names. A transaction that comes again under its ClientRequestToken, because nobody heard its answer, is answered
as before; moto would refuse it for what it wrote itself.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html (serializable isolation, idempotency)
"""

import copy
import functools
import threading
import time
from types import SimpleNamespace

from moto.dynamodb import models, responses

ONE_AT_A_TIME = threading.RLock()
TOKEN_SECONDS = 600
ANSWERED: dict[str, tuple[float, list, object]] = {}


def apply() -> None:
    serve = responses.DynamoHandler.call_action
    transact = models.DynamoDBBackend.transact_write_items
    answer = responses.DynamoHandler.transact_write_items

    # They keep their names, by which moto finds what serves an operation.
    @functools.wraps(serve)
    def serve_one(self):
        with ONE_AT_A_TIME:
            return serve(self)

    @functools.wraps(answer)
    def answer_once(self):
        token, items = self.body.get("ClientRequestToken"), copy.deepcopy(self.body["TransactItems"])
        if token is None:
            return answer(self)
        forget_old_tokens()
        if token in ANSWERED and ANSWERED[token][1] == items:
            return ANSWERED[token][2]
        found = answer(self)
        ANSWERED[token] = (time.monotonic(), items, found)
        return found

    @functools.wraps(transact)
    def transact_whole(self, transact_items):
        named = [item_of(self, op) for entry in transact_items for op in entry.values()]
        before = [(table, keys, copy.deepcopy(table.get_item(*keys))) for table, keys in named]
        try:
            return transact(self, transact_items)
        except Exception:
            for table, keys, item in before:
                put_back(table, keys, item)
            raise

    responses.DynamoHandler.call_action = serve_one
    responses.DynamoHandler.transact_write_items = answer_once
    models.DynamoDBBackend.transact_write_items = transact_whole
    # What a transaction copies is the table, and what it puts back is that copy: the table itself.
    models.copy = SimpleNamespace(deepcopy=lambda value: value if isinstance(value, models.Table) else copy.deepcopy(value))


def forget_old_tokens() -> None:
    oldest = time.monotonic() - TOKEN_SECONDS
    for token in [token for token, (at, _, _) in ANSWERED.items() if at < oldest]:
        del ANSWERED[token]


def item_of(backend, op: dict):
    table = backend.get_table(op["TableName"])
    return table, backend.get_keys_value(table, op.get("Key") or op["Item"])


def put_back(table, keys, item) -> None:
    if item is None:
        table.delete_item(*keys)
        return
    hash_key, range_key = keys
    if table.has_range_key:
        table.items[hash_key][range_key] = item
    else:
        table.items[hash_key] = item
