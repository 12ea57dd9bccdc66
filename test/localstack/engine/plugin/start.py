"""
Mounted into the LocalStack image as an initialisation script of the stage `start`: LocalStack runs it within its own process, before it
answers.

Source: https://docs.localstack.cloud/references/init-hooks/
"""

import sys

sys.path.insert(0, "/opt/sluice")

from sluice_localstack import patches  # noqa: E402

patches.apply(patches.EVERYWHERE)
