-- Merges of companies beside those of contacts; a journal that says what was done to a row; the queue of duplicates.
ALTER TABLE merges ADD COLUMN undone_by BIGINT;
ALTER TABLE merges ADD COLUMN kind TEXT NOT NULL DEFAULT 'contact' CHECK (kind IN ('contact', 'company'));

-- row_key: where a row is told from others of its owner by words (a domain). act: what was done to it.
ALTER TABLE merge_moves ADD COLUMN row_key TEXT NOT NULL DEFAULT '';
ALTER TABLE merge_moves ADD COLUMN act TEXT NOT NULL DEFAULT 'moved' CHECK (act IN ('moved', 'deleted', 'changed', 'made'));
UPDATE merge_moves SET act = 'changed' WHERE table_name = 'contacts';
DROP INDEX merge_moves_merge;
CREATE INDEX merge_moves_merge ON merge_moves (merge_id, table_name, row_id);

-- Pairs that must never become one again; a < b.
CREATE TABLE apart (
  kind TEXT NOT NULL CHECK (kind IN ('contact', 'company')),
  a BIGINT NOT NULL,
  b BIGINT NOT NULL,
  actor_id BIGINT,
  at BIGINT NOT NULL,
  PRIMARY KEY (kind, a, b)
) WITHOUT ROWID;
INSERT INTO apart (kind, a, b, actor_id, at) SELECT 'contact', a, b, actor_id, at FROM no_merges;
DROP TABLE no_merges;
ALTER TABLE apart RENAME TO no_merges;
CREATE INDEX no_merges_b ON no_merges (kind, b);

-- Pairs that look like one, for somebody to decide; a < b. confidence: per cent. later: put off, behind the open ones.
CREATE TABLE duplicates (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('contact', 'company')),
  a BIGINT NOT NULL,
  b BIGINT NOT NULL,
  reason TEXT NOT NULL,
  confidence BIGINT NOT NULL,
  evidence TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'later', 'apart', 'merged')),
  at BIGINT NOT NULL,
  decided_at BIGINT,
  decided_by BIGINT,
  UNIQUE (kind, a, b)
);
CREATE INDEX duplicates_queue ON duplicates (kind, state, confidence DESC, id DESC);
CREATE INDEX duplicates_b ON duplicates (kind, b);
INSERT INTO duplicates (kind, a, b, reason, confidence, evidence, state, at, decided_at)
  SELECT 'contact', contact_a, contact_b, reason, 90, evidence, CASE WHEN resolved_at IS NULL THEN 'open' ELSE 'apart' END, at, resolved_at
  FROM merge_suggestions ORDER BY id;
DROP TABLE merge_suggestions;
