"""
LocalStack knows one policy by which a resource is kept, Retain, and deletes what is to be kept except when its creation is rolled back:
the versions of functions that a rollout began with. It rolls nothing back, so that here both come to the same.
"""

from localstack.services.cloudformation.engine.v2.change_set_model_preproc import DeletionPolicy, PreprocResource


def apply() -> None:
    init = PreprocResource.__init__

    def init_kept(self, *args, **options):
        init(self, *args, **options)
        if self.deletion_policy == DeletionPolicy.RetainExceptOnCreate:
            self.deletion_policy = DeletionPolicy.Retain

    PreprocResource.__init__ = init_kept
