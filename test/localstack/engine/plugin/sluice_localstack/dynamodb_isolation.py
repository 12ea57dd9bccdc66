"""
Where LocalStack has moto serve DynamoDB, requests run side by side without a lock: a transaction's writes are seen before it is known to
succeed, and one that fails puts the whole table back to the copy that it began with, which undoes what others wrote meanwhile. The copy is
a deep one of the whole table, too, and takes seconds when that has grown. Here one request is served at a time, and a transaction that
fails puts back the items that it names.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html (serializable isolation)
"""

import copy
import functools
import threading
from types import SimpleNamespace

from moto.dynamodb import models, responses

ONE_AT_A_TIME = threading.RLock()


def apply() -> None:
    serve = responses.DynamoHandler.call_action
    transact = models.DynamoDBBackend.transact_write_items

    # They keep their names, by which moto finds what serves an operation.
    @functools.wraps(serve)
    def serve_one(self):
        with ONE_AT_A_TIME:
            return serve(self)

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
    models.DynamoDBBackend.transact_write_items = transact_whole
    # What a transaction copies is the table, and what it puts back is that copy: the table itself.
    models.copy = SimpleNamespace(deepcopy=lambda value: value if isinstance(value, models.Table) else copy.deepcopy(value))


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
