-- Work that takes longer than a request.

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  input TEXT NOT NULL,
  outcome TEXT,
  progress DOUBLE PRECISION NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT,
  started_at BIGINT,
  finished_at BIGINT
)

CREATE INDEX jobs_state ON jobs (state, created_at)
