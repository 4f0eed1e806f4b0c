-- Everything that is a short list of documents with versions: organisations, places, goals, the network.

CREATE TABLE records (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  parent TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL,
  due_on TEXT,
  position BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT,
  reason TEXT NOT NULL,
  removed BOOLEAN NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (kind, id)
)

CREATE INDEX records_parent ON records (kind, parent)

CREATE INDEX records_due ON records (kind, due_on)

CREATE TABLE record_versions (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  revision BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT,
  reason TEXT NOT NULL,
  removed BOOLEAN NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (kind, id, revision)
)
