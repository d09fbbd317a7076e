"""What every test shares: how hypothesis chooses its examples."""

import os

from hypothesis import settings

settings.register_profile("explore", deadline=None, print_blob=True)
settings.register_profile("landing", deadline=None, print_blob=True, derandomize=True)
# A landing must not depend on luck: there the examples are the same each time. Everywhere else they are new.
settings.load_profile("landing" if os.environ.get("CI") == "true" else "explore")
