"""Makes the folders importable as namespace packages: `from mutation.faults import FAULTS`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
