-- Offers of help: one document each, with the columns they are asked for by.

CREATE TABLE offers (
  id TEXT PRIMARY KEY,
  organization TEXT NOT NULL,
  state TEXT NOT NULL,
  title TEXT NOT NULL,
  revision BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT,
  reason TEXT NOT NULL,
  merged_into TEXT REFERENCES offers (id),
  document TEXT NOT NULL
)

CREATE UNIQUE INDEX offers_sequence ON offers (sequence)

CREATE INDEX offers_organization ON offers (organization, id)

CREATE INDEX offers_state ON offers (state, id)

CREATE INDEX offers_merged_into ON offers (merged_into)

CREATE TABLE offer_versions (
  offer TEXT NOT NULL REFERENCES offers (id) ON DELETE CASCADE,
  revision BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT,
  reason TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (offer, revision)
)

CREATE TABLE merges (
  id TEXT PRIMARY KEY,
  kept TEXT NOT NULL REFERENCES offers (id),
  absorbed TEXT NOT NULL REFERENCES offers (id),
  kept_before BIGINT NOT NULL,
  kept_after BIGINT NOT NULL,
  merged_at BIGINT NOT NULL,
  merged_by TEXT,
  undone_at BIGINT,
  undone_by TEXT
)

CREATE INDEX merges_kept ON merges (kept)

CREATE INDEX merges_absorbed ON merges (absorbed)

CREATE TABLE change_requests (
  id TEXT PRIMARY KEY,
  offer TEXT NOT NULL REFERENCES offers (id) ON DELETE CASCADE,
  field TEXT NOT NULL,
  before_value TEXT NOT NULL,
  after_value TEXT NOT NULL,
  base_revision BIGINT NOT NULL,
  proposed_by TEXT,
  proposed_at BIGINT NOT NULL,
  note TEXT NOT NULL,
  state TEXT NOT NULL,
  decided_by TEXT,
  decided_at BIGINT,
  decision_note TEXT
)

CREATE INDEX change_requests_offer ON change_requests (offer, state)

CREATE INDEX change_requests_state ON change_requests (state, proposed_at)

CREATE TABLE claims (
  id TEXT PRIMARY KEY,
  organization TEXT NOT NULL,
  account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  grounds TEXT NOT NULL,
  claimed_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  decided_by TEXT,
  decided_at BIGINT
)

CREATE UNIQUE INDEX claims_open ON claims (organization, account) WHERE state = 'open'

CREATE INDEX claims_account ON claims (account)

CREATE TABLE reminders (
  id TEXT PRIMARY KEY,
  offer TEXT NOT NULL REFERENCES offers (id) ON DELETE CASCADE,
  step BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  answer TEXT,
  answered_at BIGINT
)

CREATE INDEX reminders_offer ON reminders (offer, sent_at)

CREATE INDEX reminders_open ON reminders (due_at) WHERE answered_at IS NULL

CREATE TABLE error_reports (
  id TEXT PRIMARY KEY,
  offer TEXT NOT NULL REFERENCES offers (id) ON DELETE CASCADE,
  message TEXT NOT NULL,
  contact TEXT,
  reported_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  handled_by TEXT,
  handled_at BIGINT
)

CREATE INDEX error_reports_state ON error_reports (state, reported_at)

CREATE TABLE taxonomy_terms (
  vocabulary TEXT NOT NULL,
  code TEXT NOT NULL,
  label TEXT NOT NULL,
  parent TEXT,
  position BIGINT NOT NULL,
  hidden BOOLEAN NOT NULL,
  PRIMARY KEY (vocabulary, code)
)

CREATE TABLE synonyms (
  language TEXT NOT NULL,
  word TEXT NOT NULL,
  means TEXT NOT NULL,
  PRIMARY KEY (language, word, means)
)

CREATE TABLE addresses (
  source TEXT NOT NULL,
  line BIGINT NOT NULL,
  street TEXT NOT NULL,
  house_number TEXT NOT NULL,
  postcode TEXT NOT NULL,
  place TEXT NOT NULL,
  district TEXT NOT NULL,
  area TEXT NOT NULL,
  latitude DOUBLE PRECISION NOT NULL,
  longitude DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (source, line)
)
