-- Changes of a whole view, done in the background: where a run is, and what each contact had before.
CREATE TABLE bulk_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL REFERENCES users (id),
  act TEXT NOT NULL CHECK (act IN ('owner', 'stage', 'tag', 'delete')),
  value TEXT NOT NULL,
  query TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'stopped', 'failed', 'undoing', 'undone')),
  after_id BIGINT NOT NULL,
  last_id BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  kept BIGINT NOT NULL,
  error TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  finished_at BIGINT
);
CREATE TABLE bulk_changes (
  run_id BIGINT NOT NULL REFERENCES bulk_runs (id) ON DELETE CASCADE,
  contact_id BIGINT NOT NULL,
  was TEXT NOT NULL,
  PRIMARY KEY (run_id, contact_id)
) WITHOUT ROWID;
