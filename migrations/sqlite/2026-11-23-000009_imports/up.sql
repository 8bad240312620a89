-- Files of contacts on their way in and out.
-- An import: what the file says of itself and what is to be done with it (settings, JSON), and how far it is. position
-- counts rows of the file that are done, and moves in the transaction of their effects.
CREATE TABLE imports (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL REFERENCES users (id),
  name TEXT NOT NULL,
  file_key TEXT NOT NULL,
  size BIGINT NOT NULL,
  settings TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'running', 'done', 'failed', 'undoing', 'undone')),
  position BIGINT NOT NULL,
  bytes_read BIGINT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  kept BIGINT NOT NULL,
  trouble TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT
);
CREATE INDEX imports_state ON imports (state);

-- What became of a row. data: of a failed row its cells, of an updated one what the contact was before (JSON).
-- revision: of the contact right after; a greater one means that somebody touched it since.
CREATE TABLE import_rows (
  import_id BIGINT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  line BIGINT NOT NULL,
  contact_id BIGINT,
  outcome TEXT NOT NULL CHECK (outcome IN ('created', 'updated', 'unchanged', 'duplicate', 'failed', 'kept', 'undone')),
  reason TEXT NOT NULL,
  data TEXT NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (import_id, line)
) WITHOUT ROWID;
CREATE INDEX import_rows_contact ON import_rows (contact_id, import_id) WHERE contact_id IS NOT NULL;
CREATE INDEX import_rows_failed ON import_rows (import_id, line) WHERE outcome = 'failed';
CREATE INDEX import_rows_kept ON import_rows (import_id, line) WHERE outcome = 'kept';

-- Cells that a person repaired before the run.
CREATE TABLE import_fixes (
  import_id BIGINT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  line BIGINT NOT NULL,
  col BIGINT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (import_id, line, col)
) WITHOUT ROWID;

-- Companies, tags and deals that an import made.
CREATE TABLE import_made (
  import_id BIGINT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('company', 'tag', 'deal')),
  row_id BIGINT NOT NULL,
  PRIMARY KEY (import_id, kind, row_id)
) WITHOUT ROWID;

CREATE TABLE exports (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL REFERENCES users (id),
  name TEXT NOT NULL,
  format TEXT NOT NULL CHECK (format IN ('csv', 'xlsx')),
  ask TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'expired')),
  written BIGINT NOT NULL,
  total BIGINT,
  file_key TEXT NOT NULL,
  size BIGINT NOT NULL,
  trouble TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  expires_at BIGINT
);
CREATE INDEX exports_user ON exports (user_id, id DESC);
