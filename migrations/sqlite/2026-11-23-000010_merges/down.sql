CREATE TABLE merge_suggestions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  contact_a BIGINT NOT NULL,
  contact_b BIGINT NOT NULL,
  reason TEXT NOT NULL,
  evidence TEXT NOT NULL,
  at BIGINT NOT NULL,
  resolved_at BIGINT,
  UNIQUE (contact_a, contact_b)
);
INSERT INTO merge_suggestions (contact_a, contact_b, reason, evidence, at, resolved_at)
  SELECT a, b, reason, evidence, at, decided_at FROM duplicates WHERE kind = 'contact' ORDER BY id;
DROP TABLE duplicates;
CREATE TABLE apart (
  a BIGINT NOT NULL,
  b BIGINT NOT NULL,
  actor_id BIGINT,
  at BIGINT NOT NULL,
  PRIMARY KEY (a, b)
) WITHOUT ROWID;
INSERT INTO apart (a, b, actor_id, at) SELECT a, b, actor_id, at FROM no_merges WHERE kind = 'contact';
DROP TABLE no_merges;
ALTER TABLE apart RENAME TO no_merges;
DROP INDEX merge_moves_merge;
CREATE INDEX merge_moves_merge ON merge_moves (merge_id);
DELETE FROM merge_moves WHERE act IN ('deleted', 'made');
ALTER TABLE merge_moves DROP COLUMN act;
ALTER TABLE merge_moves DROP COLUMN row_key;
DELETE FROM merges WHERE kind = 'company';
ALTER TABLE merges DROP COLUMN kind;
ALTER TABLE merges DROP COLUMN undone_by;
