"""SQLite ledgers as earlier importers made them."""

SCHEMA_1 = """
CREATE TABLE ledger (store TEXT NOT NULL);
INSERT INTO ledger VALUES ('api.example/stores/abc');
CREATE TABLE entries (namespace TEXT NOT NULL, source_id TEXT NOT NULL, external_order_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'created', 'rejected', 'in-doubt', 'conflict')),
  order_id INTEGER, attempt INTEGER NOT NULL, doubts INTEGER NOT NULL, body_hash TEXT NOT NULL, plan TEXT NOT NULL,
  sent_at TEXT, not_before TEXT, run TEXT NOT NULL, message TEXT NOT NULL,
  PRIMARY KEY (namespace, source_id)) WITHOUT ROWID;
CREATE UNIQUE INDEX one_source_per_order ON entries (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX unsettled ON entries (state) WHERE state <> 'created';
INSERT INTO entries VALUES ('shop', '1', '#1', 'created', 100, 1, 0, 'b', 'p', NULL, NULL, 'r', '');
PRAGMA application_id = 0x4F494D50;
PRAGMA user_version = 1;
"""

SCHEMA_2 = """
CREATE TABLE ledger (store TEXT NOT NULL);
INSERT INTO ledger VALUES ('api.example/stores/abc');
CREATE TABLE entries (namespace TEXT NOT NULL, source_id TEXT NOT NULL, external_order_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'created', 'rejected', 'in-doubt', 'conflict', 'archived',
  'parked')),
  order_id INTEGER, attempt INTEGER NOT NULL, doubts INTEGER NOT NULL, body_hash TEXT NOT NULL, plan TEXT NOT NULL,
  sent_at TEXT, not_before TEXT, run TEXT NOT NULL, message TEXT NOT NULL,
  generation INTEGER NOT NULL DEFAULT 1, source_hash TEXT NOT NULL DEFAULT '', sent TEXT NOT NULL DEFAULT '',
  shown TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (namespace, source_id)) WITHOUT ROWID;
CREATE TABLE runs (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);
CREATE UNIQUE INDEX one_source_per_order ON entries (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX unsettled ON entries (state) WHERE state <> 'created';
PRAGMA application_id = 0x4F494D50;
PRAGMA user_version = 2;
"""

SCHEMA_3 = (
    SCHEMA_2
    + """
CREATE TABLE attachments (order_id INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('shipment', 'metafield')),
  name TEXT NOT NULL, namespace TEXT NOT NULL, source_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'created', 'rejected', 'in-doubt', 'conflict', 'archived',
  'parked')),
  remote_id INTEGER, attempt INTEGER NOT NULL, doubts INTEGER NOT NULL, body_hash TEXT NOT NULL,
  sent_at TEXT, not_before TEXT, run TEXT NOT NULL, message TEXT NOT NULL,
  PRIMARY KEY (order_id, kind, name)) WITHOUT ROWID;
PRAGMA user_version = 3;
"""
)

SCHEMA_4 = (
    SCHEMA_3
    + """
CREATE TABLE plans (namespace TEXT NOT NULL, plan TEXT NOT NULL, facts TEXT NOT NULL,
  PRIMARY KEY (namespace, plan)) WITHOUT ROWID;
PRAGMA user_version = 4;
"""
)
