"""The invented firm's fixed facts: who it is, what it charges, whom it serves.

Constants only; `ledger.py` and the simulation read them.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

FIRST_DAY = date(2024, 9, 1)
LAST_DAY = date(2026, 8, 31)
EXPORTED_AT = datetime(2026, 9, 1, 4, tzinfo=UTC)

US, CANADA, UK = "Northbeam LLC", "Northbeam Canada Inc", "Northbeam UK Ltd"
ENTITIES = {US: "USD", CANADA: "CAD", UK: "GBP"}  # legal entity -> the currency it keeps its own books in
PARALLEL_FROM, PARALLEL_UNTIL = date(2026, 1, 1), date(2026, 2, 28)  # Northbeam UK's invoices stand in both ledgers
CAD_RATES_FROM = date(2024, 11, 1)  # nobody fetched the Canadian dollar before: the missing rate of one scenario

# role -> (people, list price of an hour in USD in 2024, cost of an hour in USD)
ROLES = {
    "Partner": (4, 320, 150),
    "Principal": (6, 250, 115),
    "Senior Consultant": (13, 195, 88),
    "Consultant": (14, 160, 68),
    "Engineer": (13, 170, 74),
    "Analyst": (5, 125, 50),
    "Designer": (3, 145, 60),
    "Project Manager": (2, 180, 80),
}
PRICE_FACTORS = {"USD": Decimal(1), "EUR": Decimal("0.92"), "GBP": Decimal("0.8"), "CAD": Decimal("1.35")}
PRACTICES = ["Data", "Cloud", "Strategy", "Design"]
MANAGERS = ["Ines Calder", "Robert Osei", "Priya Raman", "Tomas Lindqvist", "Grace Okafor", "Hugh Mercer"]
SELLERS = ["Dana Whitfield", "Marcus Bell", "Sofia Marchetti", "Owen Grady"]
BOOKKEEPERS = ["Leah Novak", "Samuel Ortiz"]

FIRST_NAMES = """Ana Ben Carla Deniz Elif Farid Gwen Hana Ivo Jana Karim Lena Milo Nora Omar Petra Quinn Rosa Sven Tara
Umar Vera Will Xenia Yusuf Zoe Aron Bea Cyril Dora Emil Fay""".split()
LAST_NAMES = """Abbott Brandt Costa Dalton Eriksen Fuchs Garner Holm Iqbal Jansen Keller Lowe Moreau Nilsen Okoye Price
Quist Rossi Sato Turner Ueda Varga Weber Young Zeller Archer Bloom Carver Doyle Egan""".split()

# name, legal entity that serves it, currency, country, industry
CLIENTS = [
    ("Harbor Mutual Insurance", US, "USD", "United States", "Insurance"),
    ("Cobalt Rail", US, "USD", "United States", "Transport"),
    ("Juniper Health Network", US, "USD", "United States", "Healthcare"),
    ("Summit Outdoor Brands", US, "USD", "United States", "Retail"),
    ("Lakeside Credit Union", US, "USD", "United States", "Banking"),
    ("Verdant Power Cooperative", US, "USD", "United States", "Energy"),
    ("Ironwood Manufacturing", US, "USD", "United States", "Manufacturing"),
    ("Pelican Airports", US, "USD", "United States", "Transport"),
    ("Brightwater Utilities", US, "USD", "United States", "Energy"),
    ("Redstone Semiconductors", US, "USD", "United States", "Technology"),
    ("Orchard Grocers", US, "USD", "United States", "Retail"),
    ("Kestrel Telecom", US, "USD", "United States", "Telecom"),
    ("Cascade Biosciences", US, "USD", "United States", "Pharma"),
    ("Meridian Title Group", US, "USD", "United States", "Real estate"),
    ("Alder Street Bank", US, "USD", "United States", "Banking"),
    ("Maple Ridge Pensions", CANADA, "CAD", "Canada", "Insurance"),
    ("Northern Timber", CANADA, "CAD", "Canada", "Manufacturing"),
    ("Saint Lawrence Shipping", CANADA, "CAD", "Canada", "Transport"),
    ("Prairie Wind Energy", CANADA, "CAD", "Canada", "Energy"),
    ("Laurentide Media", CANADA, "CAD", "Canada", "Media"),
    ("Thames Valley Water", UK, "GBP", "United Kingdom", "Energy"),
    ("Pennine Building Society", UK, "GBP", "United Kingdom", "Banking"),
    ("Hartley Publishing", UK, "GBP", "United Kingdom", "Media"),
    ("Albion Freight", UK, "GBP", "United Kingdom", "Transport"),
    ("Rheinwerk Maschinen", UK, "EUR", "Germany", "Manufacturing"),
    ("Maison Delacroix", UK, "EUR", "France", "Retail"),
    ("Nordsee Logistik", UK, "EUR", "Germany", "Transport"),
]
TAX_RATES = {"Canada": Decimal("0.13"), "United Kingdom": Decimal("0.20")}  # of what is billed there; elsewhere 0

ACCOUNTS = {  # kind of an invoice line -> revenue account (advances are deferred)
    "time": "4000",
    "milestone": "4100",
    "recurring": "4200",
    "expense": "4300",
    "advance": "2400",
    "adjustment": "4900",
    "other": "4900",
}
RECEIVABLE_ACCOUNT, DEFERRED_ACCOUNT = "1200", "2400"
CHART = {  # account -> its name and QuickBooks' type of it
    "1200": ("Accounts receivable", "Accounts Receivable"),
    "2400": ("Deferred revenue", "Other Current Liability"),
    "4000": ("Services revenue", "Income"),
    "4100": ("Fixed-fee revenue", "Income"),
    "4200": ("Recurring revenue", "Income"),
    "4300": ("Reimbursed expenses", "Income"),
    "4900": ("Adjustments and sundry", "Income"),
}
