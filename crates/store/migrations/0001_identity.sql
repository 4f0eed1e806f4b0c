-- Who somebody is, what they may do, what they did. Times are milliseconds since 1970-01-01 UTC.
-- Statements are separated by empty lines; a statement that follows a line "-- sqlite" or "-- postgres"
-- runs on that engine only. @blob@ becomes the engine's type for bytes.

CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password TEXT,
  state TEXT NOT NULL,
  language TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_login_at BIGINT,
  password_changed_at BIGINT
)

CREATE TABLE roles (
  account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  scope_kind TEXT NOT NULL,
  scope TEXT NOT NULL,
  granted_at BIGINT NOT NULL,
  granted_by TEXT,
  PRIMARY KEY (account, role, scope_kind, scope)
)

CREATE TABLE second_factors (
  account TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  sealed_secret @blob@ NOT NULL,
  created_at BIGINT NOT NULL,
  confirmed_at BIGINT,
  last_step BIGINT NOT NULL
)

CREATE TABLE recovery_codes (
  account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  code_hash TEXT NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (account, code_hash)
)

CREATE TABLE external_identities (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  linked_at BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject)
)

CREATE INDEX external_identities_account ON external_identities (account)

CREATE TABLE tokens (
  hash TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  account TEXT REFERENCES accounts (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  detail TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
)

CREATE INDEX tokens_account ON tokens (account)

CREATE INDEX tokens_expires_at ON tokens (expires_at)

CREATE TABLE sessions (
  id_hash TEXT PRIMARY KEY,
  account TEXT REFERENCES accounts (id) ON DELETE CASCADE,
  data TEXT NOT NULL,
  device TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
)

CREATE INDEX sessions_account ON sessions (account)

CREATE INDEX sessions_expires_at ON sessions (expires_at)

CREATE TABLE attempts (
  key TEXT PRIMARY KEY,
  window_start BIGINT NOT NULL,
  count BIGINT NOT NULL
)

CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  account TEXT REFERENCES accounts (id) ON DELETE CASCADE,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  plain TEXT NOT NULL,
  html TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  next_attempt_at BIGINT,
  sent_at BIGINT,
  last_error TEXT
)

CREATE INDEX outbox_next_attempt_at ON outbox (next_attempt_at)

CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL
)

CREATE TABLE audit_log (
  sequence BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object_kind TEXT NOT NULL,
  object TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
)

CREATE INDEX audit_log_object ON audit_log (object_kind, object)

CREATE INDEX audit_log_actor ON audit_log (actor)

-- sqlite
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'Das Protokoll kann nicht geändert werden.');
END

-- sqlite
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'Das Protokoll kann nicht geändert werden.');
END

-- sqlite
CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE sequence = NEW.sequence)
BEGIN
  SELECT RAISE(ABORT, 'Das Protokoll kann nicht geändert werden.');
END

-- postgres
CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Das Protokoll kann nicht geändert werden.';
END $$

-- postgres
CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE ON audit_log
FOR EACH ROW EXECUTE FUNCTION audit_log_refuse()

-- postgres
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()
