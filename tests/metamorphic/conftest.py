"""Makes the folders importable as namespace packages: `from metamorphic.firms import scaled`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
