-- A view is a filter with its columns and its order. It belongs to whoever made it and is theirs alone or everybody's.
ALTER TABLE views ADD COLUMN cols TEXT NOT NULL DEFAULT '';
ALTER TABLE views ADD COLUMN sort TEXT NOT NULL DEFAULT '';
ALTER TABLE views ADD COLUMN sharing TEXT NOT NULL DEFAULT 'everybody' CHECK (sharing IN ('private', 'everybody'));

-- Views that somebody keeps in the sidebar.
CREATE TABLE view_pins (
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  view_id BIGINT NOT NULL REFERENCES views (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  PRIMARY KEY (user_id, view_id)
) WITHOUT ROWID;
CREATE INDEX view_pins_view ON view_pins (view_id);
