-- Words of records; rowid = kind * 2^48 + id, each word with the letter of its kind in front, see db::dialect::search. Beginnings
-- of up to nine letters have lists of their own. A job fills it.
DROP TABLE search_words;
CREATE VIRTUAL TABLE search_words USING fts5 (words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii', prefix = '2 3 4 5 6 7 8 9 10');

-- How words of names are spelled: their ends, and what is left of their beginning when a letter is missing, see search::spelling.
CREATE TABLE search_pieces (
  id INTEGER PRIMARY KEY,
  piece TEXT NOT NULL,
  word TEXT NOT NULL
);
CREATE INDEX search_pieces_piece ON search_pieces (piece, word);

-- Records somebody opened last.
CREATE TABLE recent_records (
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind BIGINT NOT NULL,
  record_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (user_id, kind, record_id)
);
