"""Makes the folder importable as the namespace package `oracle` (`from oracle.evaluate import evaluate`)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
