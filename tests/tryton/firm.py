"""A consulting firm run in a real Tryton 8.2, in a process of its own.

    python firm.py postgresql://user@host:port/database   →   the ERP's own answers, as JSON on standard output

The database exists and is empty. This process activates the modules, lets `story.py` drive four months of business
through Tryton's own buttons and wizards, and then asks Tryton (`answers.py`) what its ledger, its timesheets and
its opportunity history say. Tryton is GPL: it is never imported by the product, nor by the test that starts this.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

MODULES = ["project_invoice", "sale_opportunity", "sale_project_task", "timesheet_cost"]


class Clock:
    """The firm's clock. Tryton asks the time in two places, `ir.date` and SQL's CURRENT_TIMESTAMP: both ask here
    once it is set, so that the story stands on fixed days. Nothing else of Tryton is touched."""

    now: datetime

    def start(self) -> None:
        from sql.functions import CurrentTimestamp
        from trytond.ir.date import Date

        clock = self
        Date.today = staticmethod(lambda timezone=None: clock.now.date())
        CurrentTimestamp.__str__ = lambda self: f"CAST('{clock.now.isoformat(sep=' ')}' AS TIMESTAMP)"

    def set(self, text: str) -> None:
        """Move to a moment of UTC, such as `2025-01-06 09:00`."""
        self.now = datetime.fromisoformat(text)


def activate(database_uri: str, database: str) -> None:
    """Create Tryton's tables and activate the modules, with Tryton's own administration command."""
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder, "trytond.conf")
        configuration.write_text(f"[database]\nuri = {database_uri}\n")
        password = Path(folder, "password")
        password.write_text("not-a-secret-of-anyone\n")
        subprocess.run(
            [str(Path(sys.executable).parent / "trytond-admin"), "-c", str(configuration), "-d", database,
             "--email", "admin@example.com", "--activate-dependencies", "-u", *MODULES],
            check=True, stdout=sys.stderr, env={**os.environ, "TRYTONPASSFILE": str(password)},
        )  # fmt: skip


def main() -> None:
    url = urlsplit(sys.argv[1])
    database = url.path.strip("/")
    if "--active" not in sys.argv:
        activate(urlunsplit((url.scheme, url.netloc, "/", "", "")), database)
    os.environ.update(TZ="UTC", TRYTOND_DATABASE_URI=sys.argv[1])  # read by trytond when it is first imported

    import answers
    import story
    from proteus import config

    erp = config.set_trytond(sys.argv[1])
    erp.skip_warning = True  # the warnings Tryton gives about posting invoices of the past
    clock = Clock()
    clock.set("2025-01-01 08:00")
    clock.start()
    story.run(erp, clock)
    clock.set("2025-04-30 20:00")
    json.dump(answers.ask(database), sys.stdout, indent=1, sort_keys=True, default=str)


if __name__ == "__main__":
    main()
